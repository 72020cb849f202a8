from __future__ import annotations

import io
import os
import shutil
import tarfile
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels

from .trees import (
    CRANE_BIRD,
    CRANE_MACHINE,
    GOLDFISH,
    TENCH,
    class_tar,
    content,
    flat_tar,
    train_tar,
    tree,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.indexing.report import ArchiveReport


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(tmp_path / "catalogue" / "imagenet.db", create=True) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()


def rows(catalogue: imnet_data.Catalogue) -> set[tuple[object, ...]]:
    """All that a user can ask of every image, without the catalogue's own ids."""
    images = catalogue.images(release="*")
    return {
        (
            one.release,
            one.split,
            one.name,
            one.wnid,
            one.archive,
            one.member,
            one.place.offset,
            one.size,
        )
        for one in images
    }


def index_one(catalogue: imnet_data.Catalogue, path: Path, **asked: str) -> ArchiveReport:
    report = catalogue.index(path, **asked)  # type: ignore[arg-type]
    assert not report.refused
    (archive,) = report.archives
    return archive


def counted_truly(catalogue: imnet_data.Catalogue) -> bool:
    """Whether the kept counts are what counting the rows gives."""
    kept = catalogue.stats()
    images = list(catalogue.images(release="*"))
    archives = catalogue.archives()
    return (
        kept.images == len(images) == sum(one.images for one in archives)
        and kept.bytes == sum(one.size for one in images) == sum(a.size_bytes for a in archives)
        and kept.synsets == len({one.synset for one in images if one.synset})
        and kept.unlabelled == sum(one.synset is None for one in images)
    )


def test_train_tar_gives_each_image_its_class_and_its_bytes(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "ILSVRC2012_img_train.tar", {TENCH: [10026, 3], CRANE_BIRD: [7]})
    report = index_one(catalogue, path)
    assert (report.layout, report.release, report.splits) == (
        "ilsvrc-train",
        "ilsvrc2012",
        ["train"],
    )
    assert (report.images, report.classes, report.unlabelled) == (3, 2, 0)
    for image in catalogue.images():
        assert image.read() == content(image.name)
        assert path.read_bytes()[image.place.offset :][: image.size] == content(image.name)
        assert image.wnid == image.name.split("_")[0]
    assert catalogue.image("n01440764/n01440764_10026.JPEG").synset == catalogue["tench.n.01"]
    assert counted_truly(catalogue)


def test_validation_images_get_the_published_label_of_their_number(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    numbers = [1, 2, 293, 50_000]
    path = tmp_path / "ILSVRC2012_img_val.tar"
    path.write_bytes(
        flat_tar(
            {f"ILSVRC2012_val_{n:08d}.JPEG": content(f"ILSVRC2012_val_{n:08d}") for n in numbers}
        )
    )
    report = index_one(catalogue, path)
    assert (report.layout, report.splits, report.unlabelled) == ("ilsvrc-val", ["val"], 0)
    wnids = class_list("ilsvrc2012").wnids
    for number in numbers:
        image = catalogue.image(f"ILSVRC2012_val_{number:08d}")
        assert image.wnid == wnids[validation_labels()[number - 1]]
        assert image.read() == content(image.name)


def test_validation_sorted_into_wrong_folders_keeps_the_published_labels_and_says_so(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    right = class_list("ilsvrc2012").wnids[validation_labels()[0]]
    tree(
        tmp_path / "val",
        {
            f"{TENCH}/ILSVRC2012_val_00000001.JPEG": None,
            f"{GOLDFISH}/ILSVRC2012_val_00000002.JPEG": None,
        },
    )
    report = index_one(catalogue, tmp_path / "val")
    assert report.layout == "ilsvrc-val"
    assert report.notes.mislaid == 2
    assert catalogue.image("ILSVRC2012_val_00000001").wnid == right


def test_test_images_are_kept_without_a_label(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "ILSVRC2012_img_test_v10102019.tar"
    path.write_bytes(
        flat_tar({f"test/ILSVRC2012_test_{n:08d}.JPEG": b"x" for n in (1, 2, 100_000)})
    )
    report = index_one(catalogue, path)
    assert (report.layout, report.splits, report.unlabelled) == ("ilsvrc-test", ["test"], 3)
    image = catalogue.image("ILSVRC2012_test_00100000")
    assert (image.synset, image.wnid, image.member) == (
        None,
        None,
        "test/ILSVRC2012_test_00100000.JPEG",
    )
    assert counted_truly(catalogue)


def test_a_folder_of_class_tars_is_a_full_release_when_its_classes_are(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "release"
    dog = "n02084071"  # dog itself is a class of fall11 and none of ILSVRC's
    tree(folder, {f"{wnid}.tar": class_tar(wnid, [1, 2]) for wnid in (TENCH, dog)})
    report = catalogue.index(folder)
    assert {(a.layout, a.release) for a in report.archives} == {("full-release", "fall11")}
    assert all(a.splits == ["none"] for a in report.archives)
    assert catalogue.images("dog").count() == 2


def test_a_folder_of_ilsvrc_class_tars_is_its_train_split(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    tree(tmp_path / "train", {f"{wnid}.tar": class_tar(wnid, [1]) for wnid in (TENCH, GOLDFISH)})
    report = catalogue.index(tmp_path / "train")
    assert {(a.layout, a.release, *a.splits) for a in report.archives} == {
        ("ilsvrc-train", "ilsvrc2012", "train")
    }


def test_a_class_found_late_overturns_the_release(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    # The first look sees 5,000 images of ILSVRC classes; the class that refutes it comes last.
    path = tmp_path / "images.tar"
    members = {f"{TENCH}/{TENCH}_{n}.JPEG": b"" for n in range(6000)}
    path.write_bytes(flat_tar({**members, "n02084071/n02084071_1.JPEG": b"dog"}))
    report = index_one(catalogue, path)
    assert (report.layout, report.release, report.splits) == ("full-release", "fall11", ["none"])
    assert catalogue.releases() == {"fall11": 6001}
    assert counted_truly(catalogue)


def test_splits_of_a_tree_of_own_classes(catalogue: imnet_data.Catalogue, tmp_path: Path) -> None:
    tree(
        tmp_path / "pets",
        {
            "train/rex/1.jpg": None,
            "train/dog.n.01/1.jpg": None,
            "val/rex/1.jpg": None,
            "train/dog/1.jpg": None,
            "train/n02084071/2.png": None,
            "train/notes.txt": None,
        },
    )
    report = catalogue.index(tmp_path / "pets")
    assert [(a.release, a.splits, a.ignored) for a in report.archives] == [
        ("pets", ["train"], 1),
        ("pets", ["val"], 0),
    ]
    assert catalogue["own:rex"].own_images == 2
    # A bare word is a user's own class, never guessed to be a synset.
    assert catalogue["own:dog"].own_images == 1
    assert catalogue.images("dog.n.01").count() == 2
    assert catalogue.images("own:rex", split="val").first().name == "rex/1.jpg"  # type: ignore[union-attr]


def test_a_resplit_tree_never_passes_for_ilsvrc2012(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    tree(
        tmp_path / "cut",
        {
            f"train/{TENCH}/{TENCH}_1.JPEG": None,
            f"val/{TENCH}/{TENCH}_2.JPEG": None,
        },
    )
    catalogue.index(tmp_path / "cut")
    assert catalogue.releases() == {"cut": 2}
    assert catalogue.image(f"{TENCH}_2").split == "val"


def test_same_names_in_two_class_folders_are_two_images(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    tree(
        tmp_path / "mine",
        {
            "cat/1.jpg": None,
            "dog/1.jpg": None,
            "cat/1.png": None,
            "loose.jpg": None,
        },
    )
    report = index_one(catalogue, tmp_path / "mine")
    assert (report.images, report.unlabelled, report.alternates) == (4, 1, 0)
    assert set(catalogue.images().names()) == {"cat/1.jpg", "cat/1.png", "dog/1.jpg", "loose.jpg"}


def test_the_two_cranes_stay_two(catalogue: imnet_data.Catalogue, tmp_path: Path) -> None:
    train_tar(tmp_path / "train.tar", {CRANE_BIRD: [1], CRANE_MACHINE: [1, 2]})
    catalogue.index(tmp_path / "train.tar")
    assert catalogue[CRANE_BIRD].own_images == 1
    assert catalogue[CRANE_MACHINE].own_images == 2
    query = catalogue.images("crane")
    assert query.count() == 0
    assert "crane.n.04 (n03126707)" in query.notices[0]
    assert "has 2" in query.notices[0]


# -- again


def test_indexing_again_costs_nothing_and_changes_nothing(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1, 2]})
    folder = tree(tmp_path / "more", {"rex/1.jpg": None})
    catalogue.index([path, folder])
    before = rows(catalogue)
    report = catalogue.index([path, folder, path])
    assert [a.outcome for a in report.archives] == ["unchanged", "unchanged"]
    assert [(a.images, a.classes, a.splits) for a in report.archives] == [
        (2, 1, ["train"]),
        (1, 1, ["none"]),
    ]
    assert rows(catalogue) == before


def test_a_changed_archive_is_replaced_and_its_keys_keep_their_ids(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1, 2, 3], GOLDFISH: [1]})
    catalogue.index(path)
    ids = {one.name: one.id for one in catalogue.images()}
    train_tar(path, {GOLDFISH: [9, 1], TENCH: [3, 2]})
    assert index_one(catalogue, path).outcome == "changed"
    after = {one.name: one for one in catalogue.images()}
    assert set(after) == {f"{TENCH}_2", f"{TENCH}_3", f"{GOLDFISH}_1", f"{GOLDFISH}_9"}
    assert all(after[name].id == ids[name] for name in after if name in ids)
    assert all(one.read() == content(name) for name, one in after.items())
    assert counted_truly(catalogue)


def test_a_folder_with_a_changed_file_is_indexed_anew(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    root = tree(tmp_path / "mine", {"cat/1.jpg": None, "cat/2.jpg": None})
    catalogue.index(root)
    (root / "cat/1.jpg").unlink()
    (root / "cat/3.jpg").write_bytes(b"three")
    assert index_one(catalogue, root).outcome == "changed"
    assert sorted(catalogue.images().names()) == ["cat/2.jpg", "cat/3.jpg"]
    assert counted_truly(catalogue)


def test_a_second_copy_is_an_alternate_place_and_never_a_second_image(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1, 2]})
    copy = tree(
        tmp_path / "unpacked" / "train",
        {
            f"{TENCH}/{TENCH}_2_{TENCH}.JPEG": content(f"{TENCH}_2"),
            f"{TENCH}/{TENCH}_3.JPEG": None,
        },
    )
    catalogue.index(path)
    report = index_one(catalogue, copy)
    assert (report.images, report.alternates, report.resized) == (1, 1, 0)
    assert catalogue.images().count() == 3
    assert counted_truly(catalogue)
    # The archive goes away: the other copy is read in its place.
    path.unlink()
    image = catalogue.image(f"{TENCH}_2")
    assert image.read() == content(f"{TENCH}_2")
    assert image.member == f"{TENCH}/{TENCH}_2_{TENCH}.JPEG"


def test_removing_an_archive_moves_images_to_their_other_place(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1, 2], GOLDFISH: [5]})
    catalogue.index(path)
    catalogue.index(tree(tmp_path / "train", {f"{TENCH}/{TENCH}_2.JPEG": None}))
    image_id = catalogue.image(f"{TENCH}_2").id
    assert catalogue.remove_archive(path) == 1
    (left,) = catalogue.images()
    assert (left.name, left.id, left.archive) == (f"{TENCH}_2", image_id, str(tmp_path / "train"))
    assert left.read() == content(f"{TENCH}_2")
    assert counted_truly(catalogue)
    with pytest.raises(imnet_data.ImnetDataError, match="no archive"):
        catalogue.remove_archive(path)


def test_one_name_twice_in_an_archive_is_one_image_with_an_alternate(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "train.tar"
    twice = class_tar(TENCH, [1]).rstrip(b"\0")
    twice += bytes(-len(twice) % 512)
    path.write_bytes(twice + class_tar(TENCH, [1, 2]))
    report = index_one(catalogue, path)
    assert (report.images, report.alternates) == (2, 1)
    assert counted_truly(catalogue)


def test_two_releases_are_never_mixed(catalogue: imnet_data.Catalogue, tmp_path: Path) -> None:
    catalogue.index(train_tar(tmp_path / "train.tar", {TENCH: [1, 2]}))
    catalogue.index(train_tar(tmp_path / "fall11_whole.tar", {TENCH: [1]}))
    with pytest.raises(imnet_data.ImnetDataError, match=r"fall11 \(1\), ilsvrc2012 \(2\)"):
        catalogue.images("fish").count()
    assert catalogue.images("fish", release="fall11").count() == 1
    assert catalogue.images("fish", split="train").count() == 2
    assert catalogue.images("fish", release="*").count() == 3


# -- what is wrong with archives


def test_a_truncated_archive_is_indexed_as_far_as_it_is_whole(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1, 2], GOLDFISH: [1, 2, 3]})
    whole = path.read_bytes()
    at = whole.index(content(f"{GOLDFISH}_2")) + 10
    path.write_bytes(whole[:at])
    report = catalogue.index(path)
    assert not report.well
    (fault,) = report.archives[0].faults
    assert fault.severe
    assert f"{GOLDFISH}.tar/{GOLDFISH}_2.JPEG" in fault.sentence
    assert f"{at:,}" in fault.sentence
    assert set(catalogue.images().names()) == {f"{TENCH}_1", f"{TENCH}_2", f"{GOLDFISH}_1"}
    # It stays truncated: the next run says so again.
    assert not catalogue.index(path).well
    # Once it is whole, it is replaced.
    path.write_bytes(whole)
    assert catalogue.index(path).well
    assert catalogue.images().count() == 5


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [
        ("login.tar", b"<!DOCTYPE html><html>", "login page"),
        ("x.tar.gz", b"\x1f\x8b\x08", "gzip"),
        ("empty.tar", b"", "empty"),
        ("noise.tar", b"\x07" * 2048, "tar header"),
    ],
)
def test_what_is_no_archive_is_refused_and_the_rest_is_indexed(
    catalogue: imnet_data.Catalogue, tmp_path: Path, name: str, start: bytes, words: str
) -> None:
    bad = tmp_path / name
    bad.write_bytes(start)
    good = train_tar(tmp_path / "train.tar", {TENCH: [1]})
    report = catalogue.index([bad, tmp_path / "missing.tar", good])
    assert not report.well
    assert words in report.refused[str(bad)]
    assert "does not exist" in report.refused[str(tmp_path / "missing.tar")]
    assert catalogue.images().count() == 1


def test_an_archive_without_images_is_not_well(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "notes.tar"
    path.write_bytes(flat_tar({"readme.txt": b"no pictures"}))
    report = catalogue.index(path)
    assert not report.well
    assert report.archives[0].ignored == 1


def test_a_tar_without_images_beside_others_is_no_fault(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "imagenet"
    folder.mkdir()
    train_tar(folder / "ILSVRC2012_img_train.tar", {TENCH: [1]})
    (folder / "devkit.tar").write_bytes(flat_tar({"data/meta.mat": b"x"}))
    assert catalogue.index(folder).well
    assert not catalogue.index([folder, folder / "devkit.tar"]).refused
    assert not catalogue.index(folder / "devkit.tar").well


# -- moving


@pytest.mark.usefixtures("_only_in_a_file")
def test_archives_beside_the_catalogue_move_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with imnet_data.open(home / "imagenet.db", create=True) as catalogue:
        catalogue.index(train_tar(home / "train.tar", {TENCH: [1]}))
    shutil.move(home, tmp_path / "moved")
    with imnet_data.open(tmp_path / "moved" / "imagenet.db") as catalogue:
        assert catalogue.image(f"{TENCH}_1").read() == content(f"{TENCH}_1")


def test_relocating_a_folder_moves_every_archive_below_it(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    catalogue.index(
        [train_tar(old / "train.tar", {TENCH: [1]}), tree(old / "pets", {"rex/1.jpg": None})]
    )
    shutil.move(old, tmp_path / "new")
    with pytest.raises(imnet_data.ImnetDataError):
        catalogue.image(f"{TENCH}_1").read()
    catalogue.relocate(old, tmp_path / "new")
    assert all(image.read() for image in catalogue.images(release="*"))
    with pytest.raises(imnet_data.ImnetDataError, match="does not exist"):
        catalogue.relocate(tmp_path / "new", tmp_path / "nowhere")
    assert all(image.read() for image in catalogue.images(release="*"))


def test_reading_says_when_the_archive_has_changed(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1]})
    catalogue.index(path)
    image = catalogue.image(f"{TENCH}_1")
    assert image.read()
    train_tar(path, {TENCH: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]})
    with pytest.raises(imnet_data.ImnetDataError, match="has changed since it was indexed"):
        image.read()


def test_a_picture_sorted_into_two_classes_is_one_image_and_said_to_be(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    picture = f"{TENCH}_7.JPEG"
    root = tree(tmp_path / "mine", {f"fish/{picture}": b"same", f"pets/{picture}": b"same"})
    report = index_one(catalogue, root)
    assert (report.images, report.alternates, report.relabelled) == (1, 1, 1)
    (image,) = catalogue.images()
    assert str(image.synset) == "own:fish"
    assert counted_truly(catalogue)
    # Sorted anew, it keeps its id and takes the new label.
    (root / "fish" / picture).unlink()
    index_one(catalogue, root)
    (moved,) = catalogue.images()
    assert (moved.id, str(moved.synset), moved.read()) == (image.id, "own:pets", b"same")
    assert counted_truly(catalogue)


def test_reading_notices_an_archive_rewritten_at_the_same_size(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: [1, 2]})
    catalogue.index(path)
    image = catalogue.image(f"{TENCH}_1")
    size = path.stat().st_size
    train_tar(path, {TENCH: [2, 1]})
    assert path.stat().st_size == size
    with pytest.raises(imnet_data.ImnetDataError, match="no longer at byte"):
        image.read()


def test_an_image_whose_file_moved_is_read_at_its_other_place(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    first = tree(tmp_path / "first", {f"{TENCH}/{TENCH}_1.JPEG": None, f"{GOLDFISH}/x.txt": b""})
    catalogue.index(first)
    shutil.move(first / TENCH, tmp_path / "second" / TENCH)
    catalogue.index(tmp_path / "second")
    assert catalogue.image(f"{TENCH}_1").read() == content(f"{TENCH}_1")


def test_relocating_onto_an_indexed_archive_is_refused(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    old = train_tar(tmp_path / "train.tar", {TENCH: [1]})
    new = tmp_path / "copy.tar"
    shutil.copy(old, new)
    catalogue.index([old, new])
    with pytest.raises(imnet_data.ImnetDataError, match="an archive of its own"):
        catalogue.relocate(old, new)
    assert len(catalogue.archives()) == 2


def test_names_that_are_no_utf8_are_indexed_and_read(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    odd = os.fsdecode(b"caf\xe9")
    tree(folder, {f"{odd}/{odd}.jpg": b"picture"})
    tar = tmp_path / "other.tar"
    with tarfile.open(tar, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as made:
        info = tarfile.TarInfo("caf\xe9/b\xe9.jpg")
        info.size = 3
        made.addfile(info, io.BytesIO(b"tar"))
    assert catalogue.index([folder, tar]).well
    assert sorted(image.read() for image in catalogue.images(release="*")) == [b"picture", b"tar"]
    # The same class, whichever way its name came.
    assert len(set(catalogue.images(release="*").counts())) == 1
    assert all(image.name.encode() for image in catalogue.images(release="*"))


def test_imagenet_v2_folders_are_class_indices(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    root = tree(
        tmp_path / "imagenetv2-matched-frequency-format-val",
        {f"{index}/{index}a.jpeg": None for index in (2, 10, 999)},
    )
    report = index_one(catalogue, root)
    assert report.release == "imagenetv2-matched-frequency"
    wnids = class_list("ilsvrc2012").wnids
    assert {image.name: image.wnid for image in catalogue.images()} == {
        f"{index}/{index}a.jpeg": wnids[index] for index in (2, 10, 999)
    }
