"""The program's group of commands: each is loaded when it is used, so that help costs nothing."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Final

import click

from imnet_data.cli.help import Group
from imnet_data.cli.interrupts import held_back

# Every command with the first line of its help, in the order in which people need them.
COMMANDS: Final = {
    "fetch": "Fetch what is published, whole, and index it.",
    "index": "Index archives and folders into the catalogue.",
    "verify": "Check that every image is whole, and say what to do about those that are not.",
    "repair": "Mend what verification found broken.",
    "duplicates": "List images that are there more than once, and leaks between splits.",
    "stats": "What the catalogue holds, in numbers.",
    "browse": "Walk WordNet's tree full screen, look at the pictures, and cut while you look.",
    "tree": "The classes as WordNet's tree, with their images counted.",
    "search": "Find classes by a part of their words.",
    "show": "All about one class or one image.",
    "images": "List, count or draw images by their classes.",
    "cat": "Write one image's exact bytes.",
    "subset": "Cut subsets that everybody can repeat: by classes, drawn by seed, with a lock.",
    "shard": "Write a subset's images as shards, byte for byte, for who trains on them.",
    "mean": "Measure the mean and the standard deviations of a subset's pixels.",
    "plan": "Plan a subset's tensors, for a machine with the archives and no catalogue.",
    "preprocess": "Decode, resize, crop and normalise images, and write them as tensors.",
    "score": "Say what a model's predictions are worth.",
    "classes": "A published list of classes, with their numbers, or classes of your own.",
    "archives": "List the indexed archives, take one out, say where they are now.",
    "catalogue": "Say what the catalogue is, or copy it to another file or into PostgreSQL.",
    "wordnet": "WordNet's glosses and examples: what is there, and how to get it.",
    "doctor": "Look at this machine and the catalogue, and say what to do.",
    "demo": "Make a miniature ImageNet and try everything on it.",
}


class LazyGroup(Group):
    """A group whose commands live in modules of the same name, and are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        with held_back():
            module = import_module(f"imnet_data.cli.commands.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """The commands and what they do, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, or a sentence with the one that looks like it."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            close = get_close_matches(name, COMMANDS, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)
