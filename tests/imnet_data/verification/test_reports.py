from __future__ import annotations

import base64
import csv
import io
import json
import os
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from imnet_data.progress import Silent
from imnet_data.verification.reports.as_html import page
from imnet_data.verification.reports.file import Verified, form_of, write_report
from tests.imnet_data.verification.verified import ODD_NAMES, verified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.demo.build import Demo

_VOID = {"meta", "br", "img"}


class Page(HTMLParser):
    """An HTML page as a browser takes it: its elements, its text, and what was left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.texts)


@pytest.fixture(scope="module")
def run(miniature: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verified]:
    with verified(miniature, tmp_path_factory.mktemp("reports")) as (catalogue, report):
        findings = catalogue.findings()
        yield Verified(catalogue, report, findings, findings.summary())


@pytest.fixture(scope="module")
def html(run: Verified) -> str:
    return "".join(page(run, progress=Silent(), workers=0))


def as_json(run: Verified, path: Path) -> dict[str, Any]:
    write_report(run, path)
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return held


# -- the page


def test_the_page_is_whole_and_asks_for_nothing(html: str) -> None:
    read = Page(html)
    assert read.open == []
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"script", "link", "iframe", "object", "form", "base"}
    for tag, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "img" or str(attributes["src"]).startswith("data:image/jpeg;base64,")
        assert (attributes.get("href") or "#").startswith("#")
    assert "://" not in html
    assert "url(" not in html


def test_names_from_archives_stand_in_the_page_as_text(html: str) -> None:
    text = Page(html).text
    assert "<script>alert(1)<!--" in text
    assert "\" onload='alert(2)'" in text
    assert "a\\x1b[31mb\\n" in text
    assert "left\\u202eright" in text
    assert not any(sign in html for sign in "\x1b\u202e")
    html.encode()  # a lone surrogate would not


def test_the_page_says_what_is_right_and_what_to_do_about_what_is_not(
    run: Verified, html: str
) -> None:
    text = Page(html).text
    assert f"2 are odd in known ways, {2 + len(ODD_NAMES)} are broken." in text
    assert "imnet-data repair fetches its bytes again" in text
    for one in run.summary.sums:
        assert one.code in text
    for archive in run.catalogue.archives():
        assert archive.path in text
    assert "imnet-data 0." in text


def test_broken_pictures_are_drawn_as_far_as_they_decode_and_others_say_why_not(
    miniature: Demo, html: str
) -> None:
    truncated = next(name for name, kind in miniature.odd.items() if kind == "truncated")
    before = html[: html.index(f"<b>{truncated}</b>")]
    data = base64.b64decode(before.rpartition("base64,")[2].partition('"')[0])
    with Image.open(io.BytesIO(data)) as drawn:
        assert drawn.format == "JPEG"
        assert max(drawn.size) <= 144
        rows = drawn.convert("L").resize((1, 8)).tobytes()
    assert rows[0] > 30
    assert rows[7] < 30  # what is missing is black
    empty = next(name for name, kind in miniature.odd.items() if kind == "empty")
    assert f"<span>no bytes</span></div><b>{empty}</b>" in html


def test_charts_have_every_class_and_every_size(run: Verified, html: str) -> None:
    titles = Page(html).texts
    assert "n03417042 garbage_truck.n.01: 6 images, 1 of them broken" in titles
    # Every image whose header could be read: all but the empty one.
    counted = [int(one.rpartition(": ")[2]) for one in titles if " pixels: " in one]
    assert sum(counted) == run.report.images - 1


# -- the forms


def test_json_has_every_finding_with_what_scripts_ask_for(run: Verified, tmp_path: Path) -> None:
    held = as_json(run, tmp_path / "health.json")
    assert len(held["findings"]) == sum(one.count for one in run.summary.sums)
    for one in held["findings"]:
        assert {"image", "archive", "code", "severity", "message", "known"} <= set(one)
        assert one["severity"] in ("broken", "odd", "note")
    assert (held["level"], held["images"], held["well"]) == ("decode", 217, False)
    assert (held["broken"], held["known"], held["right"]) == (7, 2, 208)
    names = {one["image"] for one in held["findings"] if one["release"] == "own"}
    assert any("<script>" in name for name in names)
    classes = [one for one in held["findings"] if one["code"] == "class-short"]
    assert all(one["image"] is one["archive"] is None for one in classes)


def test_csv_has_the_same_findings_as_json(run: Verified, tmp_path: Path) -> None:
    expected = as_json(run, tmp_path / "health.json")["findings"]
    write_report(run, tmp_path / "health.csv")
    with open(tmp_path / "health.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(expected)
    for row, one in zip(rows, expected, strict=True):
        one["known"] = int(one["known"])
        assert row == {key: "" if value is None else str(value) for key, value in one.items()}


def test_a_report_of_nothing_found_is_well(miniature: Demo, tmp_path: Path) -> None:
    import imnet_data

    with imnet_data.open(tmp_path / "x.db", create=True) as catalogue:
        catalogue.index(miniature.val)
        report = catalogue.verify("goldfish", workers=0)
        findings = catalogue.findings("goldfish")
        run = Verified(catalogue, report, findings, findings.summary(), "goldfish")
        held = as_json(run, tmp_path / "x.json")
        drawn = "".join(page(run, progress=Silent(), workers=0))
    assert (held["findings"], held["well"], held["expression"]) == ([], True, "goldfish")
    assert held["right"] is None  # a sample of headers tells of no image that it is right
    assert "No sizes are known yet" in Page(drawn).text


def test_a_report_replaces_the_old_one_whole_or_leaves_it(run: Verified, tmp_path: Path) -> None:
    path = tmp_path / "health.csv"
    path.write_text("the old one")
    broken_off = Verified(run.catalogue, run.report, _Failing(), run.summary)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no more"):
        write_report(broken_off, path)
    assert (path.read_text(), os.listdir(tmp_path)) == ("the old one", ["health.csv"])
    write_report(run, path)
    assert path.read_text(encoding="utf-8").startswith("image,archive,code,severity,message,known")


class _Failing:
    def __iter__(self) -> Iterator[Any]:
        raise OSError("no more")


def test_another_ending_is_refused_with_those_that_are_written() -> None:
    with pytest.raises(ValueError, match=r"'health.pdf' ends in none of .html, .json, .csv"):
        form_of("health.pdf")
