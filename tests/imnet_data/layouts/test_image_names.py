from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.layouts.image_names import read_name, rebuilt_name, serial_name
from imnet_data.splits import Split


@pytest.mark.parametrize(
    ("base", "stem", "tail"),
    [
        ("n01440764_10026.JPEG", "n01440764_10026", ".JPEG"),
        ("n01440764_10026", "n01440764_10026", ""),
        ("n01440764_10026_n01440764.JPEG", "n01440764_10026", "_n01440764.JPEG"),
        ("ILSVRC2012_val_00000293.JPEG", "ILSVRC2012_val_00000293", ".JPEG"),
        ("ILSVRC2012_val_0000293.JPEG", "ILSVRC2012_val_00000293", ".JPEG"),
        ("ILSVRC2012_val_00000293_n01751748.JPEG", "ILSVRC2012_val_00000293", "_n01751748.JPEG"),
        ("ILSVRC2012_test_00100000.JPEG", "ILSVRC2012_test_00100000", ".JPEG"),
    ],
)
def test_a_key_is_the_name_without_label_suffix_and_extension(
    base: str, stem: str, tail: str
) -> None:
    parsed = read_name(base)
    assert parsed is not None
    assert (parsed.stem, parsed.tail) == (stem, tail)


@pytest.mark.parametrize(
    "base",
    [
        "1.jpg",
        "n01440764.JPEG",
        "n0144076_1.JPEG",
        "n01440764_.JPEG",
        "n01440764_1 copy.JPEG",
        "n01440764-1.JPEG",
        "n01440764_\u0663.JPEG",  # a digit, but not one that ImageNet writes
        "xn01440764_1.JPEG",
        "n01440764_1.JPEG\n",
        "ILSVRC2012_val_000001.JPEG",
        "ILSVRC2012_train_00000001.JPEG",
        "ILSVRC2010_val_00000001.JPEG",
        "n01440764_-1.JPEG",
        "n01440764_1_2.JPEG",
        "n01440764_1234567890123.JPEG",  # longer than a catalogue's numbers
        "n01440764_1.tar.gz",
        "ILSVRC2012_val_000000293.JPEG",
    ],
)
def test_a_name_beside_imagenets_is_left_as_it_is(base: str) -> None:
    assert read_name(base) is None


def test_a_number_with_leading_zeros_stays_another_picture() -> None:
    plain, padded = read_name("n01440764_7.JPEG"), read_name("n01440764_007.JPEG")
    assert plain is not None
    assert padded is not None
    assert (plain.plain, padded.plain) == (True, False)
    assert plain.stem != padded.stem


@given(st.integers(1, 99_999_999), st.integers(0, 10**12 - 1))
def test_a_class_name_is_rebuilt_from_its_number(synset: int, number: int) -> None:
    parsed = read_name(f"n{synset:08d}_{number}.JPEG")
    assert parsed is not None
    assert parsed.plain
    assert rebuilt_name("fall11", Split.NONE, synset, parsed.number) == parsed.stem


@given(st.sampled_from([Split.VAL, Split.TEST]), st.integers(0, 99_999_999))
def test_a_serial_name_is_rebuilt_from_its_number(split: Split, number: int) -> None:
    parsed = read_name(serial_name(split, number) + ".JPEG")
    assert parsed is not None
    assert (parsed.series, parsed.wnid) == (split, None)
    assert rebuilt_name("ilsvrc2012", split, 0, parsed.number) == parsed.stem
