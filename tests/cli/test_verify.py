from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests.cli.conftest import answer, on_terminal, run
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import pack_tar
from tests.imnet_data.verification.verified import ODD_NAMES, oddly_named

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from imnet_data.demo.build import Demo

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def decoded(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the demo and of oddly named images, verified to the last pixel."""
    folder = tmp_path_factory.mktemp("decoded")
    path = folder / "imagenet.db"
    assert run("index", demo.folder, catalogue=path).exit_code == 0
    index = run("index", oddly_named(folder / "odd"), "--release", "own", catalogue=path)
    assert index.exit_code == 0
    assert verify("--level", "decode", catalogue=path).exit_code == 1
    return path


@pytest.fixture
def fresh(demo: Demo, tmp_path: Path) -> Path:
    """A catalogue of a copy of the demo, which a test may change."""
    shutil.copytree(demo.folder, tmp_path / "demo")
    path = tmp_path / "imagenet.db"
    assert run("index", tmp_path / "demo", catalogue=path).exit_code == 0
    return path


def verify(*words: object, catalogue: Path) -> Result:
    return run("verify", "--workers", 0, *words, catalogue=catalogue)


def report(*words: object, catalogue: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(verify(*words, "--json", catalogue=catalogue).stdout)
    return held


def test_it_says_what_is_right_odd_and_broken_with_an_example_and_the_next_command(
    decoded: Path,
) -> None:
    done = verify("--level", "decode", "--release", "ilsvrc2012", catalogue=decoded)
    assert done.exit_code == 1
    head, *_ = done.stdout.splitlines()
    assert head == "208 images are right, 2 are odd in known ways, 2 are broken."
    assert re.search(r"(?m)^broken +empty +1 +n07753592_\d+ \(train\)$", done.stdout)
    assert re.search(r"(?m)^known +wrong-extension +1 +n02105855_2933 \(train\)$", done.stdout)
    assert "empty, truncated: imnet-data repair fetches its bytes again" in done.stdout
    assert f"imnet-data -c {decoded} repair --dry-run" in done.stdout
    assert "0 images looked at" in done.stdout
    assert "212 unchanged since they were" in done.stdout


def test_quick_is_the_default_and_leads_to_the_next_level_of_the_same_question(
    fresh: Path,
) -> None:
    done = verify("goldfish", "--split", "train", catalogue=fresh)
    assert done.exit_code == 0
    assert "The headers of a sample, 6 of 6 images, are all where" in done.stdout
    assert "are right" not in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("to look deeper: ")]
    words = line.partition("imnet-data ")[2].split()
    assert words[-6:] == ["verify", "goldfish", "--split", "train", "--level", "digest"]
    deeper = run(*words, "--workers", 0)
    assert deeper.stdout.startswith("6 images begin and end as they should, none is broken.")


def test_json_is_the_numbers_and_every_finding(decoded: Path) -> None:
    held = report("--level", "decode", catalogue=decoded)
    assert (held["images"], held["unchanged"], held["looked_at"]) == (217, 217, 0)
    assert (held["right"], held["known"], held["broken"], held["well"]) == (208, 2, 7, False)
    (png,) = [one for one in held["findings"] if one["image"] == "n02105855_2933"]
    assert (png["code"], png["severity"], png["known"]) == ("wrong-extension", "note", True)
    assert png["archive"].endswith("ILSVRC2012_img_train.tar")
    assert {one["image"] for one in held["findings"] if one["code"] == "class-short"} == {None}


@pytest.mark.parametrize(
    ("codes", "code"),
    [("broken", 1), ("odd", 0), ("leak,tiny", 0), ("cmyk", 0), ("empty, leak", 1), ("note", 1)],
)
def test_the_exit_code_is_1_if_one_of_the_codes_asked_for_was_found(
    decoded: Path, codes: str, code: int
) -> None:
    done = verify("--release", "ilsvrc2012", "--fail-on", codes, catalogue=decoded)
    assert done.exit_code == code


def test_a_code_that_does_not_exist_is_a_usage_error_with_those_that_do(fresh: Path) -> None:
    done = verify("--fail-on", "broken,trunkated", catalogue=fresh)
    assert done.exit_code == 2
    assert "did you mean truncated?" in done.stderr
    assert "junk-after-end" in done.stderr


def test_a_missing_archive_is_broken_and_told_once(fresh: Path) -> None:
    (fresh.parent / "demo" / "ILSVRC2012_img_val.tar").unlink()
    done = verify("--level", "digest", catalogue=fresh)
    assert done.exit_code == 1
    assert "48 images are out of reach" in done.stdout
    assert re.search(r"(?m)^broken +archive-missing +1 +ILSVRC2012_img_val.tar$", done.stdout)
    assert "archive-missing: imnet-data archives relocate OLD NEW" in done.stdout


@pytest.mark.parametrize("form", ["html", "json", "csv"])
def test_the_report_has_the_form_that_its_name_asks_for(
    decoded: Path, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"health.{form}"
    done = verify("--release", "own", "--report", path, catalogue=decoded)
    assert f"the report is in {path}" in done.stderr
    begin = {"html": "<!DOCTYPE html>", "json": "{", "csv": "image,archive,code,"}[form]
    text = path.read_text(encoding="utf-8")
    assert text.startswith(begin)
    assert text.count("it has no end marker") >= len(ODD_NAMES)


@pytest.mark.parametrize("path", ["health.pdf", "health", "nowhere/health.html", "."])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_read(
    fresh: Path, path: str
) -> None:
    done = verify("--report", path, catalogue=fresh)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert answer("doctor", catalogue=fresh)[-1]["found"] == "none of them yet"


def test_a_name_that_would_steer_a_terminal_is_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / "odd" / "mine").mkdir(parents=True)
    (tmp_path / "odd" / "mine" / "a\x1b[31mb.jpg").write_bytes(b"")
    assert run("index", tmp_path / "odd", catalogue=tmp_path / "x.db").exit_code == 0
    done = verify("--level", "digest", catalogue=tmp_path / "x.db")
    assert "a\\x1b[31mb" in done.stdout
    assert "\x1b" not in done.stdout


def test_eighty_columns_hold_all_but_what_is_to_be_pasted(decoded: Path) -> None:
    drawn = on_terminal("-c", decoded, "verify", "--level", "digest", "--workers", "0")
    lines = [_ANSI.sub("", line) for line in drawn.splitlines()]
    assert "\x1b[1m" in drawn
    # A bar that is drawn over and over has carriage returns in its line.
    wide = [line for line in lines if len(line) > 80 and "\r" not in line]
    assert all(": imnet-data " in line for line in wide), wide


def test_other_commands_tell_what_was_found(decoded: Path, demo: Demo) -> None:
    truncated = next(name for name, kind in demo.odd.items() if kind == "truncated")
    shown = run("show", truncated, catalogue=decoded).stdout
    assert re.search(r"(?m)^verified +level decode, \d+ x \d+ pixels$", shown)
    assert re.search(r"(?m)^broken +truncated\. It ends before its picture does: ", shown)
    image = answer("show", truncated, catalogue=decoded)
    assert image["verified"] == "decode"
    assert [one["code"] for one in image["findings"]] == ["truncated"]
    assert "1 broken image (truncated), with all below" in run(
        "show", "vehicle.n.01", catalogue=decoded
    ).stdout  # fmt: skip
    assert answer("show", "vehicle.n.01", catalogue=decoded)["health"]["broken"] == 1
    assert "7 broken images (empty, truncated)" in run("stats", catalogue=decoded).stdout
    assert answer("stats", catalogue=decoded)["health"]["broken"] == 7
    verified = answer("doctor", catalogue=decoded)[-1]
    assert (verified["what"], verified["state"]) == ("verified", "well")


def test_no_code_to_fail_on_is_a_usage_error_for_a_script_would_let_all_pass(fresh: Path) -> None:
    done = verify("--fail-on", "", catalogue=fresh)
    assert done.exit_code == 2
    assert "name a code or a severity" in done.stderr


def test_a_word_with_other_senses_is_told_with_what_it_was_read_as(decoded: Path) -> None:
    done = verify("dog", "--level", "decode", catalogue=decoded)
    assert "dog: read as dog.n.01" in done.stderr


def test_what_nothing_tells_stands_at_the_end_and_in_json_and_is_no_finding(decoded: Path) -> None:
    done = verify("--level", "decode", "--release", "ilsvrc2012", catalogue=decoded)
    assert "No published checksum is known of 3 archives" in done.stdout
    held = report("--level", "decode", "--release", "ilsvrc2012", catalogue=decoded)
    assert (held["archives_without_checksum"], held["copies_not_looked_at"]) == (3, 0)
    assert not [one for one in held["findings"] if "checksum" in one["message"]]


def test_nobody_is_led_to_a_level_that_all_was_verified_at(decoded: Path) -> None:
    done = verify(catalogue=decoded)
    assert "to look deeper" not in done.stdout
    done = verify("--split", "none", "--release", "ilsvrc2012", catalogue=decoded)
    assert "No image is among these." in done.stdout
    assert "to look deeper" not in done.stdout


def test_a_full_disk_is_told_with_what_helps(fresh: Path) -> None:
    # A database that may grow no further is to SQLite what a full disk is.
    def full(connection: Any, _: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Pool, "connect", full)
    try:
        done = verify("--level", "decode", catalogue=fresh)
    finally:
        event.remove(Pool, "connect", full)
    assert done.exit_code == 1
    assert "disk is full" in done.stderr
    assert "try: the same command when there is room" in done.stderr


def test_again_looks_at_what_did_not_change_and_says_what_a_disk_lost(fresh: Path) -> None:
    verify("--level", "digest", "--split", "val", catalogue=fresh)
    archive = fresh.parent / "demo" / "ILSVRC2012_img_val.tar"
    times = archive.stat().st_atime_ns, archive.stat().st_mtime_ns
    with archive.open("r+b") as file:
        file.seek(512 + 15)  # the first picture's density: decoders pass over it
        file.write(b"\x48")
    os.utime(archive, ns=times)
    again = verify("--level", "digest", "--split", "val", "--again", catalogue=fresh)
    assert "48 images looked at" in again.stdout
    assert re.search(r"(?m)^broken +altered +1 +ILSVRC2012_val_\d+ \(val\)$", again.stdout)
    assert again.exit_code == 1


@pytest.mark.parametrize("words", [(), ("--level", "digest", "--since-changed")])
def test_again_with_what_it_does_not_go_with_is_a_usage_error(
    fresh: Path, words: tuple[str, ...]
) -> None:
    done = verify("--again", *words, catalogue=fresh)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--again" in done.stderr


def test_it_says_where_broken_images_have_a_whole_copy(tmp_path: Path) -> None:
    path = tmp_path / "imagenet.db"
    for shelf, data in (("first", jpeg()[:-40]), ("second", jpeg())):
        packed = pack_tar(tmp_path, {"n01440764/n01440764_1.JPEG": data, "n01440764/x.jpg": b""})
        packed = packed.rename(tmp_path / f"{shelf}.tar")
        assert run("index", packed, "--release", "own", catalogue=path).exit_code == 0
    done = verify("--level", "digest", catalogue=path)
    assert "of 1 broken image a whole copy lies in" in done.stdout
    held = report("--level", "digest", catalogue=path)
    assert held["whole_copies"] == {str(tmp_path / "second.tar"): 1}
    assert held["broken"] == 2
