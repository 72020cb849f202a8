"""Options that several commands share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Command = Callable[..., Any]

SPLITS = ("train", "val", "test", "none")


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def split_option(what: str) -> Callable[[Command], Command]:
    """`--split`, with what it does here."""
    return click.option("--split", type=click.Choice(SPLITS, case_sensitive=False), help=what)


def release_option(what: str) -> Callable[[Command], Command]:
    """`--release`, with what it does here."""
    return click.option("--release", metavar="NAME", help=what)


def workers_option(command: Command) -> Command:
    """`--workers`, of those that decode."""
    return click.option(
        "--workers", type=click.IntRange(min=0), metavar="N",
        help="Processes that read and decode; 0 for none but this one.  [default: one a core]",
    )(command)  # fmt: skip


def writable_path(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A file that can be written where it is to lie; refused before hours of work."""
    if value is None:
        return None
    folder = os.path.dirname(os.path.abspath(value))
    if os.path.isdir(value) or not os.access(folder, os.W_OK | os.X_OK):
        raise click.BadParameter(f"{value!r} cannot be written there")
    return value
