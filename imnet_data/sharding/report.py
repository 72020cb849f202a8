"""What a run of write_shards did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartReport:
    """A part as it stands on the disk now.

    `images_bytes` are the images' own; `size_bytes` what the shards take.
    """

    part: str
    samples: int
    shards: int
    images_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ShardReport:
    """A finished set: its parts, and how many shards this run wrote and how many were there.

    `notes` are sentences that whoever reads the set has to know.
    """

    folder: str
    format: str
    parts: tuple[PartReport, ...]
    written: int
    written_bytes: int
    kept: int
    digests: bool
    elapsed_s: float
    notes: tuple[str, ...] = ()

    @property
    def samples(self) -> int:
        """Images in all parts."""
        return sum(part.samples for part in self.parts)
