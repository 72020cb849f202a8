"""A query's images as a contact sheet in a file.

What a sheet is made of is the library's, pictures/sheet_file.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.amounts import count
from imnet_data.cli.failure import Failed, say
from imnet_data.cli.images_view import SynsetNames
from imnet_data.cli.progress import progress
from imnet_data.pictures.sheet_file import MOST_PICTURES, form_of, write_sheet

if TYPE_CHECKING:
    from imnet_data.query import ImageQuery

COLUMNS = 8


def write_sheet_of(query: ImageQuery, path: str, *, columns: int | None, title: str) -> None:
    """Write it, and say on standard error what it holds.

    Raises:
        Failed: there is no image, or there are more than fit.
    """
    try:
        form_of(path)
    except ValueError as error:
        raise click.UsageError(f"--contact-sheet: {error}") from error
    found = query.count()
    if not found:
        raise Failed("no image is among these, so there is nothing to draw")
    if found > MOST_PICTURES:
        raise Failed(
            f"a sheet holds at most {MOST_PICTURES:,} pictures, and these are {found:,}",
            advice="the same with --sample 100, or --per-class 1",
        )
    named = SynsetNames()
    images = ((one, f"{one.name}\n{named.of(one.synset) or 'no label'}") for one in query)
    with progress() as bars:
        broken = write_sheet(
            path, images, columns=columns or COLUMNS, title=f"{title}: {count(found, 'image')}",
            progress=bars,
        )  # fmt: skip
    say(f"{path}: {count(found, 'image')}" + (f", {broken:,} of them broken" if broken else ""))
