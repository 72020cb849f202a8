"""Drawing the box of a random-resized crop, from a hash of seed, name and copy.

torchvision's algorithm with numbers of our own: an engine's generator would give other boxes at
another batch size, on another device or in another version.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import Final

_TRIES: Final = 10


def random_box(
    width: int,
    height: int,
    *,
    scale: tuple[float, float],
    ratio: tuple[float, float],
    key: tuple[int, str, int],
) -> tuple[int, int, int, int]:
    """(left, top, width, height) in pixels; the key is (seed, name, copy).

    The area is drawn evenly from `scale`, the logarithm of width / height from that of `ratio`.
    Ten boxes that do not lie in the picture are drawn; then it is the largest one of an allowed
    shape at the centre (`RandomResizedCrop.get_params` of torchvision 0.29).

    >>> random_box(640, 480, scale=(0.08, 1), ratio=(0.75, 4 / 3), key=(0, "n02084071_1", 0))
    (132, 157, 273, 302)
    """
    for attempt in range(_TRIES):
        part, shape, across, down = _numbers(key, attempt)
        area = width * height * (scale[0] + _unit(part) * (scale[1] - scale[0]))
        low, high = math.log(ratio[0]), math.log(ratio[1])
        aspect = math.exp(low + _unit(shape) * (high - low))
        wide, tall = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < wide <= width and 0 < tall <= height:
            return _below(width - wide + 1, across), _below(height - tall + 1, down), wide, tall
    return _central(width, height, ratio)


def _central(width: int, height: int, ratio: tuple[float, float]) -> tuple[int, int, int, int]:
    wide, tall = width, height
    if width / height < ratio[0]:
        tall = round(width / ratio[0])
    elif width / height > ratio[1]:
        wide = round(height * ratio[1])
    # A picture that is thinner than a pixel of its own kind has at least that pixel.
    wide, tall = max(wide, 1), max(tall, 1)
    return (width - wide) // 2, (height - tall) // 2, wide, tall


def _numbers(key: tuple[int, str, int], attempt: int) -> tuple[int, int, int, int]:
    """Four numbers of 64 bits."""
    seed, name, copy = key
    text = f"imnet-data box {seed} {copy} {attempt} {name}"
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest()
    first, second, third, fourth = (
        int.from_bytes(digest[at : at + 8], "little") for at in range(0, 32, 8)
    )
    return first, second, third, fourth


def _unit(number: int) -> float:
    """From 0 up to, not including, 1; a double has 53 bits."""
    return (number >> 11) * 2.0**-53


def _below(bound: int, number: int) -> int:
    """From 0 up to, not including, the bound."""
    return (number * bound) >> 64
