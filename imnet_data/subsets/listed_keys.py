"""What the name of an image counts as: a number of 64 bits, the same however the name is written.

ImageNet's own names are such numbers exactly; of any other name it is a hash.
"""

from __future__ import annotations

import re
from array import array
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.archives.members import is_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    Keys = npt.NDArray[np.uint64]

# As layouts/image_names.py reads them, with folders in front and, as lists have it, a number
# behind; but for numbers with a zero in front or of more than ten digits: those are other names.
# Nothing is tried twice (`++`, `*+`), and a batch is read in one go: half the time of one by one.
_FOLDERS: Final = r"^(?:[^\n/\\]*+[/\\])*+"
_BY_CLASS: Final = r"n([0-9]{8})_(0|[1-9][0-9]{0,9}+)"
_TAIL: Final = r"(?:_n[0-9]{8})?(?:\.[A-Za-z0-9]++)?(?:[ \t]++-?[0-9]++)?$"
_ALL_BY_CLASS: Final = re.compile(_FOLDERS + _BY_CLASS + _TAIL, re.MULTILINE)
_ANY: Final = re.compile(
    rf"{_FOLDERS}(?:{_BY_CLASS}|ILSVRC2012_(val|test)_([0-9]{{7,8}})){_TAIL}",
)
_NUMBERED: Final = re.compile(r"(.*\S)[ \t]+-?[0-9]+", re.DOTALL)
# A key is the class's id above 34 bits of the number, or of the series' number under one of these.
_NUMBER_BITS: Final = 34
_SERIES: Final = {"": 0, "val": 1 << 62, "test": 2 << 62}


def keys_of(names: Sequence[str]) -> Keys:
    """The keys of ImageNet's names, shape (names,); 0 for any other name.

    >>> keys_of(["train/n01440764/n01440764_18.JPEG", "n01440764_18", "my dog.jpg"]).tolist()
    [24752137045016594, 24752137045016594, 0]
    """
    whole = "\n".join(names)
    found = _ALL_BY_CLASS.findall(whole)
    if found and len(found) == len(names) == whole.count("\n") + 1:
        digits = " ".join(chain.from_iterable(found))
        pairs = np.fromstring(digits, np.uint64, sep=" ").reshape(-1, 2)
        by_class: Keys = pairs[:, 0] << np.uint64(_NUMBER_BITS) | pairs[:, 1]
        return by_class
    matches = map(_ANY.fullmatch, names)
    return np.fromiter((_key(match) if match else 0 for match in matches), np.uint64, len(names))


def _key(match: re.Match[str]) -> int:
    offset, number, series, serial = match.groups("")
    return _SERIES[series] | int(serial or number) | int(offset or 0) << _NUMBER_BITS


def without_number(listed: str) -> str:
    """A name of a list without the number behind it, which is none of a name's that is no image's.

    >>> without_number("n01440764/n01440764_10026 1"), without_number("a/b.png 7")
    ('n01440764/n01440764_10026', 'a/b.png')
    >>> without_number("holiday 1")
    'holiday 1'
    """
    match = _NUMBERED.fullmatch(listed)
    if match is None:
        return listed
    is_name = is_image(match[1].rpartition("/")[2]) or _ANY.fullmatch(match[1])
    return match[1] if is_name else listed


def hashes_of(names: Iterable[str]) -> Keys:
    """Names as hashes, the same on every machine."""
    raw = b"".join(blake2b(_plain(name).encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(raw, "<u8").astype(np.uint64)


class OtherNames:
    """Listed names that are not ImageNet's, by all the ways in which they name an image.

    Python's own hashes serve: they live no longer than the process.
    """

    def __init__(self) -> None:
        self._ways = array("q")
        self._entries = array("Q")
        self._ordered = np.empty(0, np.int64), np.empty(0, np.uint64)

    def add(self, names: Sequence[str], hashes: Keys) -> None:
        """Take in names with what they count as."""
        for name, entry in zip(names, hashes.tolist(), strict=True):
            ways = list(_ways_of_listed(_plain(name)))
            self._ways.extend(ways)
            self._entries.extend([entry] * len(ways))

    def closed(self) -> OtherNames:
        """The same, ready to be asked."""
        ways, entries = np.array(self._ways, np.int64), np.array(self._entries, np.uint64)
        order = np.argsort(ways, kind="stable")
        self._ordered = ways[order], entries[order]
        self._ways, self._entries = array("q"), array("Q")
        return self

    def hits(self, name: str) -> Keys:
        """What the listed names that an image's name goes with count as."""
        ways, entries = self._ordered
        for way in _ways_of_image(name) if len(ways) else ():
            first, last = np.searchsorted(ways, way, "left"), np.searchsorted(ways, way, "right")
            if last > first:
                return entries[first:last]
        return entries[:0]


def _ways_of_listed(name: str) -> Iterator[int]:
    """The paths that a listed one ends in; one without a folder may be in any."""
    bare = _without_extension(name)
    if "/" not in name:
        yield hash(("in any folder", name))
        yield hash(("in any folder, any extension", bare))
    at = 0
    while True:
        yield hash(("path", name[at:]))
        yield hash(("path, any extension", bare[at:]))
        at = name.find("/", at) + 1
        if not at:
            return


def _ways_of_image(name: str) -> Iterator[int]:
    """What may be listed of an image, the most exact first."""
    bare = _without_extension(name)
    for path, text, stem in (
        ("path", name, bare),
        ("in any folder", name.rpartition("/")[2], bare.rpartition("/")[2]),
    ):
        yield hash((path, text))
        yield hash((path, stem))
        if bare == name:
            yield hash((f"{path}, any extension", stem))


def _plain(name: str) -> str:
    """A path as catalogues write it."""
    return name.replace("\\", "/").removeprefix("./")


def _without_extension(name: str) -> str:
    return name.rpartition(".")[0] if is_image(name.rpartition("/")[2]) else name
