"""`score`: the figure first, what is wrong with the order, and nothing left behind."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels
from tests.cli.conftest import answer, on_terminal, run


@pytest.fixture(scope="module")
def predicted() -> Any:
    """Class indices for all validation images, three in four of them right."""
    rng = np.random.default_rng(0)
    right = rng.random(50_000) < 0.75
    return np.where(right, validation_labels(), rng.integers(0, 1000, 50_000))


@pytest.fixture(scope="module")
def right(predicted: Any) -> int:
    return int((predicted == validation_labels()).sum())


@pytest.fixture
def file(predicted: Any) -> Path:
    np.save("predictions.npy", predicted)
    return Path("predictions.npy")


def test_the_figure_comes_first_in_words_and_without_a_catalogue(file: Path, right: int) -> None:
    done = run("score", file)
    assert done.exit_code == 0
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"{right / 500:.2f} % top-1: {right:,} of 50,000 (Wilson 95 %: ")
    run("score", file, "--against", "real")
    assert [path.name for path in Path().iterdir()] == [file.name]


def test_json_has_the_counts_and_null_for_what_is_not_known(file: Path, right: int) -> None:
    found = answer("score", file)
    expected = {"correct": right, "total": 50_000, "accuracy": right / 50_000}
    assert found["top1"] == expected
    assert (found["order"], found["total"], found["top5"]) == ("index", 50_000, None)
    assert (found["calibration"], found["partial"], found["orders"]) == (None, False, [])
    assert sum(one["top1"]["correct"] for one in found["classes"]) == right
    assert sum(one["classes"] for one in found["superclasses"]) == 1_000


def test_a_wrong_order_is_told_with_its_figure_and_the_option_to_type(
    predicted: Any, right: int
) -> None:
    ids = np.array([one.ilsvrc2012_id for one in ilsvrc.classes()])
    np.save("ids.npy", ids[predicted])
    done = run("score", "ids.npy")
    assert done.exit_code == 1
    assert "The order ilsvrc-id fits" in done.stdout
    assert "--order ilsvrc-id" in done.stdout
    rows = re.findall(r"^(\S+) +(\d+\.\d\d) %", done.stdout, re.MULTILINE)
    assert rows[0] == ("ilsvrc-id", f"{right / 500:.2f}")
    assert "index" in dict(rows)
    assert "most confused" not in done.stdout
    told = run("score", "ids.npy", "--order", "auto")
    assert told.exit_code == 0
    assert told.stdout.startswith("Order ilsvrc-id (")
    as_json = json.loads(run("score", "ids.npy", "--json").stdout)
    assert (as_json["order"], as_json["better_order"]) == ("index", "ilsvrc-id")


def test_a_partial_file_is_scored_when_asked_and_the_headline_says_so(predicted: Any) -> None:
    names = [f"ILSVRC2012_val_{n:08d}.JPEG" for n in range(1, 101)]
    rows = zip(names, predicted.tolist(), strict=False)
    Path("part.csv").write_text("image,label\n" + "".join(f"{n},{c}\n" for n, c in rows))
    refused = run("score", "part.csv")
    assert refused.exit_code == 1
    assert "49,900 of 50,000 images have no row" in refused.stderr
    assert "try: the same with --partial" in refused.stderr
    first = run("score", "part.csv", "--partial").stdout.splitlines()[0]
    assert first.endswith("on a part of the 50,000 images")


def test_figures_by_class_and_by_superclass_are_tables(file: Path) -> None:
    by_class = run("score", file, "--by", "class").stdout
    assert len(re.findall(r"^\S+ +n\d{8} +50 ", by_class, re.MULTILINE)) == 1_000
    cut = run("score", file, "--superclasses", "depth=6").stdout
    assert re.findall(r"^animal\.n\.01 +398 +19,900 ", cut, re.MULTILINE)


def test_a_subset_is_scored_in_its_own_order(catalogue: Path) -> None:
    done = run("images", "@imagenette", "--split", "val", "--format", "jsonl", catalogue=catalogue)
    images = [json.loads(line) for line in done.stdout.splitlines()]
    index_of = {one["wnid"]: one["index"] for one in answer("classes", "imagenette")}
    rows = [f"{one['name']},{index_of[one['wnid']]}\n" for one in images]
    Path("own.csv").write_text("".join(rows))
    done = run("score", "own.csv", "--against", "imagenette", catalogue=catalogue)
    assert done.stdout.startswith(f"100.00 % top-1: {len(rows)} of {len(rows)} ")


def test_another_models_predictions_are_compared(file: Path, predicted: Any) -> None:
    np.save("other.npy", np.where(np.arange(50_000) < 5_000, 0, predicted))
    done = run("score", file, "--compare", "other.npy")
    assert "McNemar's exact test: p < 0.0001" in done.stdout


def test_the_page_needs_nothing_else_and_escapes_names(predicted: Any) -> None:
    name = "<script>alert(1)<b>.npy"
    np.save(name, predicted)
    done = run("score", name, "--html", "page.html")
    assert done.exit_code == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert not re.findall(r"""(?:src|href)=|url\(|@import|https?://""", page)
    # The policy allows the one script by its digest: it must be that of the script in the page.
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    _Closed().feed(page)


class _Closed(HTMLParser):
    """A reader that finds each tag closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("meta", "path", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "path", "br"):
            assert self.open.pop() == tag


def test_a_page_that_cannot_be_written_is_refused_before_the_reading() -> None:
    done = run("score", "nothing.npy", "--html", "no-such-folder/page.html")
    assert done.exit_code == 2
    assert "cannot be written there" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--order", "nonsense"), "there is no order"),
        (("--against", "v2"), "no catalogue"),
        (("--against", "val", "--part", "val"), "--part is a subset's"),
        (("--against", "v2", "--part", "val"), "--part is a subset's"),
        (("--superclasses", "depth"), "is no cut"),
    ],
)
def test_what_cannot_be_scored_is_one_sentence(
    file: Path, words: tuple[str, ...], said: str
) -> None:
    done = run("score", file, *words)
    assert done.exit_code in (1, 2)
    assert said in done.stderr
    assert done.stdout == ""


def test_on_a_terminal_nothing_is_wider_than_it(file: Path) -> None:
    drawn = on_terminal("score", file, columns=80)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", drawn).splitlines()
    assert "most confused" in drawn
    assert max(map(len, lines)) <= 80
