"""Ways through the browser, key by key, on the miniature ImageNet."""

from __future__ import annotations

import asyncio
import json
import tomllib
from typing import TYPE_CHECKING

import imnet_data
from imnet_data.cli.browse.search import SearchDialog
from tests.cli.browse.conftest import Driven, drive, driven
from tests.cli.conftest import run

if TYPE_CHECKING:
    from pathlib import Path


def test_one_searches_goes_looks_at_other_parents_and_comes_back(catalogue: Path) -> None:
    async def act(hands: Driven) -> None:
        assert hands.here == "entity.n.01"
        await hands.press("slash")
        await hands.press(*"sheph")  # typed, letter by letter
        assert "shepherd_dog.n.01" in hands.text()
        await hands.enter("shetland sheep")
        assert hands.here == "shetland_sheepdog.n.01"
        assert "n02105855" in hands.text()
        await hands.press("g")
        await hands.enter("Dog")
        assert (hands.here, hands.above) == ("dog.n.01", "domestic_animal.n.01")
        assert "↑2" in hands.text()
        await hands.press("p", "enter")
        assert (hands.here, hands.above) == ("dog.n.01", "canine.n.02")
        await hands.press("b")
        assert (hands.here, hands.above) == ("dog.n.01", "domestic_animal.n.01")
        await hands.press("b")
        assert hands.here == "shetland_sheepdog.n.01"
        await hands.press("b", "b")
        assert hands.here == "entity.n.01"
        await hands.press("question_mark")
        assert "its other places" in hands.text()
        await hands.press("escape", "q")

    assert drive(act, catalogue).return_value == ""


def test_what_is_typed_comes_in_the_order_that_search_has(catalogue: Path) -> None:
    told = run("search", "dogs", "--limit", "40", "--json", catalogue=catalogue)
    expected = [hit["name"] for hit in json.loads(told.stdout)]
    assert expected

    async def act(hands: Driven) -> None:
        await hands.press("slash")
        await hands.write("dogs")
        search = hands.app.screen
        assert isinstance(search, SearchDialog)
        for _ in range(500):  # base forms and glosses come a moment later
            names = [search._world.name(synset) for synset, _ in search._found]
            if names == expected:
                break
            await hands.pilot.pause(0.02)
        assert names == expected

    drive(act, catalogue)


def test_what_is_marked_is_the_expression_that_comes_out(catalogue: Path) -> None:
    async def act(hands: Driven) -> None:
        await hands.press("space")
        line = hands.text().splitlines()[-2]
        assert line.split() == ["dog.n.01", "32", "images,", "4", "classes"]
        await hands.press("right", "x")
        assert hands.here == "hunting_dog.n.01"
        line = hands.text().splitlines()[-2]
        assert line.split("  ")[0] == " dog.n.01 - hunting_dog.n.01"
        assert line.endswith(" 16 images, 2 classes")
        text = hands.text()
        assert "│+ " not in text  # the tree's frame is heavy while it has the keys
        assert "┃+ " in text
        assert "┃- " in text
        assert text.count("┃· ") == 2  # the other two kinds of dog that have images
        await hands.press("x")
        assert hands.text().splitlines()[-2].startswith(" dog.n.01  ")
        await hands.press("x", "q")

    expression = drive(act, catalogue, "dog").return_value
    assert expression == "dog.n.01 - hunting_dog.n.01"
    with imnet_data.open(catalogue) as opened:
        assert opened.images(expression).count() == 16


def test_what_is_marked_is_saved_as_a_subset_and_as_a_recipe(
    catalogue: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.db"
    own.write_bytes(catalogue.read_bytes())

    async def act(hands: Driven) -> None:
        await hands.press("s")
        assert "nothing is marked" in hands.text()
        await hands.press("space", "s")
        await hands.enter("a b")
        assert "is no name" in hands.text()
        await hands.enter("pets")
        await hands.press("s")
        await hands.enter("pets.toml")
        await hands.press("s")
        await hands.enter("pets.toml")
        assert "is there already" in hands.text()
        await hands.press("escape", "ctrl+c")

    assert drive(act, own, "domestic_animal").return_value is None
    with imnet_data.open(own) as opened:
        assert opened.subset("pets").recipe.classes == "domestic_animal.n.01"
    written = tomllib.loads((tmp_path / "pets.toml").read_text())
    assert written == {"name": "pets", "classes": "domestic_animal.n.01"}
    done = run("subset", "create", "other", "--recipe", "pets.toml", catalogue=own)
    assert done.exit_code == 0


def test_branches_without_images_come_and_go_and_the_cursor_stays(catalogue: Path) -> None:
    async def act(hands: Driven) -> None:
        tree = hands.app.class_tree
        assert tree.outline is not None
        few = len(tree.outline.rows)
        await hands.press("t")
        assert hands.here == "dog.n.01"
        assert len(tree.outline.rows) > 4 * few
        await hands.press("g")
        await hands.enter("unicorn")
        assert hands.here == "unicorn.n.01"
        await hands.press("t")
        assert len(tree.outline.rows) < 4 * few
        assert tree.row is not None
        # Neither it nor the imaginary being above it has images: the nearest above that has some.
        assert hands.app.world is not None
        assert hands.app.world.in_all(tree.row.synset) or hands.here == "entity.n.01"
        # What has no images is gone to all the same, and shown.
        await hands.press("slash")
        await hands.enter("unicorn")
        assert hands.here == "unicorn.n.01"
        await hands.press("home")
        assert hands.here == "entity.n.01"
        await hands.press("end", "left", "left")
        assert len(tree.outline.rows) == tree.at + 1 or tree.at < len(tree.outline.rows)

    drive(act, catalogue, "dog")


def test_panels_take_turns_where_there_is_little_room(catalogue: Path) -> None:
    async def act(hands: Driven) -> None:
        assert "╭─ details" in hands.text()
        await hands.press("tab")
        assert "┏━ details" in hands.text()
        await hands.press("tab")
        assert "┏━ images" in hands.text()
        assert "details" not in hands.text()
        await hands.press("c")
        assert "this class alone" in hands.text()
        await hands.press("c")
        await hands.press("enter")
        assert "release" in hands.text()  # one image, large, with what is known of it
        await hands.press("escape", "escape")
        assert "┏━ classes" in hands.text()
        await hands.pilot.resize_terminal(50, 20)
        await hands.settle()
        assert "images ·" not in hands.text()
        await hands.press("i")
        assert "┏━ images" in hands.text()
        assert "classes ·" not in hands.text()
        await hands.pilot.resize_terminal(140, 45)
        await hands.settle()
        assert all(panel in hands.text() for panel in ("classes ·", "details", "images ·"))

    drive(act, catalogue, "dog")


def test_the_mouse_selects_opens_and_presses_keys(catalogue: Path) -> None:
    async def act(hands: Driven) -> None:
        rows = hands.text().splitlines()
        y = next(at for at, row in enumerate(rows) if "toy_dog.n.01" in row)
        x = rows[y].index("toy_dog")
        await hands.pilot.click(offset=(x, y))
        await hands.settle()
        assert hands.here == "toy_dog.n.01"
        await hands.pilot.click(offset=(x - 2, y))
        await hands.settle()
        assert "chihuahua" in hands.text().splitlines()[y + 1]
        await hands.press("g")
        await hands.enter("cat")
        assert hands.here != "toy_dog.n.01"
        await hands.pilot.click(offset=(rows[-1].index("Back"), len(rows) - 1))
        await hands.settle()
        assert hands.here == "toy_dog.n.01"
        await hands.pilot.click(offset=(rows[-1].index("Help"), len(rows) - 1))
        await hands.settle()
        assert "its other places" in hands.text()

    drive(act, catalogue, "dog.n.01")


def test_wordnet_alone_is_browsed_and_says_so(wordnet_here: Path) -> None:
    async def act(hands: Driven) -> None:
        text = hands.text()
        assert "there is no catalogue here" in text
        assert "hot_dog" in hands.here or hands.here == "frank.n.02"
        assert "No gloss" not in text
        await hands.press("t")
        assert "no images here" in hands.text()
        await hands.press("space")
        assert hands.text().splitlines()[-2].split() == ["frank.n.02", "2", "classes"]
        await hands.press("s")
        await hands.enter("pets")
        assert "there is no catalogue to keep it in" in hands.text()

    drive(act, start="frank.n.02")


def test_a_name_that_is_none_ends_it_with_the_librarys_error(catalogue: Path) -> None:
    async def begin() -> BaseException | None:
        async with driven(catalogue, "sheeepdog") as hands:
            return hands.app.reading.failure

    failure = asyncio.run(begin())
    assert isinstance(failure, imnet_data.errors.UnknownName)
    assert "sheepdog" in failure.close
