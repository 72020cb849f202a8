"""What a check of tensors found, and a sheet of some of them, as text, JSON and a picture."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from imnet_data.amounts import count, size
from imnet_data.cli.failure import Failed
from imnet_data.cli.options import writable_path
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.sharding.check import Difference
    from imnet_data.tensors.check import TensorCheck
    from imnet_data.tensors.reading import TensorShards

_DIFFERENCES = (Column("file", cut="end", least=20), Column("what differs", cut="end", least=24))
_REMARKS = (Column("file", cut="end", least=20), Column("to look at", cut="end", least=24))
_SHOWN = 20
MOST = 400
"""More pictures of tensors on one sheet nobody looks at."""


def write_check(screen: Screen, found: TensorCheck) -> None:
    """Tables of what differs and of what is odd, and one sentence."""
    for columns, some in ((_DIFFERENCES, found.differences), (_REMARKS, found.remarks)):
        _write_some(screen, columns, some)
    what = f"{count(found.shards, 'shard')} with {count(found.pictures, 'picture')}"
    how = "every byte was read" if found.deep else "values and digests were not looked at"
    if found.well:
        well = "is as it was" if found.shards == 1 else "are as they were"
        screen.line((f"{what}, {size(found.size_bytes)}, {well} written; {how}", ""))
        return
    differences = count(len(found.differences), "difference")
    screen.line((f"{what}: {differences} from what was written; {how}", ""))


def check_json(found: TensorCheck) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "folder": found.folder,
        "well": found.well,
        "shards": found.shards,
        "pictures": found.pictures,
        "bytes": found.size_bytes,
        "deep": found.deep,
        "differences": [asdict(one) for one in found.differences],
        "remarks": [asdict(one) for one in found.remarks],
    }


def sheet_path(_: click.Context, __: click.Parameter, value: str) -> str:
    """A file that a sheet can be written to; refused before anything is read."""
    from imnet_data.pictures.sheet_file import form_of  # noqa: PLC0415 - few commands draw

    try:
        form_of(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return str(writable_path(_, __, value))


def write_sheet(
    screen: Screen, shards: TensorShards, numbers: list[int], path: str, *, columns: int
) -> None:
    """Draw some pictures of tensors into a file, and say so."""
    from imnet_data.pictures.sheet_file import save_sheet  # noqa: PLC0415 - few commands draw
    from imnet_data.tensors.sheet import tensor_sheet  # noqa: PLC0415 - numpy and pillow

    if not numbers:
        raise Failed(f"there is no picture in {safe(shards.folder)} to draw")
    said = shards.normalisation
    title = f"{shards.subset}: {len(numbers):,} of {len(shards):,}, {shards.dtype}, {said.name}"
    sheet = tensor_sheet(shards, numbers, columns=columns, title=title)
    save_sheet(sheet, path)
    drawn = f"{count(len(numbers), 'picture')} of {len(shards):,}"
    screen.line((f"drew {drawn} to {safe(path)}", ""))


def _write_some(screen: Screen, columns: Sequence[Column], some: Sequence[Difference]) -> None:
    if not some:
        return
    write_table(screen, columns, [[safe(one.name), safe(one.detail)] for one in some[:_SHOWN]])
    if len(some) > _SHOWN:
        screen.line((f"… and {len(some) - _SHOWN:,} more; --json lists all", ""))
    screen.line()
