from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from imnet_data.pictures.sheet import contact_sheet
from imnet_data.pictures.sheet_file import write_sheet
from imnet_data.pictures.thumbnail import NoPicture, small, thumbnail

if TYPE_CHECKING:
    from pathlib import Path

_RED, _BLUE = (200, 30, 30), (30, 30, 200)


def encoded(colour: tuple[int, int, int], size: tuple[int, int], form: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


@dataclass
class Picture:
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self) -> bytes:
        return self.data


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


def test_a_thumbnail_keeps_proportions_and_tells_the_whole_size() -> None:
    found = small(encoded(_RED, (640, 320)), 64)
    assert found.picture.size == (64, 32)
    assert (found.width_px, found.height_px, found.is_whole) == (640, 320, True)
    assert near(found.picture.getpixel((30, 15)), _RED)


def test_a_picture_that_breaks_off_is_shown_as_far_as_it_goes() -> None:
    data = encoded(_RED, (400, 400), "PNG")
    noisy = Image.effect_noise((400, 400), 90).convert("RGB")
    file = io.BytesIO()
    noisy.save(file, "JPEG", quality=95)
    cut = small(file.getvalue()[:60_000], 400)
    assert not cut.is_whole
    seen = np.asarray(cut.picture)
    assert seen[:60].std() > 10
    assert seen[380:].std() == 0  # nothing was decoded there
    assert small(data, 40).is_whole


def test_grey_of_sixteen_bits_is_not_drawn_all_white() -> None:
    file = io.BytesIO()
    Image.new("I;16", (30, 30), 30_000).save(file, "PNG")
    assert thumbnail(file.getvalue(), 30).getpixel((5, 5)) == (117, 117, 117)


def test_no_bytes_are_no_picture() -> None:
    with pytest.raises(NoPicture, match="no bytes"):
        small(b"", 10)


def test_a_sheet_has_each_picture_in_the_middle_of_its_square() -> None:
    tiles = [(Image.new("RGB", (80, 40), colour), "x") for colour in (_RED, _BLUE, _RED)]
    sheet = contact_sheet([*tiles, (None, "broken")], columns=2, side_px=80)
    centres = [sheet.getpixel((16 + 40 + x * 92, 16 + 40)) for x in (0, 1)]
    assert centres == [_RED, _BLUE]
    assert sheet.getpixel((16 + 40, 16 + 5)) not in (_RED, _BLUE)  # above a wide picture
    below = sheet.crop((0, sheet.height // 2, sheet.width, sheet.height))
    colours = {colour for _, colour in below.getcolors(1 << 20) or ()}
    assert _RED in colours
    assert any(near(colour, (179, 38, 30)) for colour in colours)  # the cross


def test_a_long_name_stays_in_its_own_column() -> None:
    """Or the names of a row would run into one another."""
    tiles = [(None, "n0" * 60), (None, "")]
    sheet = contact_sheet(tiles, columns=2, side_px=64)
    ground = sheet.getpixel((1, 1))
    gap = sheet.crop((16 + 64, 0, 16 + 64 + 12, sheet.height))
    assert gap.getcolors() == [(gap.width * gap.height, ground)]


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a picture"):
        contact_sheet([], columns=2, side_px=64)


@pytest.mark.parametrize(("name", "form"), [("a.png", "PNG"), ("a.JPG", "JPEG")])
def test_a_file_of_a_sheet_has_the_form_of_its_name(tmp_path: Path, name: str, form: str) -> None:
    path = tmp_path / name
    images = [(Picture(encoded(_RED, (90, 90))), "one"), (Picture(b"no picture"), "two")]
    assert write_sheet(str(path), images, columns=2) == 1
    with Image.open(path) as sheet:
        assert sheet.format == form
    assert os.listdir(tmp_path) == [name]


def test_a_sheet_that_cannot_be_drawn_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"before")
    with pytest.raises(ValueError, match="a picture"):
        write_sheet(str(path), [], columns=2)
    assert path.read_bytes() == b"before"
