"""EXIF's tables: orientation, and what is broken in them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imnet_data.verification.images.exif import read_exif


def block(
    *tags: tuple[int, int, int, int], order: str = "<", rest: bytes = bytes(4), first: int = 8
) -> bytes:
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", first)
    table = struct.pack(order + "H", len(tags))
    return head + table + b"".join(struct.pack(order + "HHII", *tag) for tag in tags) + rest


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_that_pillow_writes_is_read(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "the maker of this camera"
    read = read_exif(exif.tobytes().removeprefix(b"Exif\0\0"))
    assert (read.orientation, read.fault) == (orientation, "")


def test_an_orientation_that_does_not_exist_is_none() -> None:
    assert read_exif(block((0x0112, 3, 1, 9))).orientation == 1


def test_a_thumbnails_orientation_is_not_the_pictures() -> None:
    thumbnail = struct.pack("<HHHIII", 1, 0x0112, 3, 1, 6, 0)
    data = block((0x010F, 2, 4, 0), rest=struct.pack("<I", 26) + thumbnail)
    assert read_exif(data).orientation == 1
    assert read_exif(data).fault == ""


BROKEN = {
    "no header": b"nothing of the kind",
    "nothing": b"",
    "a table outside": block(first=999),
    # As in n04152593_17460: "Expecting to read 4 bytes but only got 0".
    "no pointer to the next table": block((0x0112, 3, 1, 1), rest=b""),
    "a table that is cut off": block((0x0112, 3, 1, 1))[:15],
    "a value outside": block((0x010F, 2, 5000, 26)),
    "a table below that is outside": block((0x8769, 4, 1, 5000)),
    "a next table outside": block(rest=struct.pack("<I", 5000)),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_tables_are_told(data: bytes) -> None:
    assert read_exif(data).fault


def test_tables_that_point_at_each_other_have_an_end() -> None:
    assert read_exif(block((0x8769, 4, 1, 8), rest=struct.pack("<I", 8))).fault == ""


@given(st.binary(max_size=80), st.sampled_from([b"", block()[:8], block(order=">")[:8]]))
def test_whatever_the_bytes_an_answer_comes_back(data: bytes, start: bytes) -> None:
    assert 1 <= read_exif(start + data).orientation <= 8
