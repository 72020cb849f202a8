"""Shards and tables as people have them on disk, indexed: what is in them, and what is told."""

from __future__ import annotations

import io
import json
import random
import tarfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

import imnet_data
from imnet_data.errors import UnknownName
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from imnet_data.indexing import load

from .test_kill import _Interrupts as Interrupts
from .trees import TENCH, content, train_tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.indexing.report import ArchiveReport

WNIDS = class_list("ilsvrc2012").wnids
Sample = tuple[str, dict[str, bytes]]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        yield opened


def shard(path: Path, samples: list[Sample]) -> Path:
    """A shard as webdataset's writer writes it: with a pax header for the time of each member."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as plain:
        for key, parts in samples:
            for suffix, data in sorted(parts.items()):
                info = tarfile.TarInfo(f"{key}.{suffix}")
                info.size, info.mtime = len(data), 1700000000.25
                plain.addfile(info, io.BytesIO(data))
    return path


def timms(name: str, label: int, **more: Any) -> Sample:
    """A sample of timm's: the key is the picture's own name."""
    said = {"label": label, "width": 500, "height": 375, "filename": f"{name}.JPEG", **more}
    parts = {"jpg": content(name), "cls": b"%d" % label, "json": json.dumps(said).encode()}
    return name, parts


def numbered(labels: list[int]) -> list[Sample]:
    """Samples that say nothing but a number."""
    return [
        (f"{at:06d}", {"jpg": content(f"picture {at}"), "cls": b"%d" % label})
        for at, label in enumerate(labels)
    ]


def table(path: Path, rows: list[tuple[bytes, str, int]], names: list[str] | None = None) -> Path:
    """A Parquet file as Hugging Face's datasets writes it."""
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", image), ("label", pa.int64())])
    if names is not None:
        features = {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
        schema = schema.with_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    held = [{"image": {"bytes": data, "path": name}, "label": label} for data, name, label in rows]
    parquet.write_table(pa.Table.from_pylist(held, schema=schema), path, row_group_size=100)
    return path


def classes(catalogue: imnet_data.Catalogue) -> dict[str, str | None]:
    return {one.name: one.wnid for one in catalogue.images(release="*")}


def only(report: Any) -> ArchiveReport:
    assert not report.refused
    (archive,) = report.archives
    assert isinstance(archive.path, str)
    return archive  # type: ignore[no-any-return]


def test_timms_shards_give_what_the_original_tars_give(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    numbers = {wnid: [7, 12, 3] for wnid in WNIDS[:20]}
    original = train_tar(tmp_path / "ILSVRC2012_img_train.tar", numbers)
    drawn = [(WNIDS.index(wnid), n) for wnid, held in numbers.items() for n in held]
    random.Random(1).shuffle(drawn)
    home = tmp_path / "imagenet-1k-wds"
    for at in range(3):
        samples = [timms(f"{WNIDS[label]}_{n}", label) for label, n in drawn[at::3]]
        shard(home / f"imagenet1k-train-{at:04d}.tar", samples)
    truth = validation_labels().tolist()
    shard(
        home / "imagenet1k-validation-00.tar",
        [timms(f"ILSVRC2012_val_{at:08d}", truth[at - 1]) for at in range(1, 30)],
    )
    report = catalogue.index(home)
    assert report.well
    assert {one.layout for one in report.archives} == {"webdataset"}
    assert not any(one.notes.labels.disagreeing for one in report.archives if one.notes.labels)
    images = list(catalogue.images(release="ilsvrc2012"))
    assert len(images) == 60 + 29
    assert all(one.read() == content(one.name) for one in images)
    held = {(one.split, one.name, one.wnid) for one in images}
    assert ("val", "ILSVRC2012_val_00000001", WNIDS[truth[0]]) in held
    # The originals are further copies of the same pictures, under the same labels.
    again = only(catalogue.index(original))
    assert (again.images, again.alternates, again.relabelled) == (0, 60, 0)


def test_hugging_faces_parquet_gives_what_the_original_tars_give(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    names = [one.words for one in ilsvrc.classes()]
    names[517], names[639] = "crane2", "maillot2"
    home = tmp_path / "imagenet-1k" / "data"
    truth = validation_labels().tolist()
    train = [
        (content(f"{WNIDS[at]}_{at}"), f"{WNIDS[at]}_{at}_{WNIDS[at]}.JPEG", at)
        for at in range(250)
    ]
    table(home / "train-00000-of-00001.parquet", train, names)
    val = [
        (b"v" * at, f"ILSVRC2012_val_{at:08d}_{WNIDS[truth[at - 1]]}.JPEG", truth[at - 1])
        for at in range(1, 9)
    ]
    table(home / "validation-00000-of-00001.parquet", val, names)
    test = [(b"t" * at, f"ILSVRC2012_test_{at:08d}.JPEG", -1) for at in range(1, 5)]
    table(home / "test-00000-of-00001.parquet", test, names)
    report = catalogue.index(tmp_path / "imagenet-1k")
    assert report.well
    assert {(one.layout, one.release, *one.splits) for one in report.archives} == {
        ("hugging-face", "ilsvrc2012", split) for split in ("train", "val", "test")
    }
    assert [one.unlabelled for one in report.archives] == [4, 0, 0]
    for one in report.archives:
        assert one.notes.labels is not None
        assert one.notes.labels.order == "ilsvrc2012"
        assert one.notes.labels.disagreeing == 0
    held = {one.name: one for one in catalogue.images(release="ilsvrc2012", split="train")}
    assert set(held) == {f"{WNIDS[at]}_{at}" for at in range(250)}
    image = held[f"{WNIDS[200]}_200"]
    assert (image.wnid, image.read()) == (WNIDS[200], content(image.name))
    assert image.member == f"{WNIDS[200]}_200_{WNIDS[200]}.JPEG"


def test_labels_in_another_order_than_the_names_say_are_told(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    by_devkit = {one.wnid: one.ilsvrc2012_id - 1 for one in ilsvrc.classes()}
    samples = [timms(f"{wnid}_1", by_devkit[wnid]) for wnid in WNIDS[:50]]
    archive = only(catalogue.index(shard(tmp_path / "imagenet1k-train-0.tar", samples)))
    assert archive.release == "ilsvrc2012"
    assert archive.notes.labels is not None
    assert archive.notes.labels.disagreeing == 50
    assert classes(catalogue) == {f"{wnid}_1": wnid for wnid in WNIDS[:50]}


def test_numbers_in_an_unknown_order_label_nothing_until_the_user_says_which(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = shard(tmp_path / "mine-000.tar", numbered([0, 1, 9, 10]))
    archive = only(catalogue.index(path))
    assert (archive.images, archive.unlabelled) == (4, 4)
    assert archive.notes.labels is not None
    assert archive.notes.labels.without_order == 4
    archive = only(catalogue.index(path, labels="@imagenette"))
    assert (archive.outcome, archive.images, archive.unlabelled) == ("changed", 4, 1)
    assert archive.notes.labels is not None
    assert archive.notes.labels.beyond == 1
    listed = class_list("imagenette").wnids
    assert classes(catalogue) == {
        "mine-000/000000.jpg": listed[0],
        "mine-000/000001.jpg": listed[1],
        "mine-000/000002.jpg": listed[9],
        "mine-000/000003.jpg": None,
    }
    # It stays so, said again or not; said otherwise it is another reading.
    assert only(catalogue.index(path, labels="imagenette")).outcome == "unchanged"
    assert only(catalogue.index(path)).outcome == "unchanged"
    assert only(catalogue.index(path, labels="imagewoof")).outcome == "changed"
    with pytest.raises(UnknownName, match="class list"):
        catalogue.index(path, labels="imagenete")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("classes.txt", "n01443537\nrex the dog\nn01440764 tench\n"),
        ("class_to_idx.json", '{"n01440764": 2, "n01443537": 0, "rex the dog": 1}'),
        ("_info.json", '{"classes": ["n01443537", "rex the dog", "n01440764"]}'),
        (
            "imagenet_class_index.json",
            '{"0": ["n01443537"], "1": ["x"], "2": ["n01440764", "tench"]}',
        ),
        (
            "dataset_info.json",
            '{"features": {"y": {"_type": "ClassLabel", "names": ["n01443537", "", "n01440764"]}}}',
        ),
    ],
)
def test_a_list_of_classes_beside_the_shards_says_what_the_numbers_are(
    catalogue: imnet_data.Catalogue, tmp_path: Path, name: str, text: str
) -> None:
    home = tmp_path / "fish"
    shard(home / "a-000.tar", numbered([0, 2]))
    (home / name).write_text(text)
    assert catalogue.index(home).well
    assert classes(catalogue) == {"a-000/000000.jpg": "n01443537", "a-000/000001.jpg": TENCH}


def test_a_file_of_classes_can_be_named(catalogue: imnet_data.Catalogue, tmp_path: Path) -> None:
    listed = tmp_path / "order"
    listed.write_text("n01443537\nn01440764\n")
    path = shard(tmp_path / "a-000.tar", numbered([1]))
    only(catalogue.index(path, labels=str(listed)))
    assert classes(catalogue) == {"a-000/000000.jpg": TENCH}
    listed.write_text("n01440764\nn01443537\n")
    assert only(catalogue.index(path, labels=str(listed))).outcome == "changed"
    assert classes(catalogue) == {"a-000/000000.jpg": "n01443537"}


def test_class_names_of_ones_own_become_classes_of_ones_own(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    rows = [(b"1", "1.jpg", 0), (b"2", "1.jpg", 1), (b"3", "1.jpg", 0)]
    table(tmp_path / "pets" / "data" / "train-00000-of-00001.parquet", rows, ["tom", "rex"])
    assert catalogue.index(tmp_path / "pets").well
    # The base names are all alike, as push_to_hub leaves them: no picture may hide another.
    assert {one.read() for one in catalogue.images(release="pets")} == {b"1", b"2", b"3"}
    assert catalogue.images("own:tom", release="pets").count() == 2
    assert catalogue.images("own:rex", release="pets").count() == 1


def test_info_json_says_the_split_that_a_shards_name_does_not(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    home = tmp_path / "fish"
    shard(home / "a-000.tar", numbered([0]))
    shard(home / "b-000.tar", numbered([0]))
    splits = {
        "train": {"filenames": ["a-000.tar"], "alt_label": None},
        "train_12k": {"filenames": ["b-000.tar"], "alt_label": "label_12k"},
        "validation": {"filenames": ["b-000.tar"]},
    }
    (home / "_info.json").write_text(json.dumps({"name": "fish", "splits": splits}))
    report = catalogue.index(home)
    assert [one.splits for one in report.archives] == [["train"], ["val"]]


@pytest.mark.parametrize("kind", ["webdataset", "parquet"])
def test_an_interrupted_run_goes_on_to_the_same_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(load, "_COMMIT_S", 0.0)
    drawn = [(at % 100, at) for at in range(4000)]
    random.Random(3).shuffle(drawn)
    if kind == "webdataset":
        samples = [timms(f"{WNIDS[label]}_{n}", label) for label, n in drawn]
        path = shard(tmp_path / "imagenet1k-train-0000.tar", samples)
    else:
        rows = [
            (content(f"{WNIDS[label]}_{n}"), f"{WNIDS[label]}_{n}.JPEG", label)
            for label, n in drawn
        ]
        path = table(tmp_path / "imagenet-1k" / "train-00000-of-00001.parquet", rows)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        with pytest.raises(KeyboardInterrupt):
            catalogue.index(path, progress=Interrupts(after=2))
        done = catalogue.images().count()
        assert 0 < done < 4000
        report = only(catalogue.index(path))
        assert (report.outcome, report.images, report.alternates) == ("resumed", 4000, 0)
        images = list(catalogue.images())
        assert len(images) == 4000
        assert all(one.read() == content(one.name) for one in random.Random(4).sample(images, 50))
        assert catalogue.stats().images == sum(one.images for one in catalogue.archives()) == 4000
