"""docs/guides/shapes.md names every layout and every kind of container, as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imnet_data.archives import kinds
from imnet_data.layouts.layout_names import LAYOUTS
from tests.shapes import SHAPES

DOCUMENT = Path(__file__).parents[3] / "docs" / "guides" / "shapes.md"
KINDS = {
    value
    for name, value in vars(kinds).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str)
}

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="the repository's files are not here")


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, cell by cell; a `|` inside a cell is escaped."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


def test_every_layout_stands_in_the_table_of_shapes() -> None:
    told = {word for row in rows("Layouts") for word in re.findall(r"`([a-z-]+)`", row[1])}
    assert told == set(LAYOUTS)


def test_every_kind_of_container_stands_in_its_table_as_direct_or_decoded() -> None:
    told = {row[0].strip("`"): row[2] for row in rows("Containers")}
    assert set(told) == KINDS
    assert {kind for kind, read in told.items() if read == "direct"} == kinds.DIRECT


def test_every_layout_has_a_shape_that_the_tests_write() -> None:
    written = {line[1] for shape in SHAPES for line in shape.told}
    assert written | {"devkit"} == set(LAYOUTS)  # test_beside_images.py has the devkits
