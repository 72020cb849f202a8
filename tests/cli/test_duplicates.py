from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.verification.levels import Level
from tests.cli.conftest import answer, run
from tests.imnet_data.verification.looking import look_at_all
from tests.imnet_data.verification.test_duplicates import GOLDFISH, TENCH, write_pictures

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue whose pictures have all been decoded; nobody writes to it."""
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder)
    with imnet_data.open(folder / "imagenet.db", create=True) as made:
        made.index(folder, release="ilsvrc2012")
        look_at_all(made, Level.DECODE)
    return folder / "imagenet.db"


def test_groups_are_listed_with_their_images_and_counted_at_the_end(decoded: Path) -> None:
    lines = run("duplicates", catalogue=decoded).stdout.splitlines()
    leak = lines.index(
        "2 images, the same bytes, in train and val (leak), labels differ (conflict)"
    )
    assert lines[leak + 1].split() == [f"{GOLDFISH}_2", "goldfish.n.01", "ilsvrc2012", "train"]
    assert lines[leak + 2].split()[0] == "ILSVRC2012_val_00000001"
    assert lines[-1] == (
        "3 groups of 6 images that share their bytes: 1 leak, 2 label conflicts, 0 placeholders"
    )


def test_near_ones_say_by_how_much_they_differ(decoded: Path) -> None:
    by_default, by_number = (
        run("duplicates", *near, catalogue=decoded).stdout for near in (["--near"], ["--near", "4"])
    )
    assert by_default == by_number
    (line,) = (line for line in by_default.splitlines() if f"{TENCH}_5" in line)
    assert line.split()[-1] in ("bit", "bits")
    assert "alike within 4 bits: 1 leak, 2 label conflicts" in by_default


def test_json_has_every_group_and_the_sums(decoded: Path) -> None:
    found = answer("duplicates", catalogue=decoded)
    assert found["count"] == len(found["groups"]) == 3
    assert (found["leaks"], found["label_conflicts"], found["images"]) == (1, 2, 6)
    assert found["compared"] == found["of"] == 9
    (leak,) = (group for group in found["groups"] if group["leak"])
    assert [image["split"] for image in leak["images"]] == ["train", "val"]
    assert leak["images"][0]["member"] == f"{GOLDFISH}_2.JPEG"


@pytest.mark.parametrize("limit", [0, 1])
def test_json_is_whole_with_however_few_groups(decoded: Path, limit: int) -> None:
    found = answer("duplicates", "--limit", limit, catalogue=decoded)
    assert (len(found["groups"]), found["count"]) == (limit, 3)
    assert answer("duplicates", "toucan.n.01", catalogue=decoded)["groups"] == []


def test_only_those_that_do_some_harm_are_listed_on_request(decoded: Path) -> None:
    done = run("duplicates", "--only", "leaks", catalogue=decoded)
    assert done.stdout.startswith("2 images, the same bytes, in train and val (leak)")
    assert "1 group of 2 images" in done.stdout
    assert run("duplicates", "--only", "placeholders", catalogue=decoded).stdout == (
        "no images that share their bytes\n"
    )


def test_groups_that_are_not_shown_are_counted(decoded: Path) -> None:
    done = run("duplicates", "--limit", "1", catalogue=decoded)
    assert "3 groups of 6 images" in done.stdout
    assert "… and 2 more groups; --limit 3 shows all" in done.stderr


def test_before_anything_was_verified_the_next_command_is_told(catalogue: Path) -> None:
    done = run("duplicates", catalogue=catalogue)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert f"try: imnet-data -c {catalogue} verify --level digest" in done.stderr
    near = run("duplicates", "--near", "--json", catalogue=catalogue)
    assert "verify --level decode" in near.stderr


def test_images_that_were_not_looked_at_are_told(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    path = tmp_path / "imagenet.db"
    with imnet_data.open(path, create=True) as made:
        made.index(tmp_path / "n01440764.tar", release="ilsvrc2012")
        look_at_all(made)
        made.index(tmp_path, release="ilsvrc2012")
    done = run("duplicates", catalogue=path)
    assert "5 of 9 images were compared; for the others: imnet-data" in done.stderr
    assert "verify --level digest" in done.stderr


def test_bits_beyond_what_is_exact_are_a_usage_error(decoded: Path) -> None:
    assert run("duplicates", "--near", "9", catalogue=decoded).exit_code == 2
