"""What is wrong with each archive, as verification found it: how much, and in which bytes.

What can be done about it is plan.py's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.kinds import DEFLATED_ZIP, DIRECT, FOLDER
from imnet_data.archives.tars.headers import BLOCK
from imnet_data.fetching.journal import GRAIN_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.verification.findings.reading import Standing

# It was packed like this: its source has it so, too.
_AS_PACKED: Final = frozenset({"gzip-compressed"})
# Of a compressed member, what its header, its name and what deflate adds take beyond its size.
_BESIDE: Final = 1 << 16


@dataclass(slots=True)
class Damage:
    """What was found wrong with one archive.

    `codes` counts the findings by code, those of the archive itself and those of its images; `ids`
    are the broken images'. `chunks` are the numbers of the stretches of `GRAIN_BYTES` that hold
    them, as far as an image's place tells which those are.
    """

    codes: Counter[str] = field(default_factory=Counter)
    ids: set[int] = field(default_factory=set)
    chunks: set[int] = field(default_factory=set)

    @property
    def images(self) -> int:
        """How many of its images are broken."""
        return len(self.ids)

    @property
    def is_cut(self) -> bool:
        """Whether it was found to end too early."""
        return "archive-truncated" in self.codes

    def take(self, code: str, row: Sequence[Any] | None, container: str) -> None:
        """Add a finding: of an image, by its row of IMAGE_COLUMNS, or of the archive itself."""
        self.codes[code] += 1
        if row is None:
            return
        image_id, *_, offset, size, _, _ = row
        self.ids.add(image_id)
        if code not in _AS_PACKED:
            self.chunks.update(chunks_of(*extent(container, offset, size)))


def extent(container: str, offset: int, size: int) -> tuple[int, int]:
    """The bytes of the file, from first up to last, that an image with its header lies in.

    None where the whole file is one compressed stream.

    >>> extent("tar", 1024, 100), extent("tar.gz", 1024, 100)
    ((512, 1124), (0, 0))
    """
    if container == DEFLATED_ZIP:
        return offset, offset + size + _BESIDE
    if container in DIRECT and container != FOLDER:
        return max(0, offset - BLOCK), offset + size
    return 0, 0


def chunks_of(start: int, stop: int) -> range:
    """The numbers of the stretches of `GRAIN_BYTES` that some bytes lie in."""
    return range(start // GRAIN_BYTES, -(-stop // GRAIN_BYTES))


def damages(broken: Iterable[Standing], containers: Mapping[int, str]) -> dict[int, Damage]:
    """The damage of each archive that has some, by its id.

    `broken` are findings as they stand, `containers` has the kind of each archive that is asked
    for.
    """
    found: dict[int, Damage] = {}
    for one in broken:
        archive_id = (one.archive or 0) if one.image is None else one.image[5]
        if archive_id in containers:
            damage = found.setdefault(archive_id, Damage())
            damage.take(one.code, one.image, containers[archive_id])
    return found


def was_faulty(archive: ArchiveInfo) -> bool:
    """Whether not all of an archive could be indexed, so that it is to be indexed once mended."""
    return any(fault.severe for fault in archive.faults)


def joined(stretches: Iterable[int], size: int) -> tuple[tuple[int, int], ...]:
    """Numbers of stretches as ranges of bytes, in order and apart, up to the file's size.

    >>> joined([4, 1, 2], 4_500_000)
    ((1048576, 3145728), (4194304, 4500000))
    """
    found: list[tuple[int, int]] = []
    for n in sorted(stretches):
        start, stop = n * GRAIN_BYTES, min(size, (n + 1) * GRAIN_BYTES)
        if start >= size:
            break
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, stop))
    return tuple(found)
