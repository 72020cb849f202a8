"""The two widgets that show pictures, driven as somebody drives them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App

import imnet_data
from imnet_data.cli.browse import opening
from imnet_data.cli.browse.grid import PictureGrid
from imnet_data.cli.browse.large import LargeView
from imnet_data.cli.browse.one_picture import OnePicture
from imnet_data.cli.browse.tiles import Layout
from imnet_data.cli.drawing import Terminal, Way
from tests.cli.conftest import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from imnet_data.query import ImageQuery


class _Pictures(App[None]):
    """A grid, which shows large what is chosen in it; what goes to the terminal is kept."""

    CSS = "PictureGrid { border: round $primary; }"

    def __init__(self, query: ImageQuery | None, terminal: Terminal | None = None) -> None:
        super().__init__()
        self.grid = PictureGrid(terminal=terminal)
        self._query = query

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.show(self._query)

    def on_picture_grid_chosen(self, message: PictureGrid.Chosen) -> None:
        catalogue = None if self._query is None else self._query.catalogue
        self.push_screen(
            LargeView(
                message.image,
                beside=message.beside,
                catalogue=catalogue,
                terminal=self.grid.terminal,
            )
        )

    @property
    def text(self) -> str:
        """What is on the screen."""
        lines = self.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)


@pytest.fixture(scope="module")
def held(catalogue: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(catalogue) as opened:
        yield opened


@pytest.fixture(scope="module")
def verified(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same catalogue after a verification, which finds two broken training images."""
    path = tmp_path_factory.mktemp("verified") / "imagenet.db"
    path.write_bytes(catalogue.read_bytes())
    run("verify", "--split", "train", "--level", "decode", "--workers", "0", catalogue=path)
    with imnet_data.open(path) as opened:
        yield opened


def drive(
    app: _Pictures,
    steps: Callable[[Pilot[None]], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
) -> None:
    async def driven() -> None:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await steps(pilot)
            await settled(pilot)

    asyncio.run(driven())


async def settled(pilot: Pilot[None]) -> None:
    """Until all that was asked for is on the screen."""
    await pilot.pause()
    while any(not worker.is_finished for worker in pilot.app.workers):
        await pilot.pause(0.01)
    await pilot.pause()


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """What is drawn when the screen comes to it, a moment after all is settled."""
    for _ in range(1000):
        if is_so():
            break
        await pilot.pause(0.01)
    await settled(pilot)


def sixels(sent: list[str]) -> int:
    return sum("\x1bP" in text for text in sent)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


def names(app: _Pictures) -> list[str]:
    return [tile.image.name for tile in app.grid.tiles]


def test_pages_are_one_draw_and_each_image_comes_once(held: imnet_data.Catalogue) -> None:
    query = held.images("dog", split="train")
    app = _Pictures(query)

    async def steps(pilot: Pilot[None]) -> None:
        seen = names(app)
        size = len(seen)
        assert app.grid.border_subtitle == f"1 to {size} of {query.count()} images"
        assert all(tile.drawn is not None for tile in app.grid.tiles)
        assert all(name in app.text for name in seen)
        first = list(seen)
        for _ in range(query.count()):
            before = names(app)
            await press(pilot, "right_square_bracket")
            if names(app) == before:
                break
            seen += names(app)
        assert seen == list(query.sample(1000).names())
        assert sorted(seen) == sorted(query.names())
        await press(pilot, "home")
        assert names(app) == first
        await press(pilot, "r")
        assert names(app) != first

    drive(app, steps)


def test_the_arrows_go_over_the_edges_of_a_page(held: imnet_data.Catalogue) -> None:
    app = _Pictures(held.images(split="train"))

    async def steps(pilot: Pilot[None]) -> None:
        columns, first = app.grid._layout.columns, names(app)
        assert (columns, len(first)) == (3, 6)
        await press(pilot, "right", "down")
        assert app.grid.selected is not None
        assert app.grid.selected.name == first[columns + 1]
        await press(pilot, "down")
        assert names(app) != first
        assert app.grid.selected is not None
        assert app.grid.selected.name == names(app)[1]
        await press(pilot, "up")
        assert names(app) == first
        await press(pilot, "left", "left")
        assert app.grid.selected is not None
        assert app.grid.selected.name == first[columns - 1]

    drive(app, steps)


def test_enter_shows_one_large_with_all_that_is_known(verified: imnet_data.Catalogue) -> None:
    app = _Pictures(verified.images("beagle", split="train"))

    async def steps(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        first, *_ = app.grid.tiles
        assert isinstance(app.screen, LargeView)
        text = app.text
        assert all(
            word in text for word in (first.image.name, "beagle.n.01", "from byte", "pixels")
        )
        assert "verified" in text
        picture = app.screen.query_one(OnePicture)
        assert picture._drawn is not None
        await press(pilot, "right")
        assert names(app)[1] in app.text
        await press(pilot, "escape")
        assert not isinstance(app.screen, LargeView)

    drive(app, steps, (100, 40))


def test_facts_that_have_no_room_are_reached_by_the_arrows(verified: imnet_data.Catalogue) -> None:
    app = _Pictures(verified.images("beagle", split="train"))

    async def steps(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        assert "pixels" in app.text
        assert "verified" not in app.text
        await press(pilot, *["down"] * 12)
        assert "verified" in app.text
        await press(pilot, *["up"] * 12)
        assert "pixels" in app.text

    drive(app, steps, (80, 24))


def test_a_broken_image_is_told_with_what_was_found(verified: imnet_data.Catalogue) -> None:
    (name,) = {one.image for one in verified.findings(codes=["empty"]) if one.split == "train"}
    image = verified.image(str(name))
    assert image.synset is not None
    app = _Pictures(verified.images(image.synset.name, split="train"))

    async def steps(pilot: Pilot[None]) -> None:
        for _ in range(20):
            if name in names(app):
                break
            await press(pilot, "pagedown")
        (tile,) = [tile for tile in app.grid.tiles if tile.image.name == name]
        assert (tile.drawn, tile.trouble) == (None, "no bytes")
        assert "✗" in app.text
        await pilot.press("home")

    drive(app, steps, (80, 60))


def test_what_cannot_be_asked_is_a_sentence_and_nothing_is_empty(
    held: imnet_data.Catalogue, tmp_path: Path
) -> None:
    app = _Pictures(held.images("snake"))

    async def steps(pilot: Pilot[None]) -> None:
        assert "no images" in app.text
        await press(pilot, "enter", "o", "y", "right", "pagedown")
        app.grid.show(held.images(release="*").where(split="val").where("dog"))
        await settled(pilot)
        assert app.grid.tiles
        app.grid.show(None)
        await settled(pilot)
        assert not app.grid.tiles
        assert "no images" in app.text

    drive(app, steps)


def test_an_archive_that_is_gone_leaves_the_others_to_be_seen(tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "photos" / "n01440764"
    folder.mkdir(parents=True)
    for number in (1, 2):
        Image.new("RGB", (60, 40), (9, 99, 200)).save(folder / f"n01440764_{number}.JPEG")
    run("index", tmp_path / "photos", catalogue=tmp_path / "x.db")
    (folder / "n01440764_1.JPEG").unlink()
    with imnet_data.open(tmp_path / "x.db") as catalogue:
        app = _Pictures(catalogue.images())

        async def steps(pilot: Pilot[None]) -> None:
            found = {tile.image.name: tile for tile in app.grid.tiles}
            assert found["n01440764_1"].trouble == "its bytes cannot be read"
            assert found["n01440764_2"].drawn is not None

        drive(app, steps)


def test_what_was_asked_for_last_is_what_is_shown(held: imnet_data.Catalogue) -> None:
    app = _Pictures(None)

    async def steps(pilot: Pilot[None]) -> None:
        for name in ("dog", "crane.n.05", "beagle"):
            app.grid.show(held.images(name, split="train"))
        await settled(pilot)
        shown = {tile.image.synset.name for tile in app.grid.tiles if tile.image.synset}
        assert shown == {"beagle.n.01"}

    drive(app, steps)


def test_a_key_does_not_wait_for_pictures(held: imnet_data.Catalogue) -> None:
    """A page of sixels takes a second or two to draw, in a thread."""
    app = _Pictures(held.images(split="train"), Terminal(Way.SIXEL, 6, 12))

    async def steps(pilot: Pilot[None]) -> None:
        spent = []
        for action in ("draw_others", "move(1, 0)", "page(1)", "move(0, 1)", "page(-1)"):
            start = time.thread_time()
            await app.grid.run_action(action)
            spent.append(time.thread_time() - start)
            await pilot.pause()
        assert max(spent) < 0.05

    drive(app, steps)


def test_sixels_are_sent_again_when_something_lay_over_them(held: imnet_data.Catalogue) -> None:
    app = _Pictures(held.images("beagle", split="train"), Terminal(Way.SIXEL, 8, 16))

    async def steps(pilot: Pilot[None]) -> None:
        sent: list[str] = []
        app.grid.send = sent.append  # type: ignore[method-assign, assignment]
        app.grid.refresh()
        await until(pilot, lambda: sixels(sent) >= len(app.grid.tiles))
        assert sixels(sent) == len(app.grid.tiles)
        await press(pilot, "right")  # the names alone are written anew
        assert len(sent) == len(app.grid.tiles)
        await press(pilot, "enter")
        sent.clear()
        await press(pilot, "escape")
        await until(pilot, lambda: sixels(sent) >= len(app.grid.tiles))
        assert sixels(sent) == len(app.grid.tiles)
        assert all(text.startswith("\x1b7\x1b[") for text in sent)

    drive(app, steps)


@pytest.mark.parametrize("width", range(1, 90, 11))
@pytest.mark.parametrize("height", [1, 3, 9, 44])
def test_tiles_stay_in_their_room(width: int, height: int) -> None:
    layout = Layout.of(width, height, Terminal())
    x, y = layout.corner(layout.size - 1)
    assert x + layout.tile_width <= max(width, 1)
    assert y + layout.tile_height <= max(height, 2)
    assert layout.at(x, y) == layout.size - 1


def test_without_a_display_opening_is_told_and_not_tried(
    held: imnet_data.Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    image = held.images("beagle").first()
    assert image is not None
    assert "no display" in opening.open_in_viewer(image)


def test_a_viewer_is_given_the_images_own_bytes_with_the_right_ending(
    held: imnet_data.Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, seen = tmp_path / "xdg-open", tmp_path / "seen"
    viewer.write_text(f'#!/bin/sh\ncp "$1" {seen}.part\necho "$1" > {seen}.name\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("DISPLAY", ":7")
    image = held.images("beagle", split="train").first()
    assert image is not None
    assert opening.open_in_viewer(image) == "opened with xdg-open"
    opening._started[-1].wait()
    assert seen.with_suffix(".part").read_bytes() == image.read()
    assert seen.with_suffix(".name").read_text().strip().endswith(f"{image.name}.jpg")
