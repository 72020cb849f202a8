"""An archive of real pictures, a catalogue of it, and damage to its bytes as a bad disk does it."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

import imnet_data
from imnet_data.fetching.journal import GRAIN_BYTES, digest_of
from imnet_data.origins import ChunkDigests, Origin
from tests.factory import Member, Span, spans, tar_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue
    from imnet_data.mending.report import Outcome, RepairReport

NAME = "n01440764.tar"
PROBE_BYTES = 2 * 1024  # one when it is planned, one when it is fetched


@cache
def pictures() -> tuple[Member, ...]:
    """Noise, so that they are large and every bit of them counts."""
    noise = np.random.default_rng(5)
    made = []
    for number in range(12):
        data = io.BytesIO()
        pixels = noise.integers(0, 255, (200, 200, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(data, "JPEG", quality=90)
        made.append(Member(f"n01440764_{number}.JPEG", data.getvalue()))
    return tuple(made)


@cache
def members() -> tuple[Member, ...]:
    """The pictures, four and four, with something large between them that costs no decoding."""
    filler = np.random.default_rng(6).bytes(GRAIN_BYTES - 20_000)
    found: list[Member] = []
    for at in range(0, 12, 4):
        found += [*pictures()[at : at + 4], Member(f"notes-{at}.bin", filler)]
    return tuple(found)


@cache
def whole() -> bytes:
    """The archive as it is published: some three chunks and a half."""
    return tar_bytes(members())


@cache
def places() -> tuple[Span, ...]:
    """Where the pictures lie."""
    return tuple(one for one in spans(members()) if one.member.name.endswith(".JPEG"))


def origin_of(data: bytes, url: str, *, checksum: bool = True, digests: bool = True) -> Origin:
    """What fetching keeps of a file."""
    parts = [data[at : at + GRAIN_BYTES] for at in range(0, len(data), GRAIN_BYTES)]
    return Origin(
        url,
        f"sha256:{hashlib.sha256(data).hexdigest()}" if checksum else None,
        ChunkDigests(GRAIN_BYTES, b"".join(map(digest_of, parts))) if digests else None,
    )


class Case:
    """An archive in a folder with its catalogue."""

    def __init__(self, catalogue: Catalogue, path: Path, data: bytes) -> None:
        self.catalogue = catalogue
        self.path = path
        self.data = data

    def indexed(self, origin: Origin | None = None, data: bytes | None = None) -> Case:
        """Write the archive, and index it."""
        self.path.write_bytes(self.data if data is None else data)
        self.catalogue.index(self.path, release="mine")
        if origin is not None:
            self.catalogue.note_origin(self.path, origin)
        return self

    def spoil(self, *at: int, size: int = 3000) -> Case:
        """Zeros in the place of some bytes, by the disk's own doing: the date stays."""
        before = self.path.stat()
        with self.path.open("r+b") as file:
            for offset in at:
                file.seek(offset)
                file.write(bytes(size))
        os.utime(self.path, ns=(before.st_atime_ns, before.st_mtime_ns))
        return self

    def spoil_picture(self, *numbers: int) -> Case:
        return self.spoil(*(places()[number].data + 500 for number in numbers))

    def cut(self, size: int) -> Case:
        os.truncate(self.path, size)
        return self

    def verify(self, level: str = "decode") -> Case:
        self.catalogue.verify(level=level, workers=0)
        return self

    def repair(self, **asked: Any) -> RepairReport:
        return self.catalogue.repair(workers=0, **asked)

    def outcome(self, **asked: Any) -> Outcome:
        """What became of the one archive."""
        (outcome,) = self.repair(**asked).outcomes
        return outcome

    @property
    def broken(self) -> list[tuple[str, str]]:
        """What stands in the catalogue: (image, code), '' for the archive's own."""
        found = self.catalogue.findings(codes=["broken"])
        return sorted((one.image or "", one.code) for one in found)

    @property
    def left(self) -> list[str]:
        """The files beside the archive that are not the catalogue's."""
        return sorted(
            name
            for name in os.listdir(self.path.parent)
            if name.startswith(self.path.name) and name != self.path.name
        )

    @property
    def is_right(self) -> bool:
        return self.path.read_bytes() == self.data


@contextmanager
def case(folder: Path, data: bytes | None = None, name: str = NAME) -> Iterator[Case]:
    """A folder with an empty catalogue, for an archive of some bytes."""
    with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
        yield Case(catalogue, folder / name, whole() if data is None else data)
