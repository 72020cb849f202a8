"""One scan of a tar, gathered for comparing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.containers import open_scan

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.archives.members import Position

Found = tuple[str, int, int]  # path in the archive, byte of the data, size


@dataclass(frozen=True)
class Stop:
    """Where a scan could be taken up again: how many images and others came before."""

    images: int
    ignored: int
    faults: int
    position: Position


@dataclass(frozen=True)
class Scanned:
    """Everything that a scan gave."""

    images: list[Found]
    ignored: int
    faults: list[str]
    severe: bool
    stops: list[Stop]

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.images]


def scan(path: Path, *, data: bytes | None = None, start: Position | None = None) -> Scanned:
    """Scan a tar, written first where its bytes are given."""
    if data is not None:
        path.write_bytes(data)
    images: list[Found] = []
    stops = []
    with open_scan(str(path), "tar", start=start) as opened:
        for run in opened.runs():
            head = f"{run.directory}/" if run.directory else ""
            names = [head + name for name in run.names]
            images += zip(names, run.offsets, run.sizes, strict=True)
            assert run.next_position is not None
            findings = opened.findings
            stops.append(
                Stop(len(images), findings.ignored, len(findings.faults), run.next_position)
            )
        faults = [fault.sentence for fault in opened.findings.faults]
        return Scanned(images, opened.findings.ignored, faults, opened.findings.severe, stops)
