from __future__ import annotations

import io
import warnings
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imnet_data.archives.reading import Place
from imnet_data.pictures.thumbnail import NoPicture
from imnet_data.verification.reports.thumbnails import Thumbnail, draw, thumbnails
from tests.imnet_data.verification.verified import picture

_WHOLE = picture(width=320, height=200)


def encoded(mode: str, form: str) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (300, 20)).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize(
    ("mode", "form"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "PNG"), ("P", "GIF"), ("I;16", "PNG"), ("1", "BMP")],
)
def test_pictures_of_any_kind_are_drawn_small(mode: str, form: str) -> None:
    drawn = draw(encoded(mode, form))
    assert (drawn.width_px, drawn.height_px) == (300, 20)
    with Image.open(io.BytesIO(drawn.jpeg)) as small:
        assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (144, 10))


@settings(max_examples=40)
@given(st.integers(0, len(_WHOLE) - 1), st.binary(max_size=40), st.booleans())
def test_any_damage_gives_a_picture_or_says_that_there_is_none(
    at: int, put: bytes, cut: bool
) -> None:
    with suppress(NoPicture), warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(_WHOLE[:at] + put + (b"" if cut else _WHOLE[at + len(put) :]))


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes_are_drawn_or_are_no_picture(data: bytes) -> None:
    with suppress(NoPicture):
        draw(data)


def test_more_pixels_than_anyone_wants_decoded_are_not() -> None:
    header = bytearray(encoded("L", "PNG"))
    header[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(NoPicture):
        draw(bytes(header))


def test_a_file_that_is_gone_is_told_and_the_others_are_drawn(tmp_path: object) -> None:
    path = f"{tmp_path}/x.jpg"
    with open(path, "wb") as file:
        file.write(_WHOLE)
    here = Place(path, 0, len(_WHOLE), len(_WHOLE), container="folder")
    gone = Place(f"{path}.gone", 0, 10, 10, container="folder")
    drawn = dict(thumbnails([("here", here), ("gone", gone)], workers=0))
    assert isinstance(drawn["here"], Thumbnail)
    assert drawn["gone"] == "its bytes cannot be read"
