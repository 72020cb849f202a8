"""Write docs/reference.md from the commands themselves; `--check` only says whether it is stale.

Built from the commands' parts rather than from click's own help text, which differs between
click's versions: the same commands give the same bytes everywhere.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imnet_data.cli.help import Command, Group
from imnet_data.cli.main import program

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).parents[1] / "docs" / "reference.md"
WIDTH = 100

_INTRODUCTION = """\
# The commands

Made by `scripts/make_reference.py` from the commands themselves: change those, and run it again.

Every command takes `-h` and `--help`. Results go to standard output, everything else (progress,
notices, what went wrong) to standard error; colours and bars are for terminals alone, and never
there under `NO_COLOR`. Exit codes: 0 well; 1 it failed, or found faults; 2 the command line is
wrong; 130 interrupted.
"""


def reference() -> str:
    """The whole document."""
    commands = list(walk(program, click.Context(program, info_name="imnet-data")))
    contents = "".join(f"- [`{path}`](#{path.replace(' ', '-')})\n" for path, _ in commands)
    sections = "\n".join("\n".join(section(path, command)) for path, command in commands)
    return f"{_INTRODUCTION}\n{contents}\n{sections}"


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Every command and group below and at `command`, with the words that one types for it."""
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from walk(below, click.Context(below, context, name))


def section(path: str, command: click.Command) -> Iterator[str]:
    """The lines of one command."""
    yield f"## {path}\n"
    yield f"    {path} {' '.join(usage(command))}\n"
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield wrapped(" ".join(paragraph.split())) + "\n"
    options = [param for param in command.params if isinstance(param, click.Option)]
    for option in options:
        yield wrapped(f"- {option_words(option)}", indent="  ")
    if options:
        yield ""
    if isinstance(command, Command | Group) and command.examples:
        yield "```sh"
        yield from (f"imnet-data {example}" for example in command.examples)
        yield "```\n"


def usage(command: click.Command) -> Iterator[str]:
    """What follows a command's name in its usage line."""
    if any(isinstance(param, click.Option) for param in command.params):
        yield "[OPTIONS]"
    for param in command.params:
        if isinstance(param, click.Argument):
            name = param.metavar or (param.name or "").upper()
            yield name if param.required or name.startswith("[") else f"[{name}]"
    if isinstance(command, click.Group):
        yield command.subcommand_metavar


def option_words(option: click.Option) -> str:
    """An option as one line of a list: how it is written, what it does, its default."""
    value = "" if option.is_flag else f" {option.metavar or kind(option)}"
    names = ", ".join(f"`{name}{value}`" for name in (*option.opts, *option.secondary_opts))
    default = f" Default: {option.default}." if option.show_default is True else ""
    given = f" [{option.show_default}]" if isinstance(option.show_default, str) else ""
    # The help itself may end as click writes a default, two blanks apart.
    return " ".join(f"{names}: {option.help}{default}{given}".split())


def kind(option: click.Option) -> str:
    """How an option's value is written where the option does not say it."""
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.type.name.upper()


def wrapped(text: str, indent: str = "") -> str:
    """Text folded at the document's width, without breaking a word."""
    return textwrap.fill(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def main() -> int:
    """Write the document, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    text = reference()
    if parser.parse_args().check:
        stale = not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text
        if stale:
            print(f"{TARGET} is stale: run scripts/make_reference.py", file=sys.stderr)
        return int(stale)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
