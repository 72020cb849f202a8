"""Make docs/browse.svg, a tour of the browser, from the browser itself on the demo.

    python scripts/make_tour.py             the tour of docs/
    python scripts/make_tour.py --frames F  each of its frames as an SVG in the folder F

Frame after frame is shown in one file, without a script: by a style's animation.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import imnet_data
from imnet_data.cli.browse.app import Browser
from imnet_data.cli.browse.reading import Reading
from imnet_data.cli.session import Session
from imnet_data.demo.build import build_demo

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGET = Path(__file__).parents[1] / "docs" / "browse.svg"
SIZE = (112, 32)
SECONDS = 4
# What is pressed before each frame; what stands under "text" is written into a dialog's line.
STEPS: Sequence[tuple[str, ...]] = (
    ("slash", "text:sheepdog"),
    ("escape",),
    ("space", "right", "x"),
    ("i", "right"),
    ("escape", "s", "text:pets"),
)
_SVG = re.compile(r'<svg[^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)</svg>', re.DOTALL)


async def frames(catalogue: Path) -> list[str]:
    """The screen after each step, as SVG."""
    reading = Reading(Session(catalogue.name, named=False), "dog.n.01")
    app = Browser(reading)
    shown = []
    async with app.run_test(size=SIZE) as pilot:
        while app.world is None or not app.world.is_whole:
            await pilot.pause(0.1)
        for step in STEPS:
            for key in step:
                if key.startswith("text:"):
                    app.screen.query_one("#line").value = key.removeprefix("text:")  # type: ignore[attr-defined]
                else:
                    await pilot.press(key)
                await pilot.pause(0.3)
            while not all(worker.is_finished for worker in app.workers):
                await pilot.pause(0.1)
            await pilot.pause(0.3)
            shown.append(app.export_screenshot())
    reading.close()
    return shown


def tour(shown: Sequence[str]) -> str:
    """All frames in one SVG, one after the other and round again."""
    parts, width, height = [], "0", "0"
    for at, frame in enumerate(shown):
        found = _SVG.search(frame)
        assert found is not None
        width, height, body = found.groups()
        # A font from another place is not fetched in a document; the reader's own does.
        body = re.sub(r"@font-face \{.*?\}", "", body, flags=re.DOTALL)
        parts.append(f'<g class="step" style="animation-delay:{at * SECONDS}s">{body}</g>')
    whole = len(shown) * SECONDS
    share = 100 / len(shown)
    style = (
        f".step{{visibility:hidden;animation:step {whole}s steps(1) infinite}}"
        f"@keyframes step{{0%{{visibility:visible}}{share:.3f}%{{visibility:hidden}}}}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return f"{head}<style>{style}</style>{''.join(parts)}</svg>\n"


def main() -> None:
    """Make the demo, drive the browser over it, write what it showed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--frames", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        demo = build_demo(Path(name) / "demo")
        with imnet_data.open("imagenet.db", create=True) as catalogue:
            catalogue.index(demo.folder)
        shown = asyncio.run(frames(Path("imagenet.db")))
    if arguments.frames is None:
        TARGET.write_text(tour(shown), encoding="utf-8")
        return
    arguments.frames.mkdir(exist_ok=True)
    for at, frame in enumerate(shown):
        (arguments.frames / f"{at}.svg").write_text(frame, encoding="utf-8")


if __name__ == "__main__":
    main()
