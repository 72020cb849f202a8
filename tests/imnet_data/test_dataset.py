from __future__ import annotations

import io
import multiprocessing
import pickle
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import imnet_data
from imnet_data.dataset.dataset import ImageDataset
from imnet_data.errors import AmbiguousRelease, ImageNotRead
from imnet_data.facts import ilsvrc

from .indexing.trees import tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.demo.build import Demo

BROKEN = {"truncated", "empty"}


@pytest.fixture(scope="module")
def catalogue(
    miniature: Demo, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[imnet_data.Catalogue]:
    """The miniature, and pictures of one's own in folders; nothing of it was verified."""
    folder = tmp_path_factory.mktemp("dataset")
    files: dict[str, bytes | None] = {
        f"{split}/{name}.jpg": None for split in ("train", "val") for name in ("rex/1", "tom/a.b")
    }
    files |= {"train/rex/2.JPEG": None, "train/n02085620/n02085620_7.JPEG": None}
    pets = tree(folder / "pets", files)
    with imnet_data.open(folder / "imagenet.db", create=True) as opened:
        opened.index(miniature.folder, release="ilsvrc2012")
        opened.index(pets, release="pets")
        yield opened


@pytest.fixture(scope="module")
def verified(
    miniature: Demo, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(tmp_path_factory.mktemp("v") / "imagenet.db", create=True) as opened:
        opened.index(miniature.train)
        opened.verify(level="decode", workers=0)
        yield opened


def broken_name(miniature: Demo, what: str) -> str:
    return next(name for name, kind in miniature.odd.items() if kind == what)


# -- which images, under which labels


@pytest.mark.parametrize("release", ["ilsvrc2012", "pets", "*"])
def test_a_dataset_has_the_bytes_names_and_places_of_its_query(
    catalogue: imnet_data.Catalogue, release: str
) -> None:
    query = catalogue.images(release=release)
    images, dataset = list(query), query.dataset(loader=bytes)
    assert len(dataset) == len(images) > 0
    for at, image in enumerate(images):
        assert dataset.name(at) == image.name
        assert dataset.place(at) == image.place
        data, label = dataset[at]
        assert data == image.read()
        assert dataset.targets[at] == label
        known = image.synset.name if image.synset else None
        assert (dataset.classes[label] if label >= 0 else None) == known


def test_classes_are_numbered_in_wnid_order_whatever_split_and_draw(
    catalogue: imnet_data.Catalogue,
) -> None:
    dogs = catalogue.images("dog", release="ilsvrc2012")
    train = dogs.where(split="train").dataset()
    few = dogs.where(split="val").sample(1, seed=4).dataset()
    assert train.wnids == sorted(set(train.wnids), key=str) == few.wnids
    assert train.class_to_idx == few.class_to_idx
    assert train.class_to_idx["chihuahua.n.03"] == train.wnid_to_idx["n02085620"] == 0
    assert train.targets.dtype == np.int64
    assert train.targets.tolist() == sorted(train.targets.tolist())


def test_own_classes_stand_behind_wordnets_and_have_no_wnid(
    catalogue: imnet_data.Catalogue,
) -> None:
    pets = catalogue.images(release="pets", split="val").dataset()
    assert pets.classes == ["chihuahua.n.03", "own:rex", "own:tom"]
    assert pets.wnids == ["n02085620", None, None]
    assert pets.targets.tolist() == [1, 2]


def test_a_draw_comes_in_drawn_order(catalogue: imnet_data.Catalogue) -> None:
    drawn = catalogue.images(release="ilsvrc2012", split="train").sample(9, seed=3)
    dataset = drawn.dataset()
    assert list(map(dataset.name, range(9))) == list(drawn.names())


def test_a_subset_gives_its_own_indices_and_no_label_to_test_images(
    catalogue: imnet_data.Catalogue,
) -> None:
    subset = catalogue.subset("ilsvrc2012")
    val, test = subset.dataset("val", loader=bytes), subset.dataset("test")
    known = ilsvrc.by_wnid()
    of_name = {image.name: image for image in catalogue.images(split="val", release="ilsvrc2012")}
    assert len(val.classes) == 1000
    assert len(val) == len(of_name)
    for at in range(len(val)):
        data, label = val[at]
        image = of_name[val.name(at)]
        assert label == known[image.wnid or ""].class_index == val.wnid_to_idx[image.wnid or ""]
        assert data == image.read()
    assert set(test.targets.tolist()) == {-1}
    with pytest.raises(ValueError, match="no part"):
        subset.dataset("holiday")


def test_images_of_several_releases_are_not_mixed_unasked(
    catalogue: imnet_data.Catalogue,
) -> None:
    with pytest.raises(AmbiguousRelease):
        catalogue.images("dog").dataset()


# -- asking for images


def test_pictures_come_as_torchvision_loads_them(
    catalogue: imnet_data.Catalogue, miniature: Demo
) -> None:
    odd = {name for name, what in miniature.odd.items() if what in ("grey", "cmyk", "png")}
    dataset = catalogue.images(release="ilsvrc2012", split="train").dataset()
    found = [at for at in range(len(dataset)) if dataset.name(at) in odd]
    assert len(found) == 3
    for at in found:
        picture, _ = dataset[at]
        with Image.open(io.BytesIO(catalogue.image(dataset.name(at)).read())) as opened:
            expected = opened.convert("RGB")
        assert picture.mode == "RGB"
        assert picture.tobytes() == expected.tobytes()
    dataset.transform = np.asarray
    assert dataset[found[0]][0].shape[2] == 3


def test_numbers_are_taken_as_a_list_takes_them(catalogue: imnet_data.Catalogue) -> None:
    dataset = catalogue.images(release="pets").dataset(loader=bytes)
    size = len(dataset)
    assert dataset[-1] == dataset[size - 1] == dataset[np.int64(size - 1)]
    assert list(dataset) == [dataset[at] for at in range(size)]
    for beyond in (size, -size - 1):
        with pytest.raises(IndexError, match=f"has {size}"):
            dataset[beyond]
    with pytest.raises(TypeError, match="subset"):
        dataset[1:3]  # type: ignore[index]
    with pytest.raises(TypeError):
        dataset[1.0]  # type: ignore[index]


def test_a_batch_has_the_images_in_the_order_asked_for(catalogue: imnet_data.Catalogue) -> None:
    dataset = catalogue.images(release="*").dataset(loader=bytes)
    asked = [*np.random.default_rng(0).permutation(len(dataset)).tolist(), 0, 0, -1]
    assert dataset.__getitems__(asked) == [dataset[at] for at in asked]
    assert dataset.__getitems__([]) == []


def test_a_class_below_it_is_asked_for_each_image_of_a_batch(
    catalogue: imnet_data.Catalogue,
) -> None:
    class Sizes(ImageDataset):
        def __getitem__(self, number: Any) -> tuple[Any, int]:
            data, label = super().__getitem__(number)
            return len(data), label

    made = catalogue.images(release="pets").dataset(loader=bytes)
    sizes = Sizes(made._rows, made._origin, loader=bytes)
    assert sizes.__getitems__([1, 2]) == [sizes[1], sizes[2]] != made.__getitems__([1, 2])


def test_a_subset_of_numbers_keeps_labels_and_names(catalogue: imnet_data.Catalogue) -> None:
    dataset = catalogue.images(release="*").dataset(loader=bytes)
    chosen = [len(dataset) - 1, 3, -2]
    part = dataset.subset(chosen)
    assert [part[at] for at in range(3)] == [dataset[at] for at in chosen]
    assert list(map(part.name, range(3))) == list(map(dataset.name, chosen))
    assert part.class_to_idx == dataset.class_to_idx
    assert len(dataset.subset([])) == 0
    with pytest.raises(IndexError):
        dataset.subset([len(dataset)])
    with pytest.raises(TypeError):
        dataset.subset([0.5])  # type: ignore[list-item]


# -- what is broken


def test_broken_images_are_left_out_and_counted(
    verified: imnet_data.Catalogue, miniature: Demo
) -> None:
    bad = {name for name, what in miniature.odd.items() if what in BROKEN}
    for dataset in (verified.images().dataset(), verified.subset("ilsvrc2012").dataset()):
        assert dataset.left_out == len(bad) == 2
        assert bad.isdisjoint(map(dataset.name, range(len(dataset))))
        assert len([label for _, label in dataset]) == miniature.counts["train"] - 2
    whole = verified.images().dataset(keep_broken=True)
    assert (len(whole), whole.left_out) == (miniature.counts["train"], 0)


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_broken_image_is_named_with_the_command_that_finds_it(
    catalogue: imnet_data.Catalogue, miniature: Demo, what: str
) -> None:
    name = broken_name(miniature, what)
    dataset = catalogue.images(release="ilsvrc2012", split="train").dataset()
    at = [dataset.name(at) for at in range(len(dataset))].index(name)
    with pytest.raises(ImageNotRead, match="does not decode") as caught:
        dataset[at]
    error = caught.value
    assert (error.name, error.number, error.path) == (name, at, str(miniature.train))
    assert error.advice == f"imnet-data -c {catalogue.path} verify --level decode"
    assert str(error).startswith(f"{name} (number {at}")
    assert "0x" not in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.name) == (str(error), name)
    # torch makes a worker's error anew, from a text around it.
    assert str(type(error)(f"Caught in worker 0: {error}")).endswith(str(error))


def test_an_archive_that_is_gone_or_changed_is_told_with_what_to_type(
    miniature: Demo, tmp_path: Path
) -> None:
    tar = tmp_path / miniature.train.name
    shutil.copyfile(miniature.train, tar)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(tar)
        dataset = catalogue.images().dataset(loader=bytes)
    data = tar.read_bytes()
    tar.write_bytes(data[512:] + data[:512])
    with pytest.raises(ImageNotRead, match=f"has changed.*; try: .* index {tar}$"):
        dataset[0]
    tar.unlink()
    for ask in (lambda: dataset[7], lambda: dataset.__getitems__([7])):
        with pytest.raises(ImageNotRead, match=r"does not exist; try: .* archives relocate OLD"):
            ask()


def test_an_error_of_ones_own_transform_names_the_image(catalogue: imnet_data.Catalogue) -> None:
    dataset = catalogue.images(release="ilsvrc2012", split="val").dataset(lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError) as caught:
        dataset[2]
    assert dataset.name(2) in caught.value.__notes__[0]


# -- processes


def read_all(dataset: ImageDataset, results: Any) -> None:
    """In a worker: every image backwards, and whether its rows are mapped, not copied."""
    found = [dataset[at] for at in reversed(range(len(dataset)))]
    results.put((found, [array.flags.owndata for array in dataset._rows._arrays]))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_read_what_their_parent_reads(catalogue: imnet_data.Catalogue, method: str) -> None:
    dataset = catalogue.images(release="*").dataset(loader=bytes)
    expected = [dataset[at] for at in reversed(range(len(dataset)))]  # and opens the archives
    context: Any = multiprocessing.get_context(method)
    results = context.Queue()
    workers = [context.Process(target=read_all, args=(dataset, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in workers:
        found, owned = results.get(timeout=60)
        assert found == expected
        assert not any(owned)
    for worker in workers:
        worker.join()
        worker.close()
    results.close()
    results.join_thread()


def test_a_pickle_holds_28_bytes_an_image_and_outlives_the_catalogue(
    catalogue: imnet_data.Catalogue,
) -> None:
    dataset = catalogue.images(release="ilsvrc2012", split="train").dataset(loader=bytes)
    many = dataset.subset(np.zeros(100_000, np.int64))
    # Beside the rows: classes, archives, and that there are no names to store.
    assert len(pickle.dumps(many)) < 28 * len(many) + 10_000
    assert pickle.loads(pickle.dumps(many))[99_999] == dataset[0]
