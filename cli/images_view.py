"""Images as rows: JSON lines and CSV for other programs, a table for people."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import size
from imnet_data.cli.boxes_view import boxes_json
from imnet_data.cli.json_out import json_line
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.cli.screen import Screen
    from imnet_data.records import Image
    from imnet_data.synsets import Synset

_FIELDS = (
    "name", "wnid", "synset", "release", "split", "archive", "container", "offset", "size",
    "member",
)  # fmt: skip

_COLUMNS = (
    Column("image", cut="end", least=24),
    Column("synset", cut="end", least=16),
    Column("release", cut="end", least=10),
    Column("split"),
    Column("size", number=True),
)


def image_json(image: Image, synset: str | None) -> dict[str, Any]:
    """One image for other programs.

    `archive` is the file that holds the image (of a folder, the image's own). Where it lies there
    as it is, `open(archive)[offset:offset + size]` are the image; of a container that has to be
    decoded `offset` is None.
    """
    return {
        "name": image.name,
        "wnid": image.wnid,
        "synset": synset,
        "release": image.release,
        "split": image.split,
        "archive": image.place.path,
        "container": image.place.container,
        "offset": offset_of(image),
        "size": image.size,
        "member": image.member,
    }


def offset_of(image: Image) -> int | None:
    """The byte of the file that an image begins at; None where reading decodes."""
    return image.place.offset if image.place.is_direct else None


def rows_json(images: Iterable[Image]) -> Iterator[dict[str, Any]]:
    """Images for other programs, with their synsets' names, and their boxes if asked for."""
    named = SynsetNames()
    for image in images:
        row = image_json(image, named.of(image.synset))
        if image.boxes is not None:
            row["boxes"] = boxes_json(image.boxes)
        yield row


def write_jsonl(images: Iterable[Image]) -> None:
    """Write a JSON object a line."""
    for row in rows_json(images):
        sys.stdout.write(json_line(row))


def write_csv(images: Iterable[Image]) -> None:
    """Write CSV with a heading; what is unknown is an empty cell."""
    # A file takes names as they are; a terminal would obey the control sequences in one.
    shown = safe if sys.stdout.isatty() else str
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_FIELDS)
    for row in rows_json(images):
        writer.writerow(["" if row[key] is None else shown(str(row[key])) for key in _FIELDS])


def write_table_of(screen: Screen, images: Iterable[Image]) -> None:
    """Write a table."""
    named = SynsetNames()
    rows = [
        [
            safe(image.name), safe(named.of(image.synset) or "(no label)"), safe(image.release),
            image.split, size(image.size),
        ]
        for image in images
    ]  # fmt: skip
    write_table(screen, _COLUMNS, rows)


class SynsetNames:
    """Synsets' names, each asked for once: asking reads the catalogue's state anew every time."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def of(self, synset: Synset | None) -> str | None:
        """The name of an image's synset; None where it has no label."""
        if synset is None:
            return None
        if synset.id not in self._names:
            self._names[synset.id] = synset.name
        return self._names[synset.id]
