"""One look at a zip as an index takes it, every image read, gathered for comparing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.containers import kind_of, open_scan
from imnet_data.archives.members import is_image
from imnet_data.archives.reading import Place, read
from imnet_data.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.archives.members import Position, Wanted


@dataclass(frozen=True)
class Look:
    """What a zip gave: its images' bytes by path, or the error in their place."""

    kind: str
    places: list[tuple[str, Place]]
    ignored: int
    faults: list[str]
    severe: bool
    stops: list[tuple[int, Position | None]]

    @property
    def names(self) -> list[str]:
        """The images' paths in the order of the archive's list."""
        return [path for path, _ in self.places]

    def content(self) -> dict[str, bytes | ArchiveError]:
        """What each image reads as."""
        return {path: read_or_error(place) for path, place in self.places}


def read_or_error(place: Place) -> bytes | ArchiveError:
    """A place's bytes, or why there are none."""
    try:
        return read(place)
    except ArchiveError as error:
        return error


def look(
    path: Path,
    data: bytes | None = None,
    *,
    start: Position | None = None,
    wanted: Wanted = is_image,
) -> Look:
    """Scan a zip, written first where its bytes are given."""
    if data is not None:
        path.write_bytes(data)
    kind = kind_of(str(path))
    size = path.stat().st_size
    places: list[tuple[str, Place]] = []
    stops = []
    with open_scan(str(path), kind, start=start, wanted=wanted) as scan:
        for run in scan.runs():
            head = f"{run.directory}/" if run.directory else ""
            for base, offset, length in zip(run.names, run.offsets, run.sizes, strict=True):
                place = Place(str(path), offset, length, size, base, kind)
                places.append((head + base, place))
            stops.append((len(places), run.next_position))
        faults = [fault.sentence for fault in scan.findings.faults]
        assert scan.passed() is not None
        return Look(kind, places, scan.findings.ignored, faults, scan.findings.severe, stops)
