"""WebDataset shards: a container's members grouped by key, each image with what is said of it.

What a label's number means is the layouts' to say; walking the container is the wrapped scan's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.members import Fault, Position, Run, Said, is_image
from imnet_data.archives.names import Names
from imnet_data.archives.tars.headers import padded
from imnet_data.wnid import is_wnid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imnet_data.archives.members import Scan

_SIDES: Final = ("cls", "json")
_NOTHING: Final = Said()
_LONGEST_SIDE = 1 << 20  # metadata of one image; what is longer says nothing that is read here
_LONGEST_NAME = 4096  # a longer path is none
_RUN_LENGTH = 1024  # images gathered into one run where the scan gives them singly

# What people call things in the JSON beside an image, or in the columns of a table; in the order
# in which they are looked at.
LABEL_KEYS: Final = ("label", "cls", "labels", "class_index", "class_id", "class_idx", "target")
WNID_KEYS: Final = ("wnid", "synset", "synset_id", "class_name", "class", *LABEL_KEYS)
NAME_KEYS: Final = ("filename", "file_name", "name", "path", "image_path", "image_name")


def is_side(base: str) -> bool:
    """Whether a member's base name is that of a label or of metadata beside an image.

    >>> is_side("n01440764_10026.cls"), is_side("n01440764_10026.jpg")
    (True, False)
    """
    return base.lower().endswith((".cls", ".json")) and not base.startswith("._")


def said_in(found: Mapping[str, Any]) -> Said:
    """What metadata says of an image, whichever of the usual words it uses.

    >>> said_in({"label": 3, "class_name": "n01491361", "filename": "n01491361_7.JPEG"})
    Said(label=3, wnid='n01491361', name='n01491361_7.JPEG')
    """
    return Said(
        _first(found, LABEL_KEYS, _is_number),
        _first(found, WNID_KEYS, is_wnid_text),
        _first(found, NAME_KEYS, is_name),
    )


def _first(found: Mapping[str, Any], keys: tuple[str, ...], fits: Callable[[object], bool]) -> Any:
    for key in keys:
        if key in found and fits(found[key]):
            return found[key]
    return None


def is_wnid_text(value: object) -> bool:
    """Whether a value of metadata is a wnid."""
    return isinstance(value, str) and is_wnid(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_name(value: object) -> bool:
    """Whether a value is a text that a catalogue can keep: JSON may hold half a character."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and _is_kept(value)


def _is_kept(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


@dataclass(slots=True)
class _Gathered:
    """Images that will be one run; the last of them may have nothing said of them yet."""

    names: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def cut(self) -> _Gathered:
        """Take off the images that nothing was said of yet, as the beginning of the next run."""
        at = len(self.said)
        rest = _Gathered(self.names[at:], self.offsets[at:], self.sizes[at:])
        del self.names[at:], self.offsets[at:], self.sizes[at:]
        return rest


class SampleScan:
    """A scan whose runs are images with what the members of the same key say of them.

    It wraps a scan that yields images and what `is_side()` names. The members of a key lie one
    after another, as WebDataset's own reader demands.
    """

    def __init__(self, scan: Scan) -> None:
        self.findings = scan.findings
        self.inner_names = scan.inner_names
        self._scan = scan
        self._broken: list[str] = []
        self._directory = ""
        self._gathered = _Gathered()
        # The sample that is open: its key, what is said of it, and where its first member stands.
        self._key: str | None = None
        self._label: int | None = None
        self._metadata = _NOTHING
        self._first: tuple[Run, int, Position | None] | None = None

    def read(self, run: Run, at: int) -> bytes:
        """The bytes of an image of a run just yielded."""
        return self._scan.read(run, at)

    def passed(self) -> int | None:
        """How many bytes of the archive's file the walk has passed."""
        return self._scan.passed()

    def runs(self) -> Iterator[Run]:
        """Runs of images; a scan can go on behind each with the sample that is still open."""
        behind: Position | None = None
        for run in self._scan.runs():
            if run.directory != self._directory:
                self._close()
                yield from self._give(behind)
                self._directory = run.directory
            self._take(run, behind)
            behind = run.next_position
            if len(self._gathered.said) >= _RUN_LENGTH:
                yield from self._give(_start_of(*self._first) if self._first else behind)
        self._close()
        yield from self._give(behind)
        self._tell_broken()

    def _take(self, run: Run, behind: Position | None) -> None:
        gathered = self._gathered
        for at, base in enumerate(run.names.texts):
            key, _, suffix = base.partition(".")
            if key != self._key:
                self._close()
                self._key, self._first = key, (run, at, behind)
            if suffix not in _SIDES and is_image(base):
                gathered.names.append(base)
                gathered.offsets.append(run.offsets[at])
                gathered.sizes.append(run.sizes[at])
            elif run.sizes[at] <= _LONGEST_SIDE:
                self._hear(base, suffix.lower(), self._scan.read(run, at))

    def _hear(self, base: str, suffix: str, content: bytes) -> None:
        """Take in what a label or metadata says; what cannot be read says nothing, and is told."""
        try:
            if suffix == "cls":
                self._label = int(content)
            elif suffix == "json":
                self._metadata = _metadata(json.loads(content.decode()))
        except (ValueError, RecursionError):
            text = content.strip().decode("ascii", "replace")
            if suffix == "cls" and is_wnid(text):
                self._metadata = replace(self._metadata, wnid=text)
            else:
                self._broken.append(f"{self._directory}/{base}".lstrip("/"))

    def _close(self) -> None:
        """What is said of the open sample's images; the name is the first one's, not its mask's."""
        gathered, said = self._gathered, self._metadata
        further = len(gathered.names) - len(gathered.said) - 1
        if further >= 0:
            if self._label is not None:
                said = Said(self._label, said.wnid, said.name)
            gathered.said.append(said)
            gathered.said += [Said(said.label, said.wnid)] * further
        self._key, self._first = None, None
        self._label, self._metadata = None, _NOTHING

    def _give(self, next_position: Position | None) -> Iterator[Run]:
        """What was gathered and is told of as one run, if it is any."""
        gathered = self._gathered
        self._gathered = gathered.cut()
        if gathered.names:
            names = Names(gathered.names)
            yield Run(
                self._directory,
                names,
                gathered.offsets,
                gathered.sizes,
                next_position,
                gathered.said,
            )

    def _tell_broken(self) -> None:
        if self._broken:
            n, first = len(self._broken), self._broken[0]
            others = f" and {n - 1:,} more .cls and .json" if n > 1 else ""
            sentence = f"{first}{others} cannot be read; their images were indexed without them"
            self.findings.faults.append(Fault(sentence, severe=False))


def _metadata(found: Any) -> Said:
    """What a JSON beside an image says: an object, or nothing but a label."""
    if isinstance(found, dict):
        return said_in(found)
    return Said(label=found) if _is_number(found) else Said()


def _start_of(run: Run, at: int, behind: Position | None) -> Position | None:
    """Where a scan can begin so that a member of a run is the first that it yields.

    Only tars go on midway, and there a member's header follows the data of the one before.
    """
    if run.next_position is None or at == 0:
        return behind
    return Position(run.offsets[at - 1] + padded(run.sizes[at - 1]), run.next_position.levels)
