"""The main views as they stand on the screen, kept as text.

python -m tests.cli.browse.test_views     writes them anew, to be looked at and compared
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.browse.conftest import drive

if TYPE_CHECKING:
    from tests.cli.browse.conftest import Driven

VIEWS = Path(__file__).parent / "views"
SIZES = ((80, 24), (140, 45))


def views(catalogue: Path, size: tuple[int, int]) -> dict[str, str]:
    """Every view at one size, by name."""
    seen: dict[str, str] = {}

    async def act(hands: Driven) -> None:
        await hands.press("space", "right", "x")
        seen["marks"] = hands.text()
        if size == SIZES[1]:
            return
        await hands.press("slash")
        await hands.write("crane")
        seen["search"] = hands.text()
        await hands.press("escape", "s")
        seen["save"] = hands.text()
        await hands.press("escape", "question_mark")
        seen["help"] = hands.text()
        await hands.press("escape", "i")
        seen["pictures"] = hands.text()

    drive(act, catalogue, "dog.n.01", size)
    return {f"{name}_{size[0]}x{size[1]}": text for name, text in seen.items()}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_views_are_as_they_were_looked_at(
    catalogue: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(catalogue.parent)  # so that the path on the screen is the same everywhere
    for name, text in views(Path(catalogue.name), size).items():
        assert text == (VIEWS / f"{name}.txt").read_text(encoding="utf-8"), name


def write() -> None:
    """Write all views of a catalogue that is made now."""
    from imnet_data.demo.build import build_demo
    from imnet_data.words.places import CHOSEN
    from tests.cli.conftest import run

    with tempfile.TemporaryDirectory() as name:
        os.environ[CHOSEN] = name  # as in the tests: no WordNet of this machine
        os.chdir(name)
        demo = build_demo(Path(name) / "demo")
        run("index", demo.folder, catalogue=Path("imagenet.db"))
        for size in SIZES:
            for view, text in views(Path("imagenet.db"), size).items():
                (VIEWS / f"{view}.txt").write_text(text, encoding="utf-8")
                sys.stdout.write(f"{view}\n{text}\n")


if __name__ == "__main__":
    write()
