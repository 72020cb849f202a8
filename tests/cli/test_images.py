from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from imnet_data.demo.build import Demo


def test_a_json_line_says_where_the_bytes_of_an_image_are(demo: Demo, catalogue: Path) -> None:
    done = run("images", "--format", "jsonl", catalogue=catalogue)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 212
    assert {"name", "wnid", "synset", "release", "split", "archive", "offset", "size"} <= set(
        rows[0]
    )
    held = _bytes_by_name(demo)
    for row in rows:
        data = Path(row["archive"]).read_bytes()[row["offset"] : row["offset"] + row["size"]]
        assert data == held[row["name"]]
    by_split = {split: [r for r in rows if r["split"] == split] for split in ("train", "test")}
    assert all(row["wnid"] == row["name"][:9] for row in by_split["train"])
    assert all(row["wnid"] is row["synset"] is None for row in by_split["test"])
    crane = next(row for row in rows if row["wnid"] == "n02012849")
    assert crane["synset"] == "crane.n.05"


def test_a_line_of_an_image_in_a_folder_names_its_own_file(tmp_path: Path) -> None:
    file = tmp_path / "photos" / "n01440764" / "n01440764_1.JPEG"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"tench")
    run("index", tmp_path / "photos", catalogue=tmp_path / "x.db")
    (row,) = answer("images", catalogue=tmp_path / "x.db")
    assert (row["archive"], row["offset"], row["size"]) == (str(file), 0, 5)


@pytest.mark.parametrize(
    ("method", "container", "where"),
    [
        (zipfile.ZIP_STORED, "zip", "5 bytes, from byte 46"),
        (zipfile.ZIP_DEFLATED, "zip-deflated", "5 bytes, decoded from a zip-deflated"),
    ],
)
def test_an_offset_is_given_only_where_the_image_lies_as_it_is(
    tmp_path: Path, method: int, container: str, where: str
) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as whole:
        whole.writestr("n01440764_1.JPEG", b"tench", method)
    run("index", tmp_path / "x.zip", catalogue=tmp_path / "x.db")
    (row,) = answer("images", catalogue=tmp_path / "x.db")
    offset = row["offset"]
    assert (row["container"], row["size"]) == (container, 5)
    if container == "zip":
        assert (tmp_path / "x.zip").read_bytes()[offset : offset + 5] == b"tench"
    else:
        assert offset is None
    csv_row = run("images", "--format", "csv", catalogue=tmp_path / "x.db").stdout.splitlines()[1]
    assert f",{container},{'' if offset is None else offset},5," in csv_row
    assert where in run("show", "n01440764_1", catalogue=tmp_path / "x.db").stdout
    assert answer("show", "n01440764_1", catalogue=tmp_path / "x.db")["offset"] == offset
    out = run("cat", "n01440764_1", "-o", tmp_path / "out.jpg", catalogue=tmp_path / "x.db")
    assert out.exit_code == 0
    assert (tmp_path / "out.jpg").read_bytes() == b"tench"


def test_csv_has_the_same_columns_and_rows(catalogue: Path) -> None:
    words = ("images", "crane.n.04 | crane.n.05")
    text = run(*words, "--format", "csv", catalogue=catalogue).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    expected = answer(*words, catalogue=catalogue)
    assert [{k: str(v) for k, v in row.items()} for row in expected] == rows
    assert len(rows) == 16


def test_count_sample_and_limit(catalogue: Path) -> None:
    dogs = ("images", "dog - hunting_dog", "--split", "train")
    assert run(*dogs, "--count", catalogue=catalogue).stdout == "12\n"
    assert answer(*dogs, "--count", catalogue=catalogue)["images"] == 12
    drawn = answer(*dogs, "--sample", "4", "--seed", "7", catalogue=catalogue)
    again = answer(*dogs, "--sample", "4", "--seed", "7", catalogue=catalogue)
    other = answer(*dogs, "--sample", "4", "--seed", "8", catalogue=catalogue)
    assert drawn == again != other
    assert len({row["name"] for row in drawn}) == 4
    each = answer(*dogs, "--per-class", "1", catalogue=catalogue)
    assert [row["wnid"] for row in each] == ["n02085620", "n02105855"]
    assert len(answer(*dogs, "--limit", "5", catalogue=catalogue)) == 5


def test_a_table_shows_twenty_and_says_how_many_more(catalogue: Path) -> None:
    done = run("images", catalogue=catalogue)
    assert len(done.stdout.splitlines()) == 21
    assert "192 more" in done.stderr
    all_of_them = run("images", "--limit", "300", catalogue=catalogue)
    assert len(all_of_them.stdout.splitlines()) == 213
    assert all_of_them.stderr == ""


def test_a_word_read_as_its_first_sense_is_said_on_standard_error(catalogue: Path) -> None:
    done = run("images", "crane", "--count", catalogue=catalogue)
    assert done.stdout == "0\n"
    assert "crane.n.01" in done.stderr
    assert "write crane.n.0" in done.stderr


def test_two_releases_are_never_mixed_unasked(demo: Demo, tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    run("index", demo.val, catalogue=db)
    run("index", demo.train, "--release", "mine", catalogue=db)
    done = run("images", "dog.n.01", "--count", catalogue=db)
    assert done.exit_code == 1
    assert "ilsvrc2012 (8), mine (24)" in done.stderr
    assert "--release mine" in done.stderr
    counted = {
        name: run("images", "dog.n.01", "--release", name, "--count", catalogue=db).stdout
        for name in ("mine", "ilsvrc2012", "*")
    }
    assert counted == {"mine": "24\n", "ilsvrc2012": "8\n", "*": "32\n"}


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_no_match_is_no_failure(catalogue: Path, form: str) -> None:
    done = run("images", "submarine.n.01", "--format", form, catalogue=catalogue)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == (1 if form == "csv" else 0)


def _bytes_by_name(demo: Demo) -> dict[str, bytes]:
    held = {}
    for path in (demo.train, demo.val, demo.test):
        with tarfile.open(path) as outer:
            for member in outer:
                data = _data(outer, member)
                if not member.name.endswith(".tar"):
                    held[Path(member.name).stem] = data
                    continue
                with tarfile.open(fileobj=io.BytesIO(data)) as inner:
                    held |= {Path(one.name).stem: _data(inner, one) for one in inner}
    return held


def _data(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()
