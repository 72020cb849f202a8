"""Pictures of every kind that lies in ImageNet or may: made here, small, the same every time."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image


def scene(width: int, height: int, *, seed: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Soft colours, hard edges and some noise: what resizing and upsampling can get wrong."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int16)
    down, across = np.mgrid[:height, :width]
    pixels[(down // 9 + across // 7) % 5 == 0] = rng.integers(0, 256, 3)
    pixels += rng.integers(-12, 13, pixels.shape, dtype=np.int16)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as Pillow writes it."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int, height: int, *, sampling: str = "420", quality: int = 88) -> bytes:
    """A baseline JPEG."""
    pixels = scene(width, height, seed=width + height)
    data: bytes = simplejpeg.encode_jpeg(pixels, quality=quality, colorsubsampling=sampling)
    return data


@cache
def jpegs() -> dict[str, bytes]:
    """JPEGs by what is particular about each."""
    rgb = Image.fromarray(scene(131, 97))
    turned = Image.Exif()
    turned[0x0112] = 6
    samplings = ("444", "422", "420", "440", "411", "Gray")
    return {
        **{f"jpeg {kind}": jpeg(151, 118, sampling=kind) for kind in samplings},
        "jpeg of odd sides": jpeg(97, 63),
        "jpeg, portrait": jpeg(118, 151),
        "jpeg of 3 x 2 pixels": jpeg(3, 2),
        "jpeg, wide": jpeg(240, 31),
        "jpeg, tall": jpeg(31, 240),
        "jpeg, coarse": jpeg(150, 100, quality=12),
        "jpeg, progressive": saved(rgb, "JPEG", progressive=True),
        "jpeg, restarts": saved(rgb, "JPEG", restart_marker_blocks=2),
        "jpeg kept in rgb": saved(rgb, "JPEG", keep_rgb=True, subsampling=0),
        "jpeg, turned by exif": saved(rgb, "JPEG", exif=turned),
        "jpeg, cmyk": saved(rgb.convert("CMYK"), "JPEG"),
        "jpeg, black": saved(Image.new("RGB", (40, 30)), "JPEG"),
    }


@cache
def others() -> dict[str, bytes]:
    """Pictures in other formats."""
    rgb = Image.fromarray(scene(131, 97))
    deep = Image.fromarray(np.asarray(rgb.convert("L")).astype(np.uint16) * 257)
    clear = rgb.convert("RGBA")
    clear.putalpha(rgb.convert("L"))
    return {
        "png": saved(rgb, "PNG"),
        "png with transparency": saved(clear, "PNG"),
        "png of a palette": saved(rgb.quantize(64), "PNG", transparency=bytes(range(64))),
        "png of 16 bits": saved(deep, "PNG"),
        "png of 1 bit": saved(rgb.convert("1"), "PNG"),
        "gif": saved(rgb.quantize(64), "GIF"),
        "bmp": saved(rgb, "BMP"),
        "webp": saved(rgb, "WEBP", lossless=True),
    }


def all_kinds() -> dict[str, bytes]:
    """Every picture here."""
    return {**jpegs(), **others()}
