"""One image's bounding boxes in PASCAL VOC's XML, the form of all of ImageNet's box archives.

The lists of Kaggle and Tiny-ImageNet, and which file is which, are boxes.py's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from imnet_data.archives.members import is_image

if TYPE_CHECKING:
    from collections.abc import Iterator

# ImageNet's are of 1 kB, with one object or two; hundreds of objects would fit.
_LONGEST = 1 << 20
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def _element(name: str, content: str) -> str:
    return rf"<{name}>\s*+{content}</{name}>\s*+"


# The form in which all of ImageNet's are written, tag for tag. What matches it is sound XML without
# a DTD, and is read here in a third of the time that expat takes; expat reads whatever does not.
_TEXT, _NUMBER, _FLAG = r"([^<&>]*)", r"(-?[0-9]{1,9})", r"([01])"
_OBJECT = _element(
    "object",
    _element("name", _TEXT)
    + _element("pose", _TEXT)
    + _element("truncated", _FLAG)
    + _element("difficult", _FLAG)
    + _element("bndbox", "".join(_element(side, _NUMBER) for side in _SIDES)),
)
_USUAL_OBJECT = re.compile(_OBJECT.encode())
_USUAL = re.compile(
    _element(
        "annotation",
        _element("folder", _TEXT)
        + _element("filename", _TEXT)
        + _element("source", _element("database", _TEXT))
        + _element("size", "".join(_element(s, _NUMBER) for s in ("width", "height", "depth")))
        + _element("segmented", _FLAG)
        + rf"((?:{_OBJECT.replace('(', '(?:')})*)",
    ).encode()
)


class FoundBox(NamedTuple):
    """A box as its file gives it: its class in the file's words, its sides in pixels."""

    category: str
    xmin: int
    ymin: int
    xmax: int
    ymax: int
    truncated: bool = False
    difficult: bool = False


class FoundBoxes(NamedTuple):
    """An image's boxes: `directory` and `image_base` are where the image would lie.

    `width` and `height` are the annotated image's in pixels, None where the file does not say.
    """

    directory: str
    image_base: str
    width: int | None
    height: int | None
    objects: tuple[FoundBox, ...]


class BrokenAnnotation(Exception):
    """An annotation that cannot be read, with the reason."""


def read_annotation(directory: str, name: str, content: bytes) -> FoundBoxes:
    """The boxes in the XML file of a base name, of the image of the same name.

    What the file says of its image's name counts for the extension alone: in some of ImageNet's
    it is `%s`, in others another image's.

    Raises:
        BrokenAnnotation: it is no annotation, or a box has no sides.
    """
    if len(content) > _LONGEST:
        raise BrokenAnnotation("it is larger than any annotation")
    stem = name[: -len(".xml")]
    usual = _USUAL.fullmatch(content) if content.isascii() else None
    if usual is not None:
        said, width, height, objects = usual.group(2, 4, 5, 8)
        return FoundBoxes(
            directory,
            _image_base(stem, said.decode()),
            int(width) or None,
            int(height) or None,
            tuple(_usual_boxes(objects)),
        )
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        raise BrokenAnnotation(f"it is no sound XML: {error}") from None
    except (ValueError, OverflowError):
        raise BrokenAnnotation("a number in it is none") from None
    size = reader.size
    return FoundBoxes(
        directory,
        _image_base(stem, reader.filename),
        _pixels(size.get("width", "0")) or None,
        _pixels(size.get("height", "0")) or None,
        tuple(reader.objects),
    )


def _usual_boxes(objects: bytes) -> Iterator[FoundBox]:
    found: list[tuple[bytes, ...]] = _USUAL_OBJECT.findall(objects)
    for name, _, truncated, difficult, xmin, ymin, xmax, ymax in found:
        yield FoundBox(
            name.decode().strip(),
            int(xmin),
            int(ymin),
            int(xmax),
            int(ymax),
            truncated == b"1",
            difficult == b"1",
        )


def _image_base(stem: str, said: str) -> str:
    said = said.strip()
    if said == stem:
        return f"{stem}.JPEG"
    if is_image(stem):
        return stem
    said_stem, _, extension = said.rpartition(".")
    return said if said_stem == stem and is_image(f".{extension}") else f"{stem}.JPEG"


def _pixels(text: str) -> int:
    """A number of pixels; some tools write them with decimals."""
    try:
        pixels = int(text)
    except ValueError:
        pixels = int(float(text))
    if abs(pixels) >= 1 << 31:
        raise OverflowError
    return pixels


class _Reader:
    """Takes the few texts out of an annotation that are wanted, while expat reads it.

    An object's own name and box stand at fixed depths, so that those of its parts are passed over.
    """

    def __init__(self) -> None:
        self.filename = ""
        self.size: dict[str, str] = {}
        self.objects: list[FoundBox] = []
        self._object: dict[str, str] = {}
        self._depth = 0
        self._part = self._section = self._text = ""
        # Unlike ElementTree, expat itself tells of a DTD before anything in it is read.
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._take
        parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, tag: str, _: object) -> None:
        self._depth = depth = self._depth + 1
        self._text = ""
        if depth == 3:
            self._section = tag
        elif depth == 2:
            self._part = tag
            if tag == "object":
                self._object = {}
        elif depth == 1 and tag != "annotation":
            raise BrokenAnnotation(f"it is no annotation, but an XML of <{tag[:40]}>")

    def _take(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        depth, part = self._depth, self._part
        self._depth = depth - 1
        if part == "object":
            if depth == 3 or (depth == 4 and self._section == "bndbox"):
                self._object[tag] = self._text
            elif depth == 2:
                self.objects.append(_box_of(self._object))
        elif part == "size" and depth == 3:
            self.size[tag] = self._text
        elif part == "filename" and depth == 2:
            self.filename = self._text

    def _refuse(self, *_: object) -> None:
        # Entities are declared in a DTD, and can make gigabytes out of a line.
        raise BrokenAnnotation("it has a DTD, as no annotation of ImageNet's does")


def _box_of(said: dict[str, str]) -> FoundBox:
    missing = [side for side in _SIDES if side not in said]
    if missing:
        raise BrokenAnnotation(f"a box in it has no {missing[0]}")
    return FoundBox(
        said.get("name", "").strip(),
        _pixels(said["xmin"]),
        _pixels(said["ymin"]),
        _pixels(said["xmax"]),
        _pixels(said["ymax"]),
        _is_set(said.get("truncated", "")),
        _is_set(said.get("difficult", "")),
    )


def _is_set(text: str) -> bool:
    return text.strip() not in ("", "0", "Unspecified")
