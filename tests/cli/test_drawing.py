from __future__ import annotations

import base64
import io
import os
import pty
import re
import threading
from typing import TYPE_CHECKING, Self

import numpy as np
import pytest
from PIL import Image

from imnet_data.cli.drawing import Terminal, Way, draw, fit
from imnet_data.cli.terminal_answers import terminal_of

if TYPE_CHECKING:
    from rich.segment import Segment

_RED, _BLUE, _BLACK = (252, 0, 0), (0, 0, 252), (0, 0, 0)


def colours_of(segment: Segment) -> list[tuple[int, ...]]:
    assert segment.style is not None
    found = (segment.style.color, segment.style.bgcolor)
    return [tuple(colour.get_truecolor()) for colour in found if colour is not None]


def halves(across: bool) -> Image.Image:
    """Red and blue, side by side or one above the other."""
    picture = Image.new("RGB", (2, 2), _RED)
    picture.paste(_BLUE, (1, 0, 2, 2) if across else (0, 1, 2, 2))
    return picture


@pytest.mark.parametrize(
    ("picture", "glyph"), [(halves(across=True), "▌▐"), (halves(across=False), "▀▄")]
)
def test_a_cell_shows_the_edge_that_goes_through_it(picture: Image.Image, glyph: str) -> None:
    terminal = Terminal(cell_width_px=10, cell_height_px=10)
    ((cell,),) = draw(picture, terminal, 1, 1).lines
    assert cell.text in glyph
    assert sorted(colours_of(cell)) == [(0, 0, 255), (255, 0, 0)]
    first_is_red = colours_of(cell)[0] == (255, 0, 0)
    assert first_is_red == (cell.text in "▌▀")


def test_a_corner_of_its_own_colour_is_a_quarter_of_a_cell() -> None:
    picture = Image.new("RGB", (2, 2), _BLACK)
    picture.putpixel((1, 1), _RED)
    ((cell,),) = draw(picture, Terminal(cell_width_px=10, cell_height_px=10), 1, 1).lines
    assert cell.text in "▗▛"


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("size", [(500, 375), (30, 1000), (1000, 30), (1, 1)])
def test_a_picture_fits_its_room_in_proportion(way: Way, size: tuple[int, int]) -> None:
    drawn = draw(Image.new("RGB", size), Terminal(way), 30, 12, enlarge=100)
    assert 1 <= drawn.width <= 30
    assert 1 <= drawn.height <= 12
    assert len(drawn.lines) == drawn.height
    if size == (500, 375):
        assert (drawn.width, drawn.height) == (30, 11)


def test_a_small_picture_is_not_blown_up_beyond_what_is_asked() -> None:
    terminal = Terminal(Way.SIXEL, 10, 20)
    assert fit((60, 60), terminal, 100, 100, enlarge=2) == (12, 6)


def test_what_is_sent_to_kitty_is_the_picture_and_its_cells_name_it() -> None:
    picture = Image.effect_noise((180, 140), 90).convert("RGB")
    drawn = draw(picture, Terminal(Way.KITTY, 10, 20), 18, 7)
    parts = re.findall(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", drawn.before)
    keys = dict(pair.split("=") for pair in parts[0][0].split(","))
    assert all(len(data) <= 4096 for _, data in parts)
    sent = base64.b64decode("".join(data for _, data in parts))
    with Image.open(io.BytesIO(sent)) as seen:
        assert np.array_equal(np.asarray(seen), np.asarray(picture))
    assert f"c={drawn.width},r={drawn.height}" in parts[-1][0]
    (first, *_), last = drawn.lines[0], drawn.lines[-1][0]
    red, green, blue = colours_of(first)[0]
    assert red << 16 | green << 8 | blue == int(keys["i"])
    # The protocol's first marks, by its table: 0 and 1 of columns, 6 of rows.
    assert first.text.startswith("\U0010eeee\u0305\u0305\U0010eeee\u0305\u030d")
    assert last.text.startswith("\U0010eeee\u033e\u0305")
    assert drawn.after.endswith(f"i={keys['i']}\x1b\\")


def decoded_sixels(text: str) -> np.ndarray:
    """A sixel picture's pixels, by the VT330's manual: what a terminal does."""
    head = re.match(r'\x1bPq"1;1;(\d+);(\d+)', text)
    assert head
    width, height = int(head[1]), int(head[2])
    pixels = np.full((height + 6, width, 3), -1)
    palette: dict[int, list[int]] = {}
    x = y = colour = 0
    body = text[head.end() : -2]
    for token in re.finditer(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)([?-~])|([?-~])|([$-])", body):
        number, red, green, blue, times, repeated, sign, move = token.groups()
        if number:
            colour = int(number)
            if red:
                palette[colour] = [round(int(part) * 2.55) for part in (red, green, blue)]
        elif move:
            x, y = 0, y + 6 * (move == "-")
        else:
            bits = ord(repeated or sign) - 63
            along = slice(x, x + int(times or 1))
            for row in (row for row in range(6) if bits >> row & 1):
                pixels[y + row, along] = palette[colour]
            x = along.stop
    return pixels[:height]


def test_sixels_are_the_picture_again_when_a_terminal_reads_them() -> None:
    ramp = np.zeros((40, 60, 3), np.uint8)
    ramp[:, :, 0] = np.arange(60) * 4
    ramp[:, :, 1] = (np.arange(40) * 6)[:, None]
    drawn = draw(Image.fromarray(ramp), Terminal(Way.SIXEL, 10, 20), 6, 2)
    seen = decoded_sixels(drawn.over)
    assert seen.min() >= 0  # no pixel is left out
    assert np.abs(seen - ramp).mean() < 12


class _FakeTerminal:
    """The far end of a terminal, which answers what it is asked."""

    def __init__(self, answer: bytes) -> None:
        self.outer, self.inner = pty.openpty()
        self.asked = b""
        self._answer = answer
        self._thread = threading.Thread(target=self._answered)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self.inner, b"\0")
        self._thread.join()
        os.close(self.inner)
        os.close(self.outer)

    def _answered(self) -> None:
        while not self.asked.endswith((b"\x1b[c", b"\0")):
            self.asked += os.read(self.outer, 100)
        if self.asked.endswith(b"c"):
            os.write(self.outer, self._answer)
            while not os.read(self.outer, 100).endswith(b"\0"):
                pass


_KITTY_SAYS = b"\x1b_Gi=31;OK\x1b\\"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (_KITTY_SAYS + b"\x1b[6;18;9t\x1b[?62;c", Terminal(Way.KITTY, 9, 18)),
        (b"\x1b[6;18;9t\x1b[?62;4;22c", Terminal(Way.SIXEL, 9, 18)),
        (b"x\x1b[?62;22c", Terminal(Way.BLOCKS)),  # somebody types
        (b"\x1b[6;0;0t\x1b[?64;14;42c", Terminal(Way.BLOCKS)),
    ],
)
def test_a_terminal_is_drawn_on_in_the_best_way_it_tells(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, wanted: Terminal
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for name in ("KONSOLE_VERSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    with _FakeTerminal(answer) as end:
        assert terminal_of(end.inner, in_fd=end.inner) == wanted


def test_kitty_without_full_colour_is_drawn_on_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture's number is a colour there; one that is rounded names another picture."""
    monkeypatch.setenv("TERM", "xterm-kitty")
    monkeypatch.delenv("COLORTERM", raising=False)
    with _FakeTerminal(_KITTY_SAYS + b"\x1b[?62;c") as end:
        assert terminal_of(end.inner, in_fd=end.inner).way is Way.BLOCKS


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_without_colour_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with _FakeTerminal(b"") as end:
        assert terminal_of(end.inner, in_fd=end.inner).way is Way.SHADES
        assert not end.asked


def test_a_pipe_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    reading, writing = os.pipe()
    try:
        assert terminal_of(writing, in_fd=reading) == Terminal()
    finally:
        os.close(reading)
        os.close(writing)
