"""What others' readers find in our shards: every image once, its bytes, its label."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from webdataset import tariterators

import imnet_data
from imnet_data.sharding.options import ShardOptions
from tests.imnet_data.sharding.made import images, packed, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue
    from imnet_data.demo.build import Demo

Sample = dict[str, Any]
OPTIONS = ShardOptions(shard_size_bytes=150_000)


@pytest.fixture(scope="module")
def catalogue(miniature: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    path = tmp_path_factory.mktemp("catalogue") / "imagenet.db"
    with imnet_data.open(path, create=True) as opened:
        opened.index(miniature.folder)
        yield opened


@pytest.fixture(scope="module")
def shards(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards") / "all"
    catalogue.subset("ilsvrc2012").shard(folder, options=OPTIONS, workers=1)
    return folder


def read(folder: Path, part: str) -> list[Sample]:
    """A part's samples as webdataset gives them, in its own order."""
    samples: list[Sample] = []
    for path in sorted(folder.glob(f"{part}-*.tar")):
        # Its pipeline from the open file on: it leaves the closing of files to chance.
        with path.open("rb") as stream:
            files = tariterators.tar_file_expander([{"url": path.name, "stream": stream}])
            samples += tariterators.group_by_keys(files)
    return samples


@pytest.mark.parametrize("part", ["train", "val"])
def test_webdataset_reads_each_image_with_its_bytes_and_its_label(
    catalogue: Catalogue, shards: Path, part: str
) -> None:
    known = {one.name: one for one in catalogue.images(split=part)}
    samples = {sample["__key__"]: sample for sample in read(shards, part)}
    assert samples.keys() == known.keys()
    classes = (shards / "classes.txt").read_text().split()
    for name, sample in samples.items():
        (ending,) = {"jpg", "png"} & sample.keys()
        assert sample[ending] == known[name].read()
        assert classes[int(sample["cls"])] == known[name].wnid
        said = json.loads(sample["json"])
        assert said == {
            "name": name, "wnid": known[name].wnid,
            "label": int(sample["cls"]), "ilsvrc_index": int(sample["cls"]),
        }  # fmt: skip


def test_a_test_image_has_no_cls(shards: Path) -> None:
    samples = read(shards, "test")
    assert samples
    assert not any("cls" in sample for sample in samples)
    assert json.loads(samples[0]["json"])["label"] == -1


def test_the_png_that_imagenet_calls_jpeg_is_called_png(shards: Path) -> None:
    (sample,) = [one for one in read(shards, "train") if one["__key__"] == "n02105855_2933"]
    assert "png" in sample
    assert "jpg" not in sample


def test_timm_and_wids_are_told_every_shard_with_its_number_of_samples(shards: Path) -> None:
    counted = {part: len(read(shards, part)) for part in ("train", "val", "test")}
    splits = json.loads((shards / "_info.json").read_text())["splits"]
    for part, samples in counted.items():
        info = splits[part]
        files = sorted(path.name for path in shards.glob(f"{part}-*.tar"))
        assert (info["name"], info["num_samples"], info["filenames"]) == (part, samples, files)
        index = json.loads((shards / f"index-{part}.json").read_text())
        assert index["wids_version"] == 1
        listed = [(one["url"], one["nsamples"], one["filesize"]) for one in index["shardlist"]]
        sizes = [(shards / name).stat().st_size for name in files]
        assert listed == list(zip(files, info["shard_lengths"], sizes, strict=True))


def test_dalis_index_has_every_member_where_tarfile_finds_it(shards: Path) -> None:
    for tar in shards.glob("*.tar"):
        first, *lines = tar.with_suffix(".idx").read_text().splitlines()
        assert first == f"v1.2 {len(lines)}"
        words = [line.split(" ") for line in lines]
        told = [tuple(line[at : at + 4]) for line in words for at in range(0, len(line), 4)]
        with tarfile.open(tar) as opened:
            found = [
                (one.name.partition(".")[2], str(one.offset_data), str(one.size), one.name)
                for one in opened
            ]
        assert told == found


def test_headers_say_nothing_of_the_machine(shards: Path) -> None:
    with tarfile.open(next(shards.glob("train-*.tar"))) as opened:
        said = {
            (one.mtime, one.uid, one.gid, one.uname, one.gname, one.mode, one.type)
            for one in opened
        }
    assert said == {(0, 0, 0, "", "", 0o644, tarfile.REGTYPE)}


def test_our_own_index_takes_shards_for_further_copies(
    catalogue: Catalogue, shards: Path, miniature: Demo, tmp_path: Path
) -> None:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        opened.index(miniature.folder)
        before = opened.stats().images
        report = opened.index(shards, release="ilsvrc2012")
        assert opened.stats().images == before
    assert report.well
    assert sum(one.alternates for one in report.archives) == len(
        [sample for part in ("train", "val", "test") for sample in read(shards, part)]
    )


def test_names_that_readers_would_split_stay_one_sample_each(tmp_path: Path) -> None:
    names = [
        "a.b", "a/b", "a b", "../../etc/passwd", "a%2Eb", "Straße", "x" * 300, "x" * 301, "__a__/b",
        "line\nbreak", "q" * 70 + "é" * 90,
    ]  # fmt: skip
    made = dict(zip(names, images(len(names)).values(), strict=True))
    write(tmp_path / "out", packed(tmp_path / "a.tar", made), per_shard=100)
    samples = read(tmp_path / "out", "train")
    assert len({sample["__key__"] for sample in samples}) == len(names)
    found = {json.loads(sample["json"])["name"]: sample["jpg"] for sample in samples}
    assert found == made
    with tarfile.open(tmp_path / "out" / "train-000000.tar") as opened:
        assert all("/" not in one.name and len(one.name) <= 100 for one in opened)
    for line in (tmp_path / "out" / "train-000000.idx").read_text().splitlines()[1:]:
        assert len(line.split(" ")) == 8  # an image and its .json, of four words each
