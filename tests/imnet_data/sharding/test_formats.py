"""Parquet, folders and class tars: every image with its bytes and its label, always the same."""

from __future__ import annotations

import io
import json
import os
import tarfile
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.errors import (
    ArchiveChanged,
    ArchiveMissing,
    FolderInUse,
    NeedsExtra,
    ShardOptionError,
)
from imnet_data.sharding import class_tars
from imnet_data.sharding.check import check_shards
from imnet_data.sharding.entry import ClassLabel, Entry
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.tar_blocks import header
from imnet_data.sharding.write import write_shards
from tests.imnet_data.sharding.made import (
    CLASSES,
    WNIDS,
    entry,
    images,
    loose,
    packed,
    picture,
    write,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.demo.build import Demo

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
FORMATS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("parquet", {"shard_size_bytes": 30_000}), ("folder", {}), ("tar", {}),
)  # fmt: skip


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return packed(tmp_path / "a.tar", images())


def make(to: Path, entries: list[Entry], form: str, *, workers: int = 1, **more: Any) -> Any:
    part = more.pop("part", "train")
    options = ShardOptions(form, **{**dict(FORMATS)[form], **more})
    about = {"name": "made", "release": "ilsvrc2012"}
    return write_shards(
        {part: entries}, to, classes=CLASSES, options=options, about=about, workers=workers
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# -- what all have in common


@pytest.mark.parametrize("form", [form for form, _ in FORMATS])
def test_any_packing_writes_the_same_and_a_second_run_nothing(
    tmp_path: Path, entries: list[Entry], form: str
) -> None:
    first = make(tmp_path / "one", entries, form)
    whole = tree(tmp_path / "one")
    assert not any(".unfinished" in name for name in whole)
    make(tmp_path / "loose", loose(tmp_path / "files", images()), form, digest=True)
    assert tree(tmp_path / "loose") == whole
    again = make(tmp_path / "one", entries, form)
    assert (again.written, again.kept) == (0, first.written)
    assert check_shards(tmp_path / "one").well


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_without_digests_the_same_images_are_copied(tmp_path: Path, form: str) -> None:
    entries = packed(tmp_path / "a.tar", images(4, size=70_000))
    make(tmp_path / "hashed", entries, form)
    make(tmp_path / "copied", entries, form, digest=False)
    hashed, copied = tree(tmp_path / "hashed"), tree(tmp_path / "copied")
    assert hashed.pop("manifest.json") != copied.pop("manifest.json")
    assert hashed == copied


@pytest.mark.parametrize("form", [form for form, _ in FORMATS])
def test_an_archive_that_is_gone_leaves_nothing_and_is_gone_on_with(
    tmp_path: Path, entries: list[Entry], form: str
) -> None:
    make(tmp_path / "undisturbed", entries, form)
    (tmp_path / "a.tar").rename(tmp_path / "b.tar")
    with pytest.raises(ArchiveMissing):
        make(tmp_path / "out", entries, form)
    assert not [name for name in tree(tmp_path / "out") if not name.startswith(".unfinished")]
    (tmp_path / "b.tar").rename(tmp_path / "a.tar")
    make(tmp_path / "out", entries, form)
    assert tree(tmp_path / "out") == tree(tmp_path / "undisturbed")


# -- Parquet


def test_a_table_has_the_published_schema_and_every_image(
    tmp_path: Path, entries: list[Entry]
) -> None:
    make(tmp_path / "out", entries, "parquet")
    files = sorted((tmp_path / "out").glob("*.parquet"))
    assert [path.name for path in files] == [
        f"train-{at:05d}-of-{len(files):05d}.parquet" for at in range(len(files))
    ]
    rows = [row for path in files for row in parquet.read_table(path).to_pylist()]
    assert {row["image"]["path"]: (row["image"]["bytes"], row["label"]) for row in rows} == {
        f"{name}_{name[:9]}.JPEG": (data, WNIDS.index(name[:9])) for name, data in images().items()
    }
    schema = parquet.read_schema(files[0])
    kinds = ["struct<bytes: binary, path: string>", "int64"]
    assert [str(kind) for kind in schema.types] == kinds
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert features["label"] == {"_type": "ClassLabel", "names": [one.name for one in CLASSES]}
    assert features["image"] == {"_type": "Image"}


def test_the_card_names_the_files_of_each_split(tmp_path: Path, entries: list[Entry]) -> None:
    make(tmp_path / "out", entries, "parquet", part="val")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "  - split: validation\n    path: validation-*.parquet\n" in card
    assert list((tmp_path / "out").glob("validation-00000-of-*.parquet"))


def test_row_groups_are_of_a_hundred_images(tmp_path: Path) -> None:
    entries = packed(tmp_path / "a.tar", images(120, size=200))
    make(tmp_path / "out", entries, "parquet", shard_size_bytes=1 << 30)
    (path,) = (tmp_path / "out").glob("*.parquet")
    metadata = parquet.read_metadata(path)
    assert [metadata.row_group(at).num_rows for at in range(2)] == [100, 20]


def test_unlabelled_and_odd_names_and_classes_that_share_a_name(tmp_path: Path) -> None:
    names = ["ILSVRC2012_test_00000007", "cats/tom.1"]
    made = {name: picture(name, 300, b"GIF89a") for name in names}
    classes = [ClassLabel(0, "n02012849", "crane"), ClassLabel(1, "n03126707", "crane")]
    write_shards(
        {"test": packed(tmp_path / "a.tar", made)}, tmp_path / "out", classes=classes,
        options=ShardOptions("parquet"), workers=1,
    )  # fmt: skip
    (path,) = (tmp_path / "out").glob("*.parquet")
    rows = parquet.read_table(path).to_pylist()
    assert {row["image"]["path"] for row in rows} == {f"{names[0]}.JPEG", "cats%2Ftom%2E1.gif"}
    assert {row["label"] for row in rows} == {-1}
    said = json.loads(parquet.read_schema(path).metadata[b"huggingface"])
    assert said["info"]["features"]["label"]["names"] == ["crane (n02012849)", "crane (n03126707)"]


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(NeedsExtra, match=r"pip install 'imnet-data\[parquet\]'"):
        make(tmp_path / "out", entries, "parquet")


# -- folders


def test_every_class_is_a_folder_and_labels_are_their_order(
    tmp_path: Path, entries: list[Entry]
) -> None:
    report = make(tmp_path / "out", entries, "folder")
    found = tree(tmp_path / "out")
    expected = {f"train/{name[:9]}/{name}.JPEG": data for name, data in images().items()}
    assert {name: data for name, data in found.items() if name.startswith("train/")} == expected
    assert sorted(path.name for path in (tmp_path / "out" / "train").iterdir()) == list(WNIDS)
    assert report.notes == ()


def test_a_folder_order_that_is_not_the_subsets_is_told(tmp_path: Path) -> None:
    classes = [ClassLabel(0, None, "zebras and/or horses"), ClassLabel(1, None, "ants")]
    made = packed(tmp_path / "a.tar", images(4))
    entries = [
        Entry(one.name, one.place, at % 2, one.wnid, None, one.rank) for at, one in enumerate(made)
    ]
    report = write_shards(
        {"train": entries, "val": entries[:1]}, tmp_path / "out", classes=classes,
        options=ShardOptions("folder"), workers=1,
    )  # fmt: skip
    folders = sorted(path.name for path in (tmp_path / "out" / "train").iterdir())
    assert folders == ["ants", "zebras%20and%2For%20horses"]
    assert (tmp_path / "out" / "folders.txt").read_text().split() == folders[::-1]
    order, missing = report.notes
    assert "numbers the folders of train by name, and so 2 of 2 otherwise" in order
    assert "val has no image of 1 of 2 classes" in missing


def test_images_without_a_label_lie_in_the_parts_own_folder(tmp_path: Path) -> None:
    made = {f"ILSVRC2012_test_0000000{at}": picture(str(at), 300) for at in range(3)}
    make(tmp_path / "out", packed(tmp_path / "a.tar", made), "folder", part="test")
    assert sorted(path.name for path in (tmp_path / "out" / "test").iterdir()) == [
        f"{name}.JPEG" for name in made
    ]


def test_links_are_the_sources_own_files_and_tars_are_copied(tmp_path: Path) -> None:
    entries = loose(tmp_path / "files", images(6))
    copied = packed(tmp_path / "a.tar", {f"{WNIDS[2]}_77": picture("77", 300)})
    make(tmp_path / "out", [*entries, *copied], "folder", link=True)
    for one in entries:
        linked = tmp_path / "out" / "train" / one.name[:9] / f"{one.name}.JPEG"
        assert os.path.samefile(linked, one.place.path)
    assert (tmp_path / "out" / "train" / WNIDS[2] / f"{WNIDS[2]}_77.JPEG").stat().st_nlink == 1
    assert check_shards(tmp_path / "out").well
    again = make(tmp_path / "out", [*entries, *copied], "folder")  # a copy of it is the same set
    assert again.written == 0


def test_a_file_that_changed_is_not_linked(tmp_path: Path) -> None:
    entries = loose(tmp_path / "files", images(3))
    (tmp_path / "files" / "1.JPEG").write_bytes(b"other")
    with pytest.raises(ArchiveChanged):
        make(tmp_path / "out", entries, "folder", link=True, digest=False)


def test_a_class_that_lost_a_file_is_made_whole_and_a_users_own_file_is_kept(
    tmp_path: Path, entries: list[Entry]
) -> None:
    make(tmp_path / "out", entries, "folder")
    whole = tree(tmp_path / "out")
    of_class = tmp_path / "out" / "train" / WNIDS[1]
    next(of_class.iterdir()).unlink()
    found = check_shards(tmp_path / "out")
    assert [(one.name, one.kind) for one in found.differences] == [(f"train/{WNIDS[1]}", "size")]
    assert make(tmp_path / "out", entries, "folder").written == 1
    assert tree(tmp_path / "out") == whole
    (of_class / "mine.jpg").write_bytes(b"mine")
    (tmp_path / "out" / "train" / "n00000000").mkdir()
    kinds = {(one.name, one.kind) for one in check_shards(tmp_path / "out").differences}
    assert kinds == {(f"train/{WNIDS[1]}", "size"), ("train/n00000000", "surplus")}
    with pytest.raises(FolderInUse, match=r"mine\.jpg"):
        make(tmp_path / "out", entries, "folder")
    assert (of_class / "mine.jpg").read_bytes() == b"mine"


def test_a_changed_byte_in_a_class_is_found(tmp_path: Path, entries: list[Entry]) -> None:
    make(tmp_path / "out", entries, "folder")
    file = next((tmp_path / "out" / "train" / WNIDS[0]).iterdir())
    file.write_bytes(file.read_bytes()[::-1])
    (found,) = check_shards(tmp_path / "out").differences
    assert (found.name, found.kind) == (f"train/{WNIDS[0]}", "sha256")


# -- class tars


def test_a_tar_of_class_tars_holds_every_image_under_its_name(
    tmp_path: Path, entries: list[Entry]
) -> None:
    make(tmp_path / "out", entries, "tar")
    found: dict[str, bytes] = {}
    with tarfile.open(tmp_path / "out" / "ILSVRC2012_img_train.tar") as outer:
        names = outer.getnames()
        for one in outer:
            held = outer.extractfile(one)
            assert held is not None
            with tarfile.open(fileobj=io.BytesIO(held.read())) as inner:
                for member in inner:
                    data = inner.extractfile(member)
                    assert data is not None
                    assert (member.mtime, member.uid, member.mode) == (0, 0, 0o644)
                    found[f"{one.name}/{member.name}"] = data.read()
    assert names == [f"{wnid}.tar" for wnid in WNIDS]
    assert found == {f"{name[:9]}.tar/{name}.JPEG": data for name, data in images().items()}
    assert (tmp_path / "out" / "ILSVRC2012_img_train.tar").stat().st_size % 10240 == 0


def test_other_parts_are_flat_in_the_order_of_names_with_a_list_of_labels(tmp_path: Path) -> None:
    made = {f"ILSVRC2012_val_0000000{at}": picture(str(at), 300) for at in (3, 1, 2)}
    entries = [
        Entry(one.name, one.place, at, WNIDS[at], at, one.rank)
        for at, one in enumerate(packed(tmp_path / "a.tar", made))
    ]
    make(tmp_path / "out", entries, "tar", part="val")
    with tarfile.open(tmp_path / "out" / "ILSVRC2012_img_val.tar") as opened:
        assert opened.getnames() == sorted(f"{name}.JPEG" for name in made)
    listed = (tmp_path / "out" / "ILSVRC2012_img_val.txt").read_text().splitlines()
    assert listed == [
        f"{one.name} {one.wnid} {one.label}" for one in sorted(entries, key=lambda one: one.name)
    ]


def test_pieces_by_several_processes_and_after_a_stop_make_the_same_tar(
    tmp_path: Path, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "whole", entries, "tar")
    whole = written(tmp_path / "whole")
    monkeypatch.setattr(class_tars, "_PIECE_BYTES", 20_000)
    make(tmp_path / "two", entries, "tar", workers=2)
    assert written(tmp_path / "two") == whole
    # The second class's tar cannot be read: the first is filled by then, and stays.
    broken = [entry(one.name, one.place) if one.wnid != WNIDS[1] else moved(one) for one in entries]
    with pytest.raises(ArchiveMissing):
        make(tmp_path / "out", broken, "tar")
    marks = sorted(path.name for path in (tmp_path / "out" / ".unfinished").glob("*.json"))
    assert marks == ["ILSVRC2012_img_train.0.json"]
    first = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "gone.tar").write_bytes(first)
    make(tmp_path / "out", broken, "tar")
    assert written(tmp_path / "out") == whole


def moved(one: Entry) -> Entry:
    from dataclasses import replace

    path = one.place.path.replace("a.tar", "gone.tar")
    return replace(one, place=replace(one.place, path=path))


def test_our_own_index_takes_all_of_them_for_further_copies(
    miniature: Demo, tmp_path: Path
) -> None:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(miniature.folder)
        images = catalogue.stats().images
        subset = catalogue.subset("ilsvrc2012")
        for form in ("parquet", "folder", "tar"):
            subset.shard(tmp_path / form, options=ShardOptions(form), workers=1)
            report = catalogue.index(tmp_path / form, release="ilsvrc2012")
            assert report.well, form
            assert sum(one.alternates for one in report.archives) == subset.count(), form
            assert catalogue.stats().images == images, form


def test_a_member_of_more_than_8_gib_has_its_size_in_its_header() -> None:
    info = tarfile.TarInfo.frombuf(header(b"a.tar", 9 << 30), "utf-8", "strict")
    assert (info.name, info.size) == ("a.tar", 9 << 30)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("folder", {"per_shard": 10}), ("tar", {"shard_size_bytes": 1 << 20}),
        ("webdataset", {"link": True}),
    ],
)  # fmt: skip
def test_options_that_a_format_has_not_are_refused(form: str, options: dict[str, Any]) -> None:
    with pytest.raises(ShardOptionError):
        ShardOptions(form, **options)


def test_the_digest_of_a_class_is_that_of_what_sha256sum_prints(
    tmp_path: Path, entries: list[Entry]
) -> None:
    make(tmp_path / "out", entries, "folder")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    folder = tmp_path / "out" / "train" / WNIDS[0]
    lines = "".join(
        f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
    )
    assert manifest["parts"]["train"]["shards"][0]["sha256"] == sha256(lines.encode()).hexdigest()


def test_webdataset_and_folder_agree_on_classes(tmp_path: Path, entries: list[Entry]) -> None:
    write(tmp_path / "tars", entries, shard_size_bytes=30_000)
    make(tmp_path / "out", entries, "folder")
    assert (tmp_path / "tars" / "classes.txt").read_text().split() == list(WNIDS)
    assert not (tmp_path / "out" / "folders.txt").exists()
