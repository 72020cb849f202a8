"""A group that does something without a subcommand, too: what it is given is then its own."""

from __future__ import annotations

from typing import Any

import click

from imnet_data.cli.help import Command, Group


class GroupWithDefault(Group):
    """The subcommand that the first word names, else a default command with all the words.

    Its help is the default command's, followed by the subcommands.
    """

    def __init__(self, default: Command) -> None:
        arguments = [p.metavar for p in default.params if isinstance(p, click.Argument)]
        # The options stand here for help and reference alone: it is the default command that
        # reads them. Its arguments cannot, since a group's own stand before the subcommand.
        super().__init__(
            default.name,
            help=default.help,
            examples=default.examples,
            params=[p for p in default.params if isinstance(p, click.Option)],
            subcommand_metavar=" ".join([*filter(None, arguments), "| COMMAND [ARGS]..."]),
        )
        self._default = default

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """The context of the command that the words are for."""
        if args and args[0] in self.commands:
            plain = Group(self.name, commands=self.commands)
            return plain.make_context(info_name, args, parent, **extra)
        if extra.get("resilient_parsing"):  # a shell asks what could follow
            return super().make_context(info_name, args, parent, **extra)
        if {"-h", "--help"} & set(args):
            return super().make_context(info_name, ["--help"], parent, **extra)
        return self._default.make_context(info_name, args, parent, **extra)
