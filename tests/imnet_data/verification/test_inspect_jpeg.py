"""JPEGs: legal kinds without a false alarm, and damage wherever it lies."""

import random

import pytest
import simplejpeg

from imnet_data.verification.images.inspect import Found, inspect
from imnet_data.verification.images.jpeg_markers import end_of_picture, read_header
from imnet_data.verification.levels import Level
from tests.imnet_data.verification import making
from tests.imnet_data.verification.making import encoded, frame_of, jpeg, picture, put, scan_of

CMYK = encoded(picture().convert("CMYK"))
ADOBE = CMYK.index(b"Adobe")
PROGRESSIVE = encoded(picture(), progressive=True)
# Its EXIF holds a whole JPEG, as a camera's thumbnail does.
WITH_THUMBNAIL = encoded(picture(), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + jpeg(1))
SEVERAL_PICTURES = jpeg()[:2] + b"\xff\xe2\0\x08MPF\0II" + jpeg()[2:] + jpeg(1)

LEGAL = {
    "progressive": PROGRESSIVE,
    "restart markers": encoded(picture(), restart_marker_blocks=2),
    "colours not halved": encoded(picture(), subsampling="4:4:4"),
    "best quality": encoded(picture(), quality=100),
    "kept as RGB": encoded(picture(), keep_rgb=True),
    "arithmetic": making.ARITHMETIC,
    "a scan for each component": making.ONE_SCAN_A_COMPONENT,
    "uncommon sampling": making.UNCOMMON_SAMPLING,
    "a thumbnail": WITH_THUMBNAIL,
    "a comment that looks like an end": encoded(picture(), comment=b"\xff\xd9\xff\xd9"),
    "fill bytes": jpeg()[:-2] + b"\xff\xff\xff\xd9",
    "extended, 8 bits": put(jpeg(), frame_of(jpeg()), b"\xff\xc1"),
    "extended, 12 bits": put(
        put(jpeg(), frame_of(jpeg()), b"\xff\xc1"), frame_of(jpeg()) + 4, b"\x0c"
    ),
    # What strict decoders stop at, though every decoder shows the picture whole.
    "a scan's needless numbers": put(jpeg(), scan_of(jpeg()) + 11, b"\x01\x00\x00"),
    "a later JFIF": put(jpeg(), 11, b"\x03"),
    "zeros ahead of the end": jpeg()[:-2] + bytes(4) + jpeg()[-2:],
}


@pytest.mark.parametrize("level", [Level.DIGEST, Level.DECODE])
@pytest.mark.parametrize("data", LEGAL.values(), ids=LEGAL)
def test_a_legal_kind_of_jpeg_gives_no_alarm(data: bytes, level: Level) -> None:
    seen = inspect(data, member="a.jpg", level=level)
    assert seen.found == ()
    assert (seen.format, seen.mode) == ("JPEG", "RGB")
    assert seen.width_px in {48, 120}


@pytest.mark.parametrize("transform", [b"\x00", b"\x02", b"\x07"], ids=["CMYK", "YCCK", "unknown"])
def test_four_colours_are_decoded_whatever_adobes_mark_says(transform: bytes) -> None:
    data = put(CMYK, ADOBE + 11, transform)
    seen = inspect(data, member="a.jpg", level=Level.DECODE)
    assert seen.found == (Found("cmyk"),)
    assert seen.look is not None
    assert "truncated" in codes_of(data[:-40])


@pytest.mark.parametrize("data", [put(jpeg(), scan_of(jpeg()) + 11, b"\x01\x00\x00"),
                                  put(jpeg(), 11, b"\x03"), jpeg()])  # fmt: skip
def test_damage_behind_a_harmless_oddity_is_still_found(data: bytes) -> None:
    assert codes_of(data[:1500] + data[1700:]) == ["corrupt"]


def test_zeros_instead_of_the_last_part_of_the_picture_are_not_harmless() -> None:
    assert codes_of(jpeg()[:-202] + bytes(200) + jpeg()[-2:]) == ["corrupt"]


def codes_of(data: bytes, level: Level = Level.DECODE) -> list[str]:
    return [found.code for found in inspect(data, member="a.jpg", level=level).found]


@pytest.mark.parametrize("name", ["plain", "progressive", "a thumbnail", "arithmetic"])
def test_a_jpeg_cut_anywhere_is_truncated_and_found_so_without_decoding(name: str) -> None:
    data = {"plain": jpeg(), **LEGAL}[name]
    for at in range(4, len(data), 1 + len(data) // 150):
        for level in (Level.DIGEST, Level.DECODE):
            found = codes_of(data[:at], level)
            assert "truncated" in found, at
            assert "corrupt" not in found, at


def test_all_damage_that_the_strict_decoder_sees_is_found() -> None:
    chance = random.Random(7)
    alarms = 0
    for at in range(300):
        data, other = jpeg(at % 5), jpeg(5 + at % 3)
        start = chance.randrange(scan_of(data), len(data) - 100)
        damaged = (
            data[:start] + data[start + 64 :],
            put(data, start, bytes(64)),
            put(data, start, chance.randbytes(64)),
            data[:start] + other[start:],
            put(data, start, bytes([data[start] ^ 1 << chance.randrange(8)])),
        )[at % 5]
        try:
            simplejpeg.decode_jpeg(damaged, colorspace="GRAY", strict=True)
        except ValueError:
            alarms += 1
            assert {"truncated", "corrupt"} & set(codes_of(damaged))
    assert alarms > 100


def test_the_reason_of_damage_is_what_the_decoder_said() -> None:
    data = jpeg()[:1500] + jpeg()[1700:]
    with pytest.raises(ValueError, match="Corrupt JPEG data") as caught:
        simplejpeg.decode_jpeg(data, colorspace="GRAY", min_height=1, min_width=1)
    (found,) = inspect(data, member="a.jpg", level=Level.DECODE).found
    assert found.detail == str(caught.value)


def test_a_second_picture_that_the_header_announces_lies_behind_the_end() -> None:
    assert codes_of(SEVERAL_PICTURES, Level.DIGEST) == ["junk-after-end"]


@pytest.mark.parametrize("data", LEGAL.values(), ids=LEGAL)
def test_the_end_is_found_with_junk_behind_it(data: bytes) -> None:
    junk = b"\0\xff\xd9 junk"
    assert end_of_picture(data + junk, read_header(data)) == len(data)


def test_a_table_between_scans_may_hold_the_end_markers_bytes() -> None:
    second = PROGRESSIVE.index(b"\xff\xc4", scan_of(PROGRESSIVE))
    comment = b"\xff\xfe\0\x06\xff\xd9\xff\xd9"
    data = PROGRESSIVE[:second] + comment + PROGRESSIVE[second:]
    assert codes_of(data) == []
    assert codes_of(data + b"junk") == ["junk-after-end"]


def test_a_scan_repeated_without_end_is_not_followed() -> None:
    width = height = 9000
    frame = PROGRESSIVE.index(b"\xff\xc2")
    data = put(PROGRESSIVE, frame + 5, height.to_bytes(2) + width.to_bytes(2))
    scan = data[scan_of(data) :][:16]
    (found,) = inspect(data[:-2] + scan * 99 + data[-2:], member="a.jpg", level=Level.DECODE).found
    assert found.code == "huge"
    assert "scans" in found.detail


def test_a_large_picture_of_one_scan_is_still_looked_at_for_damage() -> None:
    data = making.with_size(jpeg(), 11_000, 10_000)
    assert codes_of(data) == ["corrupt", "huge"]
    assert codes_of(data, Level.DIGEST) == ["huge"]
