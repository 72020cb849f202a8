"""Windows as torchvision has them, and random boxes that depend on seed, name and copy alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.errors import TensorOptionError
from imnet_data.tensors.geometry import Filter, Geometry

sides = st.integers(1, 4000)


# (width, height), and what torchvision 0.29 makes of it with Resize(256) and CenterCrop(224): the
# size, and the corner (left, top). int() of the long side, round() to even of the corner.
@pytest.mark.parametrize(
    ("picture", "size", "corner"),
    [
        ((640, 427), (383, 256), (80, 16)),
        ((427, 640), (256, 383), (16, 80)),
        ((500, 375), (341, 256), (58, 16)),
        ((500, 333), (384, 256), (80, 16)),
        ((256, 300), (256, 300), (16, 38)),
        ((1, 1), (256, 256), (16, 16)),
    ],
)
def test_the_centre_crop_rounds_as_torchvision_does(
    picture: tuple[int, int], size: tuple[int, int], corner: tuple[int, int]
) -> None:
    (window,) = Geometry().windows(*picture, "any")

    assert (window.size, window.corner) == (size, corner)
    assert window.box == (0, 0, *picture)


def test_a_half_pixel_of_the_corner_is_rounded_to_even() -> None:
    (one,) = Geometry(resize_px=10, crop_px=9).windows(20, 20, "any")
    (three,) = Geometry(resize_px=12, crop_px=9).windows(20, 20, "any")

    assert (one.corner, three.corner) == ((0, 0), (2, 2))


@given(sides, sides)
@settings(max_examples=60)
def test_what_is_cut_lies_in_the_resized_picture(width: int, height: int) -> None:
    for geometry in (Geometry(), Geometry("square"), Geometry("random", copies=2)):
        for window in geometry.windows(width, height, "n02084071_1"):
            left, top, right, bottom = window.box
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
            for corner, size in zip(window.corner, window.size, strict=True):
                assert 0 <= corner <= size - geometry.out_px


def test_random_boxes_are_the_same_on_every_machine() -> None:
    geometry = Geometry("random", copies=2, seed=7)

    boxes = [window.box for window in geometry.windows(640, 480, "n02084071_1")]

    assert boxes == [(5, 224, 288, 480), (166, 46, 631, 459)]


def test_random_boxes_differ_by_seed_name_and_copy() -> None:
    boxes = {
        window.box
        for seed in (0, 1)
        for name in ("n02084071_1", "n02084071_2")
        for window in Geometry("random", copies=3, seed=seed).windows(640, 480, name)
    }

    assert len(boxes) == 12


def test_random_boxes_are_as_large_and_of_the_shapes_asked_for() -> None:
    geometry = Geometry("random", copies=400, scale=(0.25, 0.5), ratio=(0.8, 1.25))
    windows = geometry.windows(500, 500, "n02084071_1")

    areas = [(w.box[2] - w.box[0]) * (w.box[3] - w.box[1]) / 250_000 for w in windows]
    shapes = [(w.box[2] - w.box[0]) / (w.box[3] - w.box[1]) for w in windows]

    assert min(areas) == pytest.approx(0.25, abs=0.01)
    assert max(areas) == pytest.approx(0.5, abs=0.01)
    assert sum(areas) / 400 == pytest.approx(0.375, abs=0.015)
    assert min(shapes) == pytest.approx(0.8, abs=0.02)
    assert max(shapes) == pytest.approx(1.25, abs=0.02)


def test_where_no_random_box_fits_the_largest_of_an_allowed_shape_is_at_the_centre() -> None:
    geometry = Geometry("random", scale=(0.9, 1.0))

    (wide,) = geometry.windows(1000, 100, "any")
    (tall,) = geometry.windows(100, 1000, "any")

    assert list(wide.box) == [433, 0, 566, 100]
    assert list(tall.box) == [0, 433, 100, 566]


def test_a_name_that_is_no_text_has_its_random_boxes_too() -> None:
    assert Geometry("random").windows(50, 50, "n1_\udcff\ud800")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "circle"},
        {"crop_px": 0},
        {"crop_px": 5000},
        {"resize_px": 200, "crop_px": 224},
        {"copies": 2},
        {"kind": "random", "copies": 0},
        {"kind": "random", "scale": (0.5, 1.5)},
        {"kind": "random", "scale": (0.0, 1.0)},
        {"kind": "random", "ratio": (2.0, 1.0)},
        {"filter": "lanczos"},
        {"crop_px": "224"},
        {"colour": "blue"},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TensorOptionError):
        Geometry.of_json(wrong)


@pytest.mark.parametrize(
    "geometry",
    [
        Geometry(resize_px=232, filter=Filter.BICUBIC),
        Geometry("square", crop_px=64, exif=True),
        Geometry("random", copies=4, seed=3, scale=(0.2, 0.9)),
    ],
)
def test_a_geometry_comes_back_from_json(geometry: Geometry) -> None:
    assert Geometry.of_json(json.loads(json.dumps(geometry.as_json()))) == geometry
