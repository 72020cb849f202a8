"""Every kind of fault that one image's bytes can have, planted and found; and whole pictures."""

import gzip
import hashlib
import io
import warnings
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from imnet_data.verification.images.checks import _CHECKS, _is_plain
from imnet_data.verification.images.inspect import Inspection, inspect
from imnet_data.verification.images.pictures import FORMATS, MODES
from imnet_data.verification.images.seen import Seen
from imnet_data.verification.levels import Level
from tests.imnet_data.verification.making import encoded, jpeg, picture, put, with_size

PNG = encoded(picture(), "PNG")
TIFF = encoded(picture(width=40, height=40), "TIFF", compression="tiff_lzw")


def look_at(data: bytes, member: str = "a.JPEG", level: Level = Level.DECODE) -> Inspection:
    return inspect(data, member=member, level=level)


def codes_of(data: bytes, member: str = "a.JPEG", level: Level = Level.DECODE) -> list[str]:
    return [found.code for found in look_at(data, member, level).found]


def detail_of(data: bytes, code: str, member: str = "a.JPEG") -> str:
    return {found.code: found.detail for found in look_at(data, member).found}[code]


def test_a_whole_jpeg_has_no_finding_and_tells_what_it_is() -> None:
    seen = look_at(jpeg())
    assert (seen.format, seen.mode, seen.width_px, seen.height_px) == ("JPEG", "RGB", 120, 90)
    assert seen.digest == hashlib.sha256(jpeg()).digest()[:16]
    assert seen.found == ()
    assert seen.look is not None
    assert look_at(jpeg(), level=Level.DIGEST).look is None


EXIF_ROTATED = Image.Exif()
EXIF_ROTATED[0x0112] = 6

PLANTED = {
    "empty": (b"", "empty", ""),
    "text": (b"<html>not found", "not-an-image", 'it begins with "<html>not found"'),
    "zeros": (bytes(5000), "not-an-image", "5,000 zero bytes"),
    "noise": (bytes(range(1, 200)), "not-an-image", "01 02 03 04 05 06 07 08"),
    "BM, but no bitmap": (b"BMW is a maker of cars", "not-an-image", "BMW"),
    "cut": (jpeg()[:-300], "truncated", "Premature end of JPEG file"),
    "end marker gone": (jpeg()[:-2], "truncated", "no end marker"),
    "half an end marker": (jpeg()[:-1], "truncated", "no end marker"),
    "cut within the header": (jpeg()[:100], "truncated", "within its header"),
    "filled up with zeros": (jpeg()[:-300] + bytes(300), "truncated", "300 bytes are zero"),
    "bytes dropped": (jpeg()[:1500] + jpeg()[1700:], "corrupt", "Corrupt JPEG data"),
    "two halves": (jpeg(0)[:1500] + jpeg(1)[1400:], "corrupt", "Corrupt JPEG data"),
    "bytes between segments": (jpeg()[:20] + b"abc" + jpeg()[20:], "corrupt", "3 bytes between"),
    "no pixels": (with_size(jpeg(), 0, 90), "corrupt", "0 x 90"),
    "gzip": (gzip.compress(jpeg(), mtime=0), "gzip-compressed", "a JPEG lies in it"),
    "gzip of text": (gzip.compress(b"text", mtime=0), "gzip-compressed", ""),
    "gzip, cut": (b"\x1f\x8b\x08", "gzip-compressed", ""),
    "zeros behind": (jpeg() + bytes(512), "junk-after-end", "512 zero bytes"),
    "junk behind": (jpeg() + b"junk", "junk-after-end", "4 bytes"),
    "a PNG": (PNG, "wrong-extension", "PNG, not JPEG"),
    "cmyk": (encoded(picture().convert("CMYK")), "cmyk", ""),
    "a bomb": (with_size(jpeg(), 60_000, 60_000), "huge", "60000 x 60000 pixels, not decoded"),
    "tiny": (encoded(picture(width=64, height=31)), "tiny", "64 x 31"),
    "grey": (encoded(picture().convert("L")), "grey", ""),
    "turned": (encoded(picture(), exif=EXIF_ROTATED), "exif-rotated", "orientation 6"),
    "broken EXIF": (encoded(picture(), exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0"), "exif-broken", "8"),
}


@pytest.mark.parametrize(("data", "code", "detail"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found_alone_with_what_is_particular(
    data: bytes, code: str, detail: str
) -> None:
    (found,) = look_at(data).found
    assert found.code == code
    assert detail in found.detail


DAMAGED_INSIDE = {"bytes dropped", "two halves"}


@pytest.mark.parametrize("name", sorted(PLANTED.keys() - DAMAGED_INSIDE))
def test_all_but_damaged_pixels_is_found_without_decoding(name: str) -> None:
    data, code, _ = PLANTED[name]
    assert codes_of(data, level=Level.DIGEST) == [code]


def test_a_picture_without_an_extension_or_with_one_that_says_nothing_is_well() -> None:
    assert codes_of(jpeg(), "n01440764_1") == codes_of(jpeg(), "n01440764.dat/7.cls") == []


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "JPEG"])
def test_other_formats_are_read_decoded_and_look_the_same(form: str) -> None:
    try:
        data = encoded(picture(), form)
    except (KeyError, OSError):
        pytest.skip(f"this Pillow does not write {form}")
    seen = look_at(data, f"a.{'jp2' if form == 'JPEG2000' else form.lower()}")
    assert (seen.format, seen.width_px, seen.height_px, seen.found) == (form, 120, 90, ())
    assert seen.mode in MODES
    assert seen.look is not None
    assert (seen.look ^ (look_at(jpeg()).look or 0)).bit_count() <= 6


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_other_formats_are_found_truncated(form: str) -> None:
    data = encoded(picture(), form)
    assert "truncated" in codes_of(data[: len(data) // 2], f"a.{form.lower()}")


def test_one_flipped_bit_anywhere_in_a_pngs_pixels_is_found() -> None:
    at = PNG.index(b"IDAT") + 1000
    assert codes_of(put(PNG, at, bytes([PNG[at] ^ 4])), "a.png") == ["corrupt"]


def test_a_png_that_promises_too_many_pixels_is_not_decoded() -> None:
    start = PNG.index(b"IHDR")
    header = b"IHDR" + (60_000).to_bytes(4) * 2 + PNG[start + 12 : start + 17]
    bomb = put(PNG, start, header + zlib.crc32(header).to_bytes(4))
    seen = look_at(bomb, "a.png")
    assert [found.code for found in seen.found] == ["huge"]
    assert (seen.width_px, seen.height_px, seen.look) == (60_000, 60_000, None)


def test_a_png_with_more_behind_it_is_read_to_its_end() -> None:
    assert detail_of(PNG + bytes(7), "junk-after-end", "a.png") == "7 zero bytes"


def test_a_transparent_png_of_a_palette_is_well() -> None:
    data = encoded(picture().quantize(16), "PNG", transparency=0)
    assert look_at(data, "a.png").found == ()


@pytest.fixture
def settings_of_pillow() -> Iterator[None]:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    yield
    ImageFile.LOAD_TRUNCATED_IMAGES = False


@pytest.mark.usefixtures("settings_of_pillow")
def test_a_caller_who_lets_pillow_pass_truncated_files_gets_the_same_findings() -> None:
    data = encoded(picture(), "BMP")
    assert codes_of(data[:-500], "a.bmp") == ["truncated"]
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_nothing_is_written_whatever_is_damaged(capfd: pytest.CaptureFixture[str]) -> None:
    for data, name in ((jpeg(), "a.jpg"), (PNG, "a.png"), (TIFF, "a.tif")):
        for at in range(40, len(data), max(1, len(data) // 25)):
            look_at(put(data, at, b"\xff\x00\x55\xaa" * 4), name)
            look_at(data[:at], name)
    assert capfd.readouterr() == ("", "")


WHOLE = [jpeg(), PNG, TIFF, *(encoded(picture(width=40, height=40), f) for f in ("GIF", "WEBP"))]


@given(st.one_of(st.binary(max_size=300), st.sampled_from(WHOLE)), st.data())
@settings(max_examples=40)
def test_whatever_the_bytes_an_inspection_comes_back(data: bytes, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(0, 3))):
        at = draw.draw(st.integers(0, max(len(data) - 1, 0)))
        data = put(data, at, draw.draw(st.binary(min_size=1, max_size=8)))
    start = draw.draw(st.sampled_from([b"", b"\xff\xd8\xff", PNG[:8], b"GIF89a", b"II*\0", b"BM"]))
    member = draw.draw(st.sampled_from(["a.JPEG", "a.png", "a", "..", "\udcff.gif"]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        seen = look_at(start + data, member)
    assert "decoder-crashed" not in [found.code for found in seen.found]
    assert seen.format in {None, *FORMATS}
    assert seen.look is None or 0 <= seen.look < 1 << 64
    found = {found.code for found in look_at(start + data, member, Level.DIGEST).found}
    assert found - {"junk-after-end"} <= {found.code for found in seen.found}


@given(
    st.builds(
        Seen,
        st.just(jpeg()),
        st.sampled_from(["a.JPEG", "b.jpg", "c.png", "d"]),
        st.sampled_from(["JPEG", "PNG", None]),
        st.sampled_from(["RGB", "L", "CMYK", None]),
        st.sampled_from([None, 0, 31, 32, 9000, 9001, 60_000]),
        st.sampled_from([None, 0, 31, 32, 9000, 9001, 60_000]),
        st.sampled_from([None, len(jpeg()), 100]),
    )
)
@settings(deadline=None)
def test_a_picture_that_passes_for_plain_has_nothing_for_any_check_to_find(seen: Seen) -> None:
    if _is_plain(seen):
        assert [code for code, check in _CHECKS if check(seen) is not None] == []


def test_memory_that_is_not_there_is_a_finding_of_that_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("simplejpeg.decode_jpeg", no_memory)
    monkeypatch.setattr(Image, "open", no_memory)
    assert codes_of(jpeg()) == codes_of(PNG, "a.png") == ["decoder-crashed"]


def test_pillow_agrees_on_size_and_mode_of_what_is_read_by_own_code() -> None:
    for data in (jpeg(), encoded(picture().convert("L")), encoded(picture().convert("CMYK"))):
        seen = look_at(data, level=Level.DIGEST)
        with Image.open(io.BytesIO(data)) as image:
            assert (seen.format, seen.mode) == (image.format, image.mode)
            assert (seen.width_px, seen.height_px) == image.size
