"""The perceptual hash: the same for a picture however it is stored, another for another picture."""

import itertools

import numpy as np
import pytest
from PIL import Image

from imnet_data.verification.images.inspect import inspect
from imnet_data.verification.images.look import look_of
from imnet_data.verification.levels import Level
from tests.imnet_data.verification.making import encoded, picture


def look_at(image: Image.Image, form: str = "JPEG", **options: int) -> int:
    data = encoded(image, form, **options)
    look = inspect(data, member="a", level=Level.DECODE).look
    assert look is not None
    return look


def photograph(seed: int) -> Image.Image:
    return picture(seed, 500, 375)


CHANGES = {
    "quality 20": lambda image: look_at(image, quality=20),
    "PNG": lambda image: look_at(image, "PNG"),
    "WebP": lambda image: look_at(image, "WEBP"),
    "half the size": lambda image: look_at(image.resize((250, 188), Image.Resampling.BOX)),
    "a third of the size": lambda image: look_at(image.resize((167, 125), Image.Resampling.BOX)),
    "another shape": lambda image: look_at(image.resize((224, 224), Image.Resampling.BOX)),
    "twice the size": lambda image: look_at(image.resize((1000, 750))),
    "grey": lambda image: look_at(image.convert("L")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_picture_stored_in_another_way_differs_in_4_bits_at_most(change: object) -> None:
    assert callable(change)
    for seed in range(4):
        image = photograph(seed)
        assert (look_at(image) ^ change(image)).bit_count() <= 4


def test_different_pictures_are_far_apart() -> None:
    looks = [look_at(photograph(seed)) for seed in range(12)]
    assert all((a ^ b).bit_count() > 10 for a, b in itertools.combinations(looks, 2))


@pytest.mark.parametrize("grey", [0, 1, 200, 255])
def test_flat_pictures_have_the_hash_0(grey: int) -> None:
    assert look_at(Image.new("L", (100, 77), grey)) == 0


def test_bits_are_signs_of_the_lowest_cosines_row_by_row() -> None:
    across = np.cos(np.pi * 3 * (np.arange(64) + 0.5) / 64)
    small = (128 + 100 * np.tile(across, (48, 1))).astype(np.uint8)
    look = look_of(small, 512, 384, 8)
    assert look >> (63 - 3) & 1
    assert look.bit_count() <= 4
    assert look_of(small.T.copy(), 384, 512, 8) >> (63 - 8 * 3) & 1


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (7, 9), (33, 31)])
def test_small_pictures_have_one_too(size: tuple[int, int]) -> None:
    assert 0 <= look_at(picture(3, *size)) < 1 << 63
