"""What an indexing run found, archive by archive, as facts for the command line to print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from imnet_data.layouts.layout_names import DEVKIT
from imnet_data.layouts.placement import Notes

if TYPE_CHECKING:
    from imnet_data.archives.members import Fault

Outcome = Literal["new", "changed", "resumed", "unchanged"]


@dataclass(slots=True)
class ArchiveReport:
    """One archive: what it was taken for and why, and what it holds; `given` is the user's path.

    `why` is the ground for its release, `layout_why` that for its layout.
    `images` counts those that have their place here, `alternates` further copies of images that
    the catalogue already had, `resized` and `relabelled` those among them of another size and
    in another class (the first one's label stands). `boxes` are bounding boxes, of `boxed_images`
    images wherever those are; where it `awaits_images`, the catalogue has none of its release.
    Of a tar of tars that was fetched in part, so many inner tars are `absent`, where this run has
    looked. `seconds` is this run's.
    """

    path: str
    given: str
    outcome: Outcome
    layout: str
    release: str
    why: str
    splits: list[str] = field(default_factory=list)
    classes: int = 0
    images: int = 0
    size_bytes: int = 0
    unlabelled: int = 0
    ignored: int = 0
    alternates: int = 0
    resized: int = 0
    relabelled: int = 0
    boxes: int = 0
    boxed_images: int = 0
    awaits_images: bool = False
    absent: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    layout_why: str = ""

    @property
    def kind(self) -> tuple[str, str, str]:
        """What archives are reported together by: layout, release, splits."""
        return self.layout, self.release, "+".join(self.splits)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing from it: it is neither truncated nor damaged."""
        return not any(fault.severe for fault in self.faults)

    @property
    def holds_images(self) -> bool:
        """Whether an image was found in it, be it a further copy of one."""
        return self.images + self.alternates > 0

    @property
    def yields(self) -> bool:
        """Whether something was found in it: images, boxes, or a devkit's labels."""
        return self.holds_images or self.boxes > 0 or self.layout == DEVKIT


@dataclass(slots=True)
class IndexReport:
    """A whole run: each archive's report, and why other paths could not be indexed."""

    archives: list[ArchiveReport] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    _classes: dict[tuple[str, str, str], set[int]] = field(default_factory=dict)

    def add(self, archive: ArchiveReport, class_ids: set[int]) -> None:
        """Add the report of an archive that was loaded, with the classes that were met in it."""
        self.archives.append(archive)
        self._classes.setdefault(archive.kind, set()).update(class_ids)

    def classes(self, archives: list[ArchiveReport]) -> int | None:
        """The classes of archives of one kind together; None where this run did not meet all."""
        if len(archives) == 1:
            return archives[0].classes
        if any(archive.outcome in ("unchanged", "resumed") for archive in archives):
            return None
        return len(self._classes[archives[0].kind])

    @property
    def well(self) -> bool:
        """Whether every path given is there, whole, and yields images, boxes, or labels to compare.

        A tar of notes beside the images yields none, and the path is none the worse for it.
        """
        yielding = {archive.given for archive in self.archives if archive.yields}
        return not self.refused and all(
            archive.is_whole and archive.given in yielding for archive in self.archives
        )
