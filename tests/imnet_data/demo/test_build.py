"""A miniature ImageNet: true to the real one's structure, the same every time, safe to ask for."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image, UnidentifiedImageError

from imnet_data.demo.build import MARKER, TRAIN, Demo, build_demo
from imnet_data.errors import DemoError
from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from pathlib import Path


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def train(miniature: Demo) -> dict[str, bytes]:
    """The train images by name."""
    tars = members(miniature.train.read_bytes())
    return {
        name.removesuffix(".JPEG"): data
        for tar in tars.values()
        for name, data in members(tar).items()
    }


def test_the_train_tar_holds_a_tar_a_class_as_imagenets_does(miniature: Demo) -> None:
    tars = members(miniature.train.read_bytes())
    assert [name.removesuffix(".tar") for name in tars] == list(miniature.wnids)
    assert set(miniature.wnids) <= set(ilsvrc.by_wnid())
    for name, data in tars.items():
        names = list(members(data))
        assert all(one.startswith(name.replace(".tar", "_")) for one in names)
        assert len(names) == 6


def test_its_classes_answer_the_questions_that_the_guide_asks(miniature: Demo) -> None:
    graph = Graph.load()
    ids = {to_id(wnid) for wnid in miniature.wnids}

    def under(name: str) -> set[int]:
        synset = graph.by_name(name)
        assert synset is not None
        return ids & set(graph.at_or_under(synset).tolist())

    assert under("dog.n.01") - under("hunting_dog.n.01")
    assert under("hunting_dog.n.01")
    for name in ("bird.n.01", "vehicle.n.01", "edible_fruit.n.01", "musical_instrument.n.01"):
        assert under(name)
    words = [ilsvrc.by_wnid()[wnid].words.split(",")[0] for wnid in miniature.wnids]
    assert (words.count("crane"), words.count("maillot")) == (2, 2)


def test_validation_images_bear_numbers_whose_published_label_is_a_class_of_it(
    miniature: Demo,
) -> None:
    numbers = [int(name[15:23]) for name in members(miniature.val.read_bytes())]
    labels = [ilsvrc.classes()[int(validation_labels()[number - 1])].wnid for number in numbers]
    assert sorted(labels) == sorted(2 * miniature.wnids)


def test_counts_are_those_of_its_archives(miniature: Demo, train: dict[str, bytes]) -> None:
    assert dict(miniature.counts) == {
        "train": len(train),
        "val": len(members(miniature.val.read_bytes())),
        "test": len(members(miniature.test.read_bytes())),
    }


def test_each_odd_image_is_what_it_is_said_to_be(miniature: Demo, train: dict[str, bytes]) -> None:
    name_of = {kind: name for name, kind in miniature.odd.items()}

    def opened(kind: str) -> Image.Image:
        return Image.open(io.BytesIO(train[name_of[kind]]))

    assert opened("png").format == "PNG"
    assert (opened("cmyk").mode, opened("grey").mode) == ("CMYK", "L")
    assert opened("rotated").getexif()[0x0112] == 6
    with pytest.raises(OSError, match="truncated"):
        opened("truncated").load()
    assert train[name_of["empty"]] == b""


def test_every_other_image_is_a_whole_rgb_jpeg(miniature: Demo, train: dict[str, bytes]) -> None:
    for name in train.keys() - miniature.odd.keys():
        try:
            image = Image.open(io.BytesIO(train[name]))
        except UnidentifiedImageError:
            pytest.fail(f"{name} is no image")
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_the_same_bytes_every_time(tmp_path: Path, miniature: Demo) -> None:
    build_demo(tmp_path)
    assert files(tmp_path) == files(miniature.folder)


def test_another_seed_gives_other_pictures(tmp_path: Path) -> None:
    one, other = (build_demo(tmp_path / str(s), images_per_class=1, seed=s) for s in (0, 1))
    assert one.val.read_bytes() != other.val.read_bytes()
    assert set(one.odd.values()) == set(other.odd.values())


def test_a_demo_that_is_there_is_kept_with_whatever_lies_beside_it(tmp_path: Path) -> None:
    first = build_demo(tmp_path, images_per_class=1)
    (tmp_path / "imagenet.db").write_text("a catalogue")
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert build_demo(tmp_path, images_per_class=1) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times


@pytest.mark.parametrize("lost", [[TRAIN], [MARKER, TRAIN]], ids=["later", "at once"])
def test_one_that_was_interrupted_is_finished(tmp_path: Path, lost: list[str]) -> None:
    whole = files(build_demo(tmp_path, images_per_class=1).folder)
    for path in tmp_path.iterdir():
        if path.name in lost or MARKER in lost:
            path.rename(f"{path}.demo-partial")
    build_demo(tmp_path, images_per_class=1)
    assert files(tmp_path) == whole


def test_somebodys_imagenet_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / TRAIN).write_bytes(b"138 GB of somebody's")
    with pytest.raises(DemoError, match=f"it holds {TRAIN}, and no demo"):
        build_demo(tmp_path)
    assert files(tmp_path) == {TRAIN: b"138 GB of somebody's"}


def test_an_archive_put_in_a_demos_place_is_never_touched(tmp_path: Path) -> None:
    demo = build_demo(tmp_path, images_per_class=1)
    demo.train.write_bytes(b"138 GB of somebody's")
    demo.val.unlink()
    with pytest.raises(DemoError, match="not the one that the demo wrote"):
        build_demo(tmp_path, images_per_class=1)
    assert demo.train.read_bytes() == b"138 GB of somebody's"
    assert not demo.val.exists()


def test_a_demo_of_another_size_is_not_taken_for_the_one_asked_for(tmp_path: Path) -> None:
    build_demo(tmp_path, images_per_class=1)
    with pytest.raises(DemoError, match="a demo of 1 images a class with seed 0"):
        build_demo(tmp_path, images_per_class=2)


def test_a_file_in_the_folders_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(DemoError, match="no folder"):
        build_demo(tmp_path / "demo")


def test_a_demo_of_no_images_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        build_demo(tmp_path / "demo", images_per_class=0)
    assert not (tmp_path / "demo").exists()
