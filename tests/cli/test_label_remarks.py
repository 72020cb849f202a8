from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from pathlib import Path


def shard(path: Path, names: list[str], labels: list[int]) -> Path:
    with tarfile.open(path, "w") as plain:
        for name, label in zip(names, labels, strict=True):
            for suffix, data in (("cls", b"%d" % label), ("jpg", b"picture")):
                info = tarfile.TarInfo(f"{name}.{suffix}")
                info.size = len(data)
                plain.addfile(info, io.BytesIO(data))
    return path


def test_shards_with_numbers_of_unknown_meaning_are_told_of_in_one_sentence(tmp_path: Path) -> None:
    for at in range(3):
        shard(tmp_path / f"mine-{at:03d}.tar", ["a", "b"], [0, 1])
    done = run("index", tmp_path, catalogue=tmp_path / "x.db")
    assert done.exit_code == 0
    told = " ".join(done.stderr.split())
    assert told.count("nothing says which classes it counts") == 1
    assert f"6 images in {tmp_path / 'mine-000.tar'} and 2 further archives have" in told
    assert "--labels LIST" in told
    done = run("index", tmp_path, "--labels", "@imagenette", catalogue=tmp_path / "x.db")
    assert "0 unlabelled" in done.stdout
    assert "nothing says" not in done.stderr


def test_labels_that_disagree_with_names_are_told_with_an_example(tmp_path: Path) -> None:
    path = shard(tmp_path / "imagenet1k-train-0.tar", ["n01440764_1", "n01443537_2"], [449, 1])
    done = run("index", path, catalogue=tmp_path / "x.db")
    told = " ".join(done.stderr.split())
    assert f"labels disagree with names: 1 image in {path} has a label of another class" in told
    assert "(n01440764_1: n01440764 by name, n02859443 by label)" in told
    found = answer("index", path, "--release", "again", "--labels", "ilsvrc2012",
                   catalogue=tmp_path / "x.db")  # fmt: skip
    assert found["archives"][0]["labels"] == {
        "order": "ilsvrc2012", "without_order": 0, "beyond": 0, "disagreeing": 1,
    }  # fmt: skip


def test_an_unknown_list_is_refused_before_a_catalogue_is_made(tmp_path: Path) -> None:
    path = shard(tmp_path / "a.tar", ["a"], [0])
    done = run("index", path, "--labels", "imagenete", catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert "no class list is called 'imagenete'; did you mean imagenette" in done.stderr
    assert not (tmp_path / "x.db").exists()
