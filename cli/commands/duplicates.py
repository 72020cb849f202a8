"""`imnet-data duplicates`: images that are there more than once, and what that does harm to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.amounts import count
from imnet_data.cli import duplicates_view
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.options import json_option, release_option, split_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session

if TYPE_CHECKING:
    from imnet_data.cli.duplicates_view import Totals
    from imnet_data.verification.comparing.duplicates import Duplicates

_NEAR = 4
_MOST = 8


@click.command(
    "duplicates",
    cls=Command,
    examples=[
        "duplicates",
        "duplicates --only leaks --limit 50",
        "duplicates dog.n.01 --split val --near",
    ],
)
@click.argument("expression", metavar="[EXPR]", required=False)
@click.option(
    "--near", type=click.IntRange(0, _MOST), metavar="[D]", is_flag=False, flag_value=_NEAR,
    help="Pictures that are alike: their 64-bit looks differ in at most D bits, 0 to "
    f"{_MOST}; {_NEAR} where no D is given.",
)  # fmt: skip
@split_option("Only groups with an image of this split.")
@release_option("Compare within this release; '*' for all of them together.")
@click.option(
    "--only", type=click.Choice(tuple(duplicates_view.KINDS)),
    help="Only groups in several splits (leaks), with several labels (conflicts), or of a notice "
    "in the place of many photographs (placeholders).",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N",
    help="Show only the first N groups; all are counted.  [default: 20; with --json, all]",
)  # fmt: skip
@json_option
@pass_session
def command(
    session: Session, *, expression: str | None, near: int | None, split: str | None,
    release: str | None, only: str | None, limit: int | None, as_json: bool,
) -> None:  # fmt: skip
    """List images that are there more than once, and leaks between splits.

    They have the same bytes, or with --near look alike. A group is shown whole, where one of its
    images is of EXPR and of the split. Images are compared as far as `imnet-data verify --level
    digest` has read them, or with --near `--level decode`.

    The same bytes in train and val make an accuracy too good (a leak); under two labels, one of
    these is wrong (a conflict).
    """
    with session.catalogue() as catalogue:
        groups = catalogue.duplicates(expression, split=split, release=release, near=near)
        for notice in groups.notices:
            say(notice)
        if as_json:
            duplicates_view.write_json(groups, only=only, limit=limit)
            return
        totals = duplicates_view.write(Screen(), groups, only=only, limit=limit)
        _close(session, groups, totals)


def _close(session: Session, groups: Duplicates, totals: Totals) -> None:
    if totals.hidden:
        more = count(totals.hidden, "more group", "more groups")
        say(f"… and {more}; --limit {totals.groups} shows all")
    if groups.examined < groups.images:
        level = "digest" if groups.near is None else "decode"
        say(
            f"{groups.examined:,} of {groups.images:,} images were compared; for the others: "
            f"{session.line('verify', '--level', level)}"
        )
