"""A data.noun of a few records, at offsets of its own: enough to read glosses from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LICENCE = "  1 This software and database is being provided to you, the LICENSEE, by\n" * 3


def nouns(glosses: Sequence[str], version: str = "3.0") -> tuple[list[int], bytes]:
    """The ids of some synsets, and the file that has their glosses."""
    content = f"{_LICENCE}  9 WordNet {version} Copyright 2006 by Princeton University.\n".encode()
    ids = []
    for gloss in glosses:
        ids.append(len(content))
        content += (
            f"{len(content):08d} 03 n 01 thing 0 001 @ 00001740 n 0000 | {gloss}  \n".encode()
        )
    return ids, content


def write(folder: Path, content: bytes) -> Path:
    """A folder with this data.noun alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.noun").write_bytes(content)
    return folder
