"""Which part of a picture is taken and what it is resized to: once, here, for every engine.

No pixel is touched here, and no library rounds for itself: DALI's own resize to a shorter side of
256 gives 384 columns of a picture of 640 x 427, torchvision's 383.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from imnet_data.errors import TensorOptionError
from imnet_data.tensors.random_boxes import random_box

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["crop", "square", "random"]

MOST_PX: Final = 4096
"""A picture of that side is 100 MB of float16: a larger one is a slip of the finger."""


class Filter(StrEnum):
    """How pixels are made from others; both are antialiased, as Pillow's are."""

    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


@dataclass(frozen=True, slots=True)
class Window:
    """What becomes one output: a box of the picture, resized, and the output's place in that.

    `box` is (left, top, right, bottom) in pixels of the picture; no pixel outside it has a part
    in the output. `size` is (width, height) in pixels that the box is resized to; `corner` is
    (x, y) of the output in the resized box.
    """

    box: tuple[float, float, float, float]
    size: tuple[int, int]
    corner: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a picture of any size becomes one or more squares of `crop_px` pixels.

    - `crop`: the short side is resized to `resize_px`, the long side with it, and the centre is cut
      out, as torchvision's `Resize` and `CenterCrop` do: the long side is truncated, the corner is
      rounded to even. A short side of `resize_px` is not resized. A crop larger than `resize_px`,
      which torchvision pads with black, is refused: it would teach a model black borders.
    - `square`: the whole picture is resized to the square, whatever its shape.
    - `random`: `copies` boxes a picture, as torchvision's `RandomResizedCrop` draws them: `scale`
      is the range of their part of the area, `ratio` of width / height. They depend on the seed,
      the image's name and the copy's number alone. Nothing is mirrored.

    `exif` turns a picture as its EXIF orientation says before anything else; torchvision doesn't.

    Raises:
        TensorOptionError: a number that is out of range, or two that contradict one another.

    >>> Geometry().windows(640, 427, "n02084071_1")
    (Window(box=(0.0, 0.0, 640.0, 427.0), size=(383, 256), corner=(80, 16)),)
    >>> Geometry("square", crop_px=64).windows(640, 427, "n02084071_1")
    (Window(box=(0.0, 0.0, 640.0, 427.0), size=(64, 64), corner=(0, 0)),)
    """

    kind: Kind = "crop"
    resize_px: int = 256
    crop_px: int = 224
    filter: Filter = Filter.BILINEAR
    copies: int = 1
    seed: int = 0
    scale: tuple[float, float] = (0.08, 1.0)
    ratio: tuple[float, float] = (3 / 4, 4 / 3)
    exif: bool = False

    def __post_init__(self) -> None:
        one_of("geometry", self.kind, get_args(Kind))
        one_of("filter", self.filter, tuple(Filter))
        object.__setattr__(self, "filter", Filter(self.filter))
        object.__setattr__(self, "scale", tuple(map(float, self.scale)))
        object.__setattr__(self, "ratio", tuple(map(float, self.ratio)))
        _pixels("crop", self.crop_px)
        if self.kind == "crop":
            _pixels("resize", self.resize_px)
            if self.crop_px > self.resize_px:
                raise TensorOptionError(
                    f"a crop of {self.crop_px} pixels is not in a short side of {self.resize_px}"
                )
        if self.kind == "random":
            self._check_draw()
        elif self.copies != 1:
            raise TensorOptionError(f"{self.copies} copies of an image: only random crops have any")

    def _check_draw(self) -> None:
        if self.copies < 1:
            raise TensorOptionError(f"an image has at least 1 copy, not {self.copies}")
        _range("scale", self.scale, most=1.0)
        _range("ratio", self.ratio, most=math.inf)

    @property
    def out_px(self) -> int:
        """The side of what comes out, in pixels."""
        return self.crop_px

    def windows(self, width_px: int, height_px: int, name: str) -> tuple[Window, ...]:
        """The windows of a picture of that size, one a copy.

        Args:
            width_px: the picture's width, as it stands upright where `exif` is asked for.
            height_px: its height.
            name: the image's name, on which random boxes depend.
        """
        if self.kind == "random":
            copies = range(self.copies)
            return tuple(self._drawn(width_px, height_px, name, copy) for copy in copies)
        whole = (0.0, 0.0, float(width_px), float(height_px))
        if self.kind == "square":
            return (Window(whole, (self.crop_px, self.crop_px), (0, 0)),)
        width, height = self._resized(width_px, height_px)
        corner = (_half(width - self.crop_px), _half(height - self.crop_px))
        return (Window(whole, (width, height), corner),)

    def _resized(self, width: int, height: int) -> tuple[int, int]:
        # In this order, as in torchvision's _compute_resized_output_size: 256 * 500 / 375.
        if width <= height:
            return self.resize_px, int(self.resize_px * height / width)
        return int(self.resize_px * width / height), self.resize_px

    def _drawn(self, width: int, height: int, name: str, copy: int) -> Window:
        left, top, wide, high = random_box(
            width, height, scale=self.scale, ratio=self.ratio, key=(self.seed, name, copy)
        )
        box = (float(left), float(top), float(left + wide), float(top + high))
        return Window(box, (self.crop_px, self.crop_px), (0, 0))

    def as_json(self) -> dict[str, Any]:
        """What decides the pixels, and nothing that has no part in this kind."""
        said: dict[str, Any] = {"kind": self.kind, "crop_px": self.crop_px}
        if self.kind == "crop":
            said["resize_px"] = self.resize_px
        if self.kind == "random":
            said |= {"copies": self.copies, "seed": self.seed}
            said |= {"scale": list(self.scale), "ratio": list(self.ratio)}
        return said | {"filter": str(self.filter), "exif": self.exif}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Geometry:
        """The geometry that `as_json()` gave.

        Raises:
            TensorOptionError: it is none of ours.

        >>> Geometry.of_json(Geometry(crop_px=192).as_json()) == Geometry(crop_px=192)
        True
        """
        try:
            return cls(**said)
        except TypeError as error:
            raise TensorOptionError(f"this is no geometry: {dict(said)}") from error


def _half(room: int) -> int:
    """Half of it as torchvision's CenterCrop rounds it: to even, as Python does."""
    return round(room / 2.0)


def one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    """That an option is among those that there are.

    Raises:
        TensorOptionError: it is none of them.
    """
    if value not in known:
        raise TensorOptionError(f"there is no {what} {value!r}; there are {', '.join(known)}")


def _pixels(what: str, value: int) -> None:
    if not 1 <= value <= MOST_PX:
        raise TensorOptionError(f"{what} is between 1 and {MOST_PX:,} pixels, not {value:,}")


def _range(what: str, value: tuple[float, ...], *, most: float) -> None:
    if len(value) != 2 or not 0 < value[0] <= value[1] <= most or math.isinf(value[1]):
        ends = "above 0" if math.isinf(most) else f"above 0 and up to {most:g}"
        raise TensorOptionError(f"{what} is two numbers {ends}, the smaller first, not {value}")
