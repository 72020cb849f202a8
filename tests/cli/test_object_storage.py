"""The commands on archives in a bucket: what they give is what they give of the same on a disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.db import selects
from imnet_data.progress import Silent
from imnet_data.query import EVERY_RELEASE
from tests.cli.conftest import answer, run
from tests.s3_server import KEY, S3Server, s3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.demo.build import Demo

URL = "s3://imagenet"
_PNG = "n02105855_2933"


@pytest.fixture(scope="module")
def bucket(demo: Demo) -> Iterator[S3Server]:
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    tars = {path.name: path.read_bytes() for path in Path(demo.folder).glob("*.tar")}
    with s3("imagenet", tars) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {**server.environment, "HOME": "/nowhere"}.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def far(bucket: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the bucket; nobody writes to it but verify and mean."""
    path = tmp_path_factory.mktemp("far") / "imagenet.db"
    done = run("index", f"{URL}/", catalogue=path)
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(scope="module")
def near(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the folder that the bucket was filled from."""
    path = tmp_path_factory.mktemp("near") / "imagenet.db"
    done = run("index", demo.folder, catalogue=path)
    assert done.exit_code == 0, done.output
    return path


def _rows(catalogue: Path) -> list[Any]:
    with imnet_data.open(catalogue) as opened, opened.reading() as connection:
        images = opened.images(release=EVERY_RELEASE).statement
        rows = selects.rows_in_disk_order(connection, images)
        return sorted(tuple(row)[1:5] + tuple(row)[6:] for part in rows for row in part)


def test_the_catalogue_is_that_of_the_folder(far: Path, near: Path) -> None:
    assert _rows(far) == _rows(near)
    ours, theirs = answer("stats", catalogue=far), answer("stats", catalogue=near)
    for one in (ours, theirs):
        one.pop("catalogue")
        one["archives"] = sorted(one["archives"], key=str)
    told = json.dumps(ours).replace(f"{URL}/", "")
    assert told == json.dumps(theirs).replace(f"{Path(theirs['archives'][0]['path']).parent}/", "")


def test_what_is_unchanged_is_not_indexed_again(far: Path, bucket: S3Server) -> None:
    found = answer("index", f"{URL}/ILSVRC2012_img_val.tar", catalogue=far)
    assert [one["outcome"] for one in found["archives"]] == ["unchanged"]


def test_an_image_s_bytes_are_those_of_the_file(far: Path, near: Path) -> None:
    here, there = run("cat", _PNG, catalogue=near), run("cat", _PNG, catalogue=far)
    assert there.stdout_bytes == here.stdout_bytes
    drawn = answer("images", "dog", "--sample", "5", "--seed", "3", catalogue=far)
    assert [one["name"] for one in drawn] == [
        one["name"]
        for one in answer("images", "dog", "--sample", "5", "--seed", "3", catalogue=near)
    ]


def test_a_data_set_s_batch_is_read_together(far: Path, near: Path) -> None:
    def batch(path: Path) -> Any:
        with imnet_data.open(path) as opened:
            images = opened.images(split="val").dataset(loader=bytes)
        return images.__getitems__(range(0, len(images), 5))

    assert batch(far) == batch(near)


def test_verify_finds_the_same_in_a_bucket(far: Path, near: Path) -> None:
    def verified(path: Path) -> Any:
        found = json.loads(
            run("verify", "--level", "decode", "--workers", "0", "--json", catalogue=path).stdout
        )
        kept = ("image", "code", "severity", "message")
        return (
            found["right"],
            found["broken"],
            sorted(str([one[key] for key in kept]) for one in found["findings"]),
        )

    assert verified(far) == verified(near)


def test_shards_and_means_are_the_same_bytes(far: Path, near: Path, tmp_path: Path) -> None:
    made = {}
    for name, path in (("far", far), ("near", near)):
        done = run(
            "shard", "ilsvrc2012", "--to", tmp_path / name, "--part", "val",
            "--workers", "1", catalogue=path,
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        made[name] = {one.name: one.read_bytes() for one in (tmp_path / name).glob("*.tar")}
    assert made["far"] == made["near"]
    assert made["far"]


def test_an_archive_that_went_to_a_bucket_is_relocated(
    demo: Demo, bucket: S3Server, tmp_path: Path
) -> None:
    path, name = tmp_path / "a.db", "ILSVRC2012_img_val.tar"
    (tmp_path / name).write_bytes((Path(demo.folder) / name).read_bytes())
    assert run("index", tmp_path / name, catalogue=path).exit_code == 0
    (tmp_path / name).unlink()
    moved = run("archives", "relocate", tmp_path / name, f"{URL}/{name}", catalogue=path)
    assert moved.exit_code == 0, moved.output
    done = run("verify", "--level", "quick", catalogue=path)
    assert "archive-" not in done.stdout
    assert done.exit_code == 0, done.output


class _Interrupts(Silent):
    """Ctrl-C, once so many bytes were passed."""

    def __init__(self, left: int) -> None:
        self._left = left

    def advance(self, n: int) -> None:
        self._left -= n
        if self._left < 0:
            raise KeyboardInterrupt


@pytest.mark.usefixtures("bucket")
def test_an_index_that_was_stopped_goes_on_within_the_archive(
    near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imnet_data.indexing.load._COMMIT_S", 0.0)
    url = f"{URL}/ILSVRC2012_img_train.tar"
    with imnet_data.open(tmp_path / "a.db", create=True) as opened:
        with pytest.raises(KeyboardInterrupt):
            opened.index(url, progress=_Interrupts(300_000))
        assert 0 < opened.stats().images < 144
        assert [one.outcome for one in opened.index(url).archives] == ["resumed"]
    ours = _rows(tmp_path / "a.db")
    assert len(ours) == 144
    assert set(ours) <= set(_rows(near))


# -- what goes wrong


def test_an_object_that_is_gone_or_another_is_found_by_verify(
    demo: Demo, bucket: S3Server, tmp_path: Path
) -> None:
    path, name = tmp_path / "a.db", "ILSVRC2012_img_val.tar"
    whole = bucket.objects[name]
    for at, changed in (("gone.tar", None), ("cut.tar", whole[:-20_000]), ("new.tar", whole[::-1])):
        bucket.objects[at] = whole
        assert run("index", f"{URL}/{at}", "--split", "val", catalogue=path).exit_code == 0
        if changed is None:
            del bucket.objects[at]
        else:
            bucket.objects[at] = changed
    found = json.loads(run("verify", "--json", catalogue=path).stdout)["findings"]
    assert {
        one["archive"].rpartition("/")[2]: one["code"]
        for one in found
        if one["archive"] and not one["image"]
    } == {
        "gone.tar": "archive-missing",
        "cut.tar": "archive-truncated",
        "new.tar": "archive-changed",
    }


@pytest.mark.parametrize(
    ("url", "setting", "sentence"),
    [
        (f"{URL}/none.tar", {}, f"imnet-data: {URL}/none.tar does not exist"),
        ("s3://nobucket/a.tar", {}, "imnet-data: s3://nobucket/a.tar does not exist"),
        (URL, {"AWS_ACCESS_KEY_ID": KEY[::-1]}, "s3://imagenet did not take the login that is set"),
        ("nostore://a/b.tar", {}, "no kind of store is called nostore://"),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_what_cannot_be_read_is_one_sentence_and_leaves_no_catalogue(
    url: str,
    setting: dict[str, str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    done = run("index", url, catalogue=tmp_path / "new.db")
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert not (tmp_path / "new.db").exists()
