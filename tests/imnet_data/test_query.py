from __future__ import annotations

import pickle
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, func, select

import imnet_data
from imnet_data.facts.class_lists import class_list

from .indexing.trees import TENCH, train_tar, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

DOGS = ["n02085620", "n02085782", "n02088094", "n02090622"]  # the last two hunt
BIRDS = ["n01530575", "n02012849"]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[imnet_data.Catalogue]:
    folder = tmp_path_factory.mktemp("query")
    numbers = {
        wnid: list(range(10, 10 + 7 * (at + 1))) for at, wnid in enumerate([*DOGS, *BIRDS, TENCH])
    }
    train_tar(folder / "train.tar", numbers)
    tree(
        folder / "pets",
        {
            **{
                f"train/{name}/{n}.jpg": None
                for name in ("rex", "tom", "dog.n.01")
                for n in range(9)
            },
            **{f"val/rex/{n}.jpg": None for n in range(5)},
        },
    )
    with imnet_data.open(folder / "imagenet.db", create=True) as opened:
        opened.index([folder / "train.tar", folder / "pets"])
        yield opened


def test_expressions_choose_by_meaning(catalogue: imnet_data.Catalogue) -> None:
    ilsvrc = catalogue.images(release="ilsvrc2012")
    assert ilsvrc.where("dog").count() == 7 + 14 + 21 + 28
    assert ilsvrc.where("dog - hunting_dog").counts() == {
        "chihuahua.n.03": 7,
        "japanese_spaniel.n.01": 14,
    }
    assert ilsvrc.where("animal").where("bird.n.01").count() == 35 + 42
    assert ilsvrc.where("@imagenette").count() == 49
    assert {image.wnid for image in ilsvrc.where("dog & hunting_dog")} == {"n02088094", "n02090622"}


def test_counts_agree_with_what_is_iterated(catalogue: imnet_data.Catalogue) -> None:
    for expression in (None, "dog", "animal - dog", "own:rex", "vehicle"):
        for release in ("ilsvrc2012", "pets", "*"):
            for split in (None, "train", "val"):
                query = catalogue.images(expression, release=release, split=split)
                images = list(query)
                assert query.count() == len(images) == len({image.id for image in images})
                assert query.size_bytes() == sum(image.size for image in images)
                assert list(query.names()) == [image.name for image in images]
                assert sum(map(len, query.batches(10))) == len(images)


def test_a_synset_with_several_ways_up_is_counted_once(catalogue: imnet_data.Catalogue) -> None:
    # A dog is a domestic animal and a canine: two ways to animal.
    assert catalogue["animal"].subtree_images == sum(
        image.synset is not None and catalogue["animal"] in image.synset.ancestors
        for image in catalogue.images(release="*")
    )


def test_plain_sql_over_the_closure_counts_the_same(catalogue: imnet_data.Catalogue) -> None:
    from imnet_data.db import selects

    with catalogue.reading() as connection:
        for name in ("dog", "animal", "entity", "own:rex", "hunting_dog"):
            synset = catalogue[name]
            assert selects.images_under(connection, synset.id) == synset.subtree_images


def test_a_sample_is_a_draw_without_repetition(catalogue: imnet_data.Catalogue) -> None:
    query = catalogue.images("dog", release="ilsvrc2012")
    drawn = list(query.sample(30, seed=4))
    assert len({image.id for image in drawn}) == 30
    assert all(catalogue["dog"] in image.synset.ancestors for image in drawn if image.synset)
    assert [image.name for image in query.sample(10, seed=4)] == [i.name for i in drawn[:10]]
    assert list(query.sample(30, seed=5).names()) != [image.name for image in drawn]
    assert query.sample(1000).count() == len(list(query.sample(1000))) == query.count()
    assert set(query.sample(1000).names()) == set(query.names())
    assert query.sample(30, seed=4).limit(7).count() == 7
    later = query.sample(10, seed=4, start=20)
    assert [image.name for image in later] == [image.name for image in drawn[20:]]
    assert (later.count(), query.sample(9, start=query.count() - 2).count()) == (10, 2)
    assert list(query.sample(9, start=query.count() + 5)) == []
    by_disk = [image.id for image in query.sample(30, seed=4).in_disk_order()]
    assert by_disk == sorted(image.id for image in drawn)


def test_per_class_draws_from_each_class(catalogue: imnet_data.Catalogue) -> None:
    query = catalogue.images("animal", release="ilsvrc2012").per_class(10, seed=2)
    assert query.count() == 7 + 10 * 6
    held: dict[str, int] = {}
    for image in query:
        held[image.name.split("_")[0]] = held.get(image.name.split("_")[0], 0) + 1
    assert held == {wnid: 7 if wnid == DOGS[0] else 10 for wnid in [*DOGS, *BIRDS, TENCH]}
    # A class's draw does not depend on which other classes are asked for.
    alone = catalogue.images("chihuahua | crane.n.05", release="ilsvrc2012").per_class(10, seed=2)
    assert set(alone.names()) <= set(query.names())


def test_a_draw_is_the_same_however_the_images_were_indexed(tmp_path: Path) -> None:
    draw = random.Random(3)
    wnids = class_list("ilsvrc2012").wnids[:40]
    numbers = {wnid: draw.sample(range(30_000), 20) for wnid in wnids}
    own = {f"pets/{name}/{n}.jpg": None for name in ("zoe", "rex", "tom") for n in range(10)}
    drawn = []
    for machine in range(3):
        folder = tmp_path / str(machine)
        folder.mkdir()
        shuffled = {w: draw.sample(numbers[w], 20) for w in draw.sample(wnids, 40)}
        first, second = dict(list(shuffled.items())[:25]), dict(list(shuffled.items())[25:])
        paths = [
            train_tar(folder / "a.tar", first),
            train_tar(folder / "b.tar", second),
            tree(folder, dict(draw.sample(sorted(own.items()), len(own)))) / "pets",
        ]
        if machine:
            # Another machine made its own classes in another order, so their ids differ.
            tree(folder / "before", {"pets/tom/1.jpg": None, "pets/zoe/1.jpg": None})
            paths.append(folder / "before" / "pets")
        draw.shuffle(paths)
        with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
            for path in paths:
                catalogue.index(path, release="x" if path.parent.name == "before" else None)
            drawn.append(
                [
                    list(catalogue.images(release="ilsvrc2012").sample(50, seed=9).names()),
                    list(catalogue.images(release="pets").sample(12, seed=9).names()),
                    list(catalogue.images(release="ilsvrc2012").per_class(3, seed=1).names()),
                    list(catalogue.images(release="pets").per_class(2, seed=1).names()),
                    list(catalogue.images(release="pets").names()),
                ]
            )
    assert drawn[0] == drawn[1] == drawn[2]


def test_disk_order_is_the_order_of_offsets(catalogue: imnet_data.Catalogue) -> None:
    query = catalogue.images("dog", release="ilsvrc2012").in_disk_order()
    offsets = [image.place.offset for image in query]
    assert offsets == sorted(offsets)
    assert len(offsets) == query.count()


def test_batches_hold_where_the_bytes_are(catalogue: imnet_data.Catalogue) -> None:
    (batch,) = catalogue.images("tench").batches()
    assert batch.dtype.names == (
        "id",
        "release",
        "synset",
        "split",
        "number",
        "archive",
        "offset",
        "size",
    )
    assert (batch["synset"] == 1440764).all()
    path = catalogue.archives()[0].path
    data = Path(path).read_bytes()
    for row, image in zip(batch, catalogue.images("tench"), strict=True):
        assert data[row["offset"] :][: row["size"]] == image.read()


def test_the_statement_goes_on_in_sql(catalogue: imnet_data.Catalogue) -> None:
    engine = create_engine(f"sqlite:///{catalogue.path}")
    query = catalogue.images("dog", release="ilsvrc2012")
    with engine.connect() as connection:
        for asked in (query, query.sample(5, seed=1), query.limit(3)):
            inner = asked.statement.subquery()
            assert (
                connection.execute(select(func.count()).select_from(inner)).scalar()
                == asked.count()
            )
    engine.dispose()


def test_an_image_pickles_and_reads_elsewhere(catalogue: imnet_data.Catalogue) -> None:
    image = catalogue.images("tench").first()
    assert image is not None
    pickled = pickle.dumps(image)
    assert len(pickled) < 2000
    again = pickle.loads(pickled)
    assert again == image
    assert again.read() == image.read()
    assert (again.synset.name, again.synset.own_images) == ("tench.n.01", 0)


def test_an_image_of_an_own_class_keeps_its_class_when_it_is_pickled(tmp_path: Path) -> None:
    (tmp_path / "pets" / "rex").mkdir(parents=True)
    (tmp_path / "pets" / "rex" / "1.png").write_bytes(b"x")
    with imnet_data.open(tmp_path / "x.db", create=True) as catalogue:
        catalogue.index(tmp_path / "pets")
        image = next(iter(catalogue.images()))
        again = pickle.loads(pickle.dumps(image))
        assert again == image
        assert repr(again.synset) == "<Synset own:rex>"


@pytest.mark.parametrize(
    "name", ["n01440764_10", "n01440764_10.JPEG", "n01440764/n01440764_10.jpg"]
)
def test_an_image_is_found_by_any_way_to_write_its_name(
    catalogue: imnet_data.Catalogue, name: str
) -> None:
    assert catalogue.image(name).name == "n01440764_10"


def test_what_cannot_be_answered_is_said(catalogue: imnet_data.Catalogue) -> None:
    with pytest.raises(imnet_data.ImnetDataError, match="ilsvrc2012"):
        catalogue.images("dog").count()
    with pytest.raises(imnet_data.ImnetDataError, match="no release 'imagenet'"):
        catalogue.images(release="imagenet")
    with pytest.raises(imnet_data.ImnetDataError, match="no image called"):
        catalogue.image("n01440764_999999")
    with pytest.raises(imnet_data.ImnetDataError, match=r"pets/train, pets/val"):
        catalogue.image("rex/1.jpg")
    with pytest.raises(ValueError, match="split"):
        catalogue.images(split="validate")
    with pytest.raises(ValueError, match="negative"):
        catalogue.images().sample(-1)
    with pytest.raises(ValueError, match="before drawing"):
        catalogue.images("dog").sample(3).where("cat")


def test_synsets_know_their_place_and_their_images(catalogue: imnet_data.Catalogue) -> None:
    dog = catalogue["n02084071"]
    assert dog is not catalogue["dog"]
    assert dog == catalogue["dog"] == imnet_data.synset("dog.n.01")
    assert [parent.name for parent in dog.parents] == ["canine.n.02", "domestic_animal.n.01"]
    assert dog.own_images == 9
    assert dog.subtree_images == 9 + 70
    assert dog.images(release="pets").count() == 9
    assert dog.similarity(catalogue["cat"]) == pytest.approx(0.2)
    assert [one.name for one in dog.lowest_common_hypernyms(catalogue["cat"])] == ["carnivore.n.01"]
    rex = catalogue["own:rex"]
    assert (rex.wnid, rex.name, rex.lemmas, rex.parents) == (None, "own:rex", ("rex",), ())
    assert rex.paths_to_root() == [(rex,)]


def test_a_reader_sees_what_another_process_has_indexed_since(tmp_path: Path) -> None:
    with imnet_data.open(tmp_path / "a.db", create=True) as writer:
        writer.index(train_tar(tmp_path / "train.tar", {TENCH: [1]}))
        with imnet_data.open(tmp_path / "a.db") as reader:
            assert reader.images().count() == 1
            writer.index(tree(tmp_path / "pets", {"rex/1.jpg": None}))
            assert reader["own:rex"].own_images == 1
            assert reader.images(release="*").count() == 2


def test_a_name_that_another_release_stores_hides_no_image(tmp_path: Path) -> None:
    train_tar(tmp_path / "train.tar", {TENCH: [7]})
    tree(tmp_path / "pets", {f"train/rex/{TENCH}_7.jpg": None})
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index([tmp_path / "train.tar", tmp_path / "pets"])
        found = {
            release: catalogue.image(f"{TENCH}_7", release=release).release
            for release in catalogue.releases()
        }
        assert found == {"ilsvrc2012": "ilsvrc2012", "pets": "pets"}
        with pytest.raises(imnet_data.errors.AmbiguousImage):
            catalogue.image(f"{TENCH}_7.JPEG")
