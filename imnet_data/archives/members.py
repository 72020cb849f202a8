"""What a scan of any container yields: runs of members, and the faults met on the way.

Nothing here reads a file, and nothing knows a class or a split.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.archives.names import Names

    # Whether a scan yields the member of a base name; the others are counted as ignored.
    Wanted = Callable[[str], bool]

# Every member with one of these endings is an image, even an empty one: indexing never opens it,
# and verification judges what it holds.
IMAGE_SUFFIXES = (
    ".jpeg",
    ".jpg",
    ".png",
    ".webp",
    ".gif",
    ".bmp",
    ".tif",
    ".tiff",
    ".jpe",
    ".jfif",
    ".jp2",
    ".avif",
    ".ppm",
    ".pgm",
)


# Files that lie beside images and say something of them: labels, boxes, lists.
SIDE_SUFFIXES = (".xml", ".txt", ".csv", ".cls", ".json")


def is_image(name: str) -> bool:
    """Whether a member's base name is an image's.

    macOS writes a `._name` companion beside each file it packs; it holds metadata, no picture.

    >>> is_image("n01440764_10026.JPEG"), is_image("readme.txt"), is_image("._a.jpg")
    (True, False, False)
    """
    return name.lower().endswith(IMAGE_SUFFIXES) and not name.startswith("._")


def is_side_file(name: str) -> bool:
    """Whether a member's base name is that of a file which may say something of images.

    >>> is_side_file("val_annotations.txt"), is_side_file("n01440764_10026.JPEG")
    (True, False)
    """
    return name.lower().endswith(SIDE_SUFFIXES) and not name.startswith("._")


@dataclass(frozen=True, slots=True)
class Level:
    """A tar that a scan stands in: its path, the byte where it ends, where the outer goes on."""

    path: str
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where a scan can go on: the next header's byte and the tars around it, outermost first."""

    offset: int
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a container says of an image beside its name; None where it says nothing.

    `label` is a number in the data set's own order, whichever that is; `name` the image's name
    elsewhere, with its extension.
    """

    label: int | None = None
    wnid: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Members that lie one after another in one folder (or inner tar) of an archive.

    `directory` is that folder's path in the archive, '' at the top. `names` are base names,
    `sizes` bytes of the data, `offsets` the container's own addresses: bytes of the archive's file
    where it is direct. A scan that starts at `next_position` yields what follows this run; None
    where the container cannot go on midway. `said` runs in parallel, where the container says
    anything.
    """

    directory: str
    names: Names
    offsets: list[int]
    sizes: list[int]
    next_position: Position | None
    said: Sequence[Said] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with an archive's structure, in words that name the byte.

    `severe` means that something may be missing from the scan: the archive is truncated or damaged.
    """

    sentence: str
    severe: bool


@dataclass(slots=True)
class Findings:
    """What a scan met beside images: members passed over, and faults.

    `absent` counts the inner tars of a partial one that were not fetched.
    """

    ignored: int = 0
    absent: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def severe(self) -> bool:
        """Whether something may be missing from the scan."""
        return any(fault.severe for fault in self.faults)


class Scan(Protocol):
    """One walk over an open container: iterate `runs()` once, then read `findings`."""

    findings: Findings
    inner_names: list[str]
    """The paths of the tars inside it that were met."""

    def runs(self) -> Iterator[Run]:
        """Runs of the members that are wanted, in the container's order."""
        ...

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of a member of a run just yielded, while the container is open."""
        ...

    def passed(self) -> int | None:
        """How many bytes of the archive's file the walk has passed; None in a folder."""
        ...
