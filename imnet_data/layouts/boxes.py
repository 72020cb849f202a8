"""Bounding boxes as they come: which files hold them, and of which images they are.

An XML an image is voc.py's; Kaggle's and Tiny-ImageNet's lists are read here. The key of an image
is not made here but by the layout that places images.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from imnet_data.archives.text import text_of
from imnet_data.layouts.image_names import read_name
from imnet_data.layouts.placement import Layout
from imnet_data.layouts.voc import BrokenAnnotation, FoundBox, FoundBoxes, read_annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.members import Run
    from imnet_data.archives.texts import Text
    from imnet_data.layouts.placement import Placed

__all__ = [
    "BoxesLayout",
    "BrokenBoxes",
    "FoundBox",
    "FoundBoxes",
    "boxes_in",
    "reads_boxes",
]

_KAGGLE_LIST = re.compile(r"LOC_(?:train|val)_solution\.csv\Z")
_TINY_LIST = re.compile(r"(?P<wnid>n[0-9]{8})_boxes\.txt\Z")
_TINY_VALIDATION = "val_annotations.txt"
_NUMBER = re.compile(rb"-?[0-9]{1,9}\Z")


@dataclass(frozen=True, slots=True)
class BrokenBoxes:
    """An annotation that cannot be read: where it stands, and why."""

    where: str
    reason: str


class BoxesLayout(Layout):
    """Boxes without images: each annotation is placed where its image would be.

    `images` is the layout by which their images are indexed.
    """

    def __init__(self, images: Layout) -> None:
        self._images = images
        self.notes = images.notes

    def reads(self, base: str) -> bool:
        """Whether a file holds boxes."""
        return reads_boxes(base)

    def place(self, run: Run) -> Iterator[Placed]:
        """Images, should there be any after all, or those that annotations are of."""
        return self._images.place(run)


def reads_boxes(base: str) -> bool:
    """Whether the file of a base name holds bounding boxes.

    >>> reads_boxes("n01440764_18.xml"), reads_boxes("LOC_val_solution.csv"), reads_boxes("a.txt")
    (True, True, False)
    """
    if base.startswith("._"):
        return False
    return base[-4:].lower() == ".xml" or _list_reader(base) is not None


def boxes_in(text: Text) -> Iterator[FoundBoxes | BrokenBoxes]:
    """The boxes of a file that `reads_boxes`, image by image, with what in it cannot be read."""
    read = _list_reader(text.name)
    if read is not None:
        yield from read(text)
        return
    try:
        yield read_annotation(_beside_images(text.directory), text.name, text.content)
    except BrokenAnnotation as broken:
        yield BrokenBoxes(_path(text), str(broken))


def _list_reader(base: str) -> Callable[[Text], Iterator[FoundBoxes | BrokenBoxes]] | None:
    if _KAGGLE_LIST.match(base):
        return _kaggle_list
    if _TINY_LIST.match(base):
        return _tiny_list
    return _tiny_validation if base == _TINY_VALIDATION else None


@lru_cache
def _beside_images(directory: str) -> str:
    """The images' folder: Kaggle's Annotations/ repeats Data/ folder by folder.

    >>> _beside_images("ILSVRC/Annotations/CLS-LOC/train/n01440764")
    'ILSVRC/Data/CLS-LOC/train/n01440764'
    """
    return "/".join("Data" if part == "Annotations" else part for part in directory.split("/"))


def _path(text: Text) -> str:
    return f"{text.directory}/{text.name}" if text.directory else text.name


# -- lists, one image a line


def _kaggle_list(text: Text) -> Iterator[FoundBoxes | BrokenBoxes]:
    """`ImageId,PredictionString`: a name, then class and four sides for each of its boxes."""
    for number, line in enumerate(io.BytesIO(text.content), 1):
        name, comma, said = line.rstrip().partition(b",")
        words = said.split()
        if number == 1 and name.endswith(b"ImageId"):
            continue
        parsed = read_name(text_of(name))
        if not comma or parsed is None or len(words) % 5:
            yield _broken_line(text, number)
            continue
        boxes = [_box(words[at], words[at + 1 : at + 5]) for at in range(0, len(words), 5)]
        if all(boxes):
            yield _of_list(parsed.wnid or "", f"{parsed.stem}.JPEG", boxes)
        else:
            yield _broken_line(text, number)


def _tiny_list(text: Text) -> Iterator[FoundBoxes | BrokenBoxes]:
    """`<wnid>_boxes.txt` beside `images/`: a file's name and its box's sides."""
    match = _TINY_LIST.match(text.name)
    assert match is not None
    wnid = match["wnid"].encode()
    return _tiny_lines(text, lambda words: [words[0], wnid, *words[1:]])


def _tiny_validation(text: Text) -> Iterator[FoundBoxes | BrokenBoxes]:
    """`val_annotations.txt` beside `images/`: a file's name, its class, its box's sides."""
    return _tiny_lines(text, lambda words: words)


def _tiny_lines(
    text: Text, completed: Callable[[list[bytes]], list[bytes]]
) -> Iterator[FoundBoxes | BrokenBoxes]:
    directory = f"{text.directory}/images" if text.directory else "images"
    for number, line in enumerate(io.BytesIO(text.content), 1):
        words = line.split()
        if not words:
            continue
        words = completed(words)
        box = _box(words[1], words[2:]) if len(words) == 6 else None
        if box is None:
            yield _broken_line(text, number)
        else:
            yield _of_list(directory, text_of(words[0]), [box])


def _of_list(directory: str, base: str, boxes: list[FoundBox | None]) -> FoundBoxes:
    found = tuple(box for box in boxes if box is not None)
    return FoundBoxes(directory, base, None, None, found)


def _box(category: bytes, sides: list[bytes]) -> FoundBox | None:
    if not all(map(_NUMBER.match, sides)):
        return None
    xmin, ymin, xmax, ymax = map(int, sides)
    return FoundBox(text_of(category), xmin, ymin, xmax, ymax)


def _broken_line(text: Text, number: int) -> BrokenBoxes:
    return BrokenBoxes(f"{_path(text)}, line {number:,}", "it is no image with its boxes")
