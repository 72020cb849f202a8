"""Drawing a demo's pictures: a shape on a gradient in the class's own colours, noise, its word.

No photograph, nothing from elsewhere: two classes differ at a glance, and each file is a few kB.
"""

from __future__ import annotations

import colorsys
import io
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from imnet_data.demo.plan import Picture

_QUALITY = 85
_NOISE = 8.0
_ORIENTATION = 0x0112  # EXIF's tag; 6 says: turn by 90 degrees to see it upright
_TURNED = 6
_GOLDEN = 0.618034  # hues this far apart never come near each other again


def draw(picture: Picture, seed: int) -> bytes:
    """The bytes of a picture's file, the same ones every time."""
    if picture.kind == "empty":
        return b""
    image = _image(picture, np.random.default_rng([seed, zlib.crc32(picture.name.encode())]))
    match picture.kind:
        case "png":
            return _encoded(image, "PNG")
        case "grey":
            image = image.convert("L")
        case "cmyk":
            image = image.convert("CMYK")
    data = _encoded(image, "JPEG", orientation=_TURNED if picture.kind == "rotated" else None)
    return data[: len(data) * 3 // 5] if picture.kind == "truncated" else data


def _image(picture: Picture, random: np.random.Generator) -> Image.Image:
    width, height = int(random.integers(96, 161)), int(random.integers(72, 121))
    if picture.wnid is None:
        word, class_index = "?", int(random.integers(ilsvrc.CLASSES))
    else:
        one = ilsvrc.by_wnid()[picture.wnid]
        word, class_index = one.words.split(",")[0], one.class_index
    hue = class_index * _GOLDEN % 1.0
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    blend = ((across + down) / 2)[..., None]
    pixels = (1 - blend) * _colour(hue, 0.55) + blend * _colour(hue + 0.15, 0.95)
    canvas = Image.fromarray(pixels.astype(np.uint8))
    _shape(canvas, class_index, random, hue)
    noisy = np.asarray(canvas, np.float64) + random.normal(0, _NOISE, pixels.shape)
    canvas = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    ink = ImageDraw.Draw(canvas)
    ink.text((4, height - 16), word, (255, 255, 255), ImageFont.load_default(), stroke_width=1,
             stroke_fill=(0, 0, 0))  # fmt: skip
    return canvas


def _shape(canvas: Image.Image, class_index: int, random: np.random.Generator, hue: float) -> None:
    """A disc, triangle, square or pentagon, by class; place and size differ by picture."""
    radius = int(min(canvas.size) * random.uniform(0.2, 0.35))
    x = int(random.integers(radius, canvas.width - radius))
    y = int(random.integers(radius, canvas.height - radius))
    fill = tuple(_colour(hue + 0.5, 0.85).astype(int).tolist())
    ink = ImageDraw.Draw(canvas)
    corners = class_index % 4 + 2
    if corners == 2:
        ink.ellipse((x - radius, y - radius, x + radius, y + radius), fill)
    else:
        ink.regular_polygon((x, y, radius), corners, int(random.integers(90)), fill)


def _colour(hue: float, value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, 0.65, value)) * 255


def _encoded(image: Image.Image, form: str, *, orientation: int | None = None) -> bytes:
    file = io.BytesIO()
    if orientation is None:
        image.save(file, form, quality=_QUALITY)
    else:
        exif = Image.Exif()
        exif[_ORIENTATION] = orientation
        image.save(file, form, quality=_QUALITY, exif=exif)
    return file.getvalue()
