"""What becomes of a pixel's value, to the last bit."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.errors import TensorOptionError
from imnet_data.tensors.normalisation import DTYPES, Normalisation, bfloat16_bits, of_bits

NAMES = ("torch", "caffe", "tf", "none")


def _bits(number: float) -> int:
    """The nearest bfloat16 by exact arithmetic, ties to even."""
    bits = int(np.float32(number).view(np.uint32)) >> 16
    near = [one & 0xFFFF for one in (bits - 1, bits, bits + 1)]

    def off(candidate: int) -> tuple[Fraction, int]:
        value = float(np.uint32(candidate << 16).view(np.float32))
        if not np.isfinite(value):
            return Fraction(10**60), 0
        return abs(Fraction(value) - Fraction(number)), candidate & 1

    return min(near, key=off)


@given(st.floats(-1e6, 1e6).filter(lambda number: number == 0 or abs(number) > 1e-30))
def test_a_bfloat16_is_rounded_once(number: float) -> None:
    assert int(bfloat16_bits(np.array([number]))[0]) == _bits(number)


def test_a_value_that_two_roundings_would_get_wrong_is_rounded_once() -> None:
    # A hair above the middle of two bfloat16s, which single precision rounds onto the middle.
    number = 1.00390625 + 2.0**-40

    assert float(of_bits(bfloat16_bits(np.array([number])))[0]) == 1.0078125


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_table_holds_the_nearest_value_of_its_dtype(dtype: str) -> None:
    said = Normalisation.named("torch")
    scale = Fraction(said.scale)

    table = said.table(dtype)

    for channel, (mean, std) in enumerate(zip(said.mean, said.std, strict=True)):
        for value in (0, 1, 127, 255):
            exact = (value * scale - Fraction(mean)) / Fraction(std)
            found = table[channel, value]
            beside = [np.nextafter(found, found.dtype.type(far)) for far in (-9, 9)]
            best = min(abs(Fraction(float(one)) - exact) for one in (found, *beside))
            assert abs(Fraction(float(found)) - exact) == best


def test_the_named_ones_are_those_of_keras() -> None:
    torch, caffe, tf = (Normalisation.named(name).table("float32") for name in NAMES[:3])

    assert torch[:, 255] == pytest.approx([(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, 0.594 / 0.225])
    assert caffe[:, 0] == pytest.approx([-103.939, -116.779, -123.68])
    assert tf[:, [0, 255]].tolist() == [[-1.0, 1.0]] * 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_picture_comes_back_from_its_tensor(name: str, dtype: str) -> None:
    said = Normalisation.named(name)
    rgb = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    planes = np.moveaxis(rgb[..., ::-1] if said.channels == "BGR" else rgb, -1, 0)
    tensor = np.stack([said.table(dtype)[channel][planes[channel]] for channel in range(3)])

    back = said.undo(np.stack([tensor, tensor]))

    assert back.shape == (2, 6, 5, 3)
    # Seven bits of bfloat16 do not tell all grey levels apart.
    most = 1 if dtype == "bfloat16" else 0
    assert np.abs(back[1].astype(int) - rgb).max() <= most


def test_uint8_keeps_the_values_in_the_order_of_the_channels() -> None:
    table = Normalisation.named("caffe").table("uint8")

    assert (table == np.arange(256)).all()
    assert table.shape == (3, 256)


@pytest.mark.parametrize(
    ("text", "scale", "mean", "std"),
    [
        ("mean=0.5,0.4,0.3,std=0.2,0.2,0.1", 1 / 255, (0.5, 0.4, 0.3), (0.2, 0.2, 0.1)),
        ("std=58,57,59,mean=124,117,104", 1.0, (124, 117, 104), (58, 57, 59)),
        ("mean=0.5,std=0.25", 1 / 255, (0.5,) * 3, (0.25,) * 3),
        ("mean=0,scale=0.5", 0.5, (0,) * 3, (1,) * 3),
    ],
)
def test_figures_may_be_given(text: str, scale: float, mean: Any, std: Any) -> None:
    said = Normalisation.of_text(text)

    assert (said.scale, said.mean, said.std) == (scale, mean, std)


@pytest.mark.parametrize(
    "text",
    [
        "imagenet",
        "mean=",
        "mean=1,2",
        "mean=1,2,3,std=0",
        "mean=a,b,c",
        "std=1,1,1",
        "mean=1,2,3,channels=GBR",
        "mean=nan",
        "mean=1,2,3;std=1",
        "mean=1,scale=none",
    ],
)
def test_figures_that_do_not_read_are_refused(text: str) -> None:
    with pytest.raises(TensorOptionError):
        Normalisation.of_text(text)


def test_values_that_float16_cannot_hold_are_refused() -> None:
    with pytest.raises(TensorOptionError, match="float16"):
        Normalisation.of_text("mean=0,std=0.001,scale=1").table("float16")


@pytest.mark.parametrize("name", NAMES)
def test_a_normalisation_comes_back_from_json(name: str) -> None:
    said = Normalisation.named(name)

    assert Normalisation.of_json(json.loads(json.dumps(said.as_json()))) == said
