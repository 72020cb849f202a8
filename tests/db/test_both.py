"""The same sequence of work on a file and on a server: the same rows, and the same answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.db.tables import metadata
from imnet_data.demo.build import build_demo
from imnet_data.subsets.diff import diff
from imnet_data.subsets.recipe import Recipe
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.mean import MeanOptions
from tests.imnet_data.indexing.trees import content, flat_tar, tree
from tests.voc import annotation, marked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data import Catalogue
    from imnet_data.db.engine import Connection
    from tests.postgres_server import PostgresServer

# What differs by nature: which catalogue it is, when something was done, and where ids begin. An
# archive's name is as it lies beside a file, and whole on a server.
NOT_COMPARED = {
    "catalogue": {"uuid"},
    "archive": {"uri", "first_image", "last_image"},
    "archive_inspection": {"at"},
    "finding": {"id"},
    "subset": {"made"},
    "statistics": {"made"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo, and beside it what people have beside an ImageNet."""
    folder = tmp_path_factory.mktemp("both")
    demo = build_demo(folder / "demo", images_per_class=2)
    some, other = demo.wnids[:2]
    # The same keys in another place, two of them with other bytes; and a class of one's own.
    names = [f"{some}_{number}" for number in (1, 2)]
    own: dict[str, bytes | None] = {
        f"own/{at}/{at}_{n}.JPEG": None for at in ("rex", "Ärger\\n%") for n in (1, 2, 3)
    }
    tree(folder, own | {f"tree/{some}/{name}.JPEG": None for name in names})
    samples = {f"{n:05d}.{end}": data for n in range(12) for end, data in sample(n)}
    (folder / "shard-000000.tar").write_bytes(flat_tar(samples))
    xmls = {
        f"Annotation/{wnid}/{wnid}_{n}.xml": annotation(
            f"{wnid}_{n}",
            [marked(wnid, n, 2, 30, 40), marked("n02084071", 1, 1, 9, 9, truncated=1)],
        )
        for wnid in (some, other)
        for n in (1, 2)
    }
    (folder / "boxes.tar").write_bytes(flat_tar(xmls))
    return folder


def sample(n: int) -> list[tuple[str, bytes]]:
    return [("jpg", content(f"sample {n % 10}")), ("cls", b"%d" % (n % 3))]


@pytest.fixture(scope="module")
def both(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[tuple[Catalogue, Catalogue]]:
    file = tmp_path_factory.mktemp("file") / "imagenet.db"
    with (
        imnet_data.open(file, create=True) as one,
        imnet_data.open(postgres.database(), create=True) as other,
    ):
        yield one, other


# -- what is done, in this order


def index_all(catalogue: Catalogue, folder: Path) -> Any:
    found = [catalogue.index(folder / name) for name in ("demo", "tree", "boxes.tar")]
    found.append(catalogue.index(folder / "shard-000000.tar", release="mine"))
    found.append(catalogue.index(folder / "own", release="pets", split="train"))
    found.append(catalogue.index(folder / "demo"))
    return [dataclasses.replace(one, seconds=0) for report in found for one in report.archives]


def hang_own_classes(catalogue: Catalogue, folder: Path) -> Any:
    catalogue.add_class("empty", parent="dog")
    catalogue.set_parent("rex", "dog.n.01")
    catalogue.add_class("under rex", parent="own:rex")
    return [str(one) for one in catalogue.own_classes()], catalogue.stats(), catalogue.releases()


def verify_decode(catalogue: Catalogue, folder: Path) -> Any:
    found = [catalogue.verify(level=level, workers=0) for level in ("quick", "decode")]
    found.append(
        catalogue.verify("dog", release="ilsvrc2012", level="decode", workers=0, again=True)
    )
    found.append(catalogue.verify(level="decode", workers=0, changed_only=True))
    return [(one.looked_at, one.unchanged, one.out_of_reach, one.copies) for one in found]


def ask_health(catalogue: Catalogue, folder: Path) -> Any:
    groups = [
        *catalogue.duplicates(release="*"),
        *catalogue.duplicates(release="ilsvrc2012", near=8),
    ]
    broken = catalogue.images("@ilsvrc2012", split="train", release="ilsvrc2012").first()
    assert broken is not None
    return (
        list(catalogue.findings()),
        list(catalogue.findings("dog | own:rex", release="*", codes=["broken", "note"])),
        [(plain(*one.images), one.distances, one.leak, one.placeholder) for one in groups],
        catalogue.health(broken),
    )


def ask_images(catalogue: Catalogue, folder: Path) -> Any:
    every = catalogue.images(release="*")
    dogs = catalogue.images("dog", release="ilsvrc2012")
    with catalogue.reading() as connection:
        by_sql = sorted(row.number for row in connection.execute(dogs.sample(5).statement))
        of_sql = len(
            connection.execute(
                every.statement.where(every.statement.selected_columns.size > 0)
            ).all()
        )
    train = catalogue.images("animal", split="train", release="ilsvrc2012")
    return (
        plain(*every),
        every.counts(),
        every.size_bytes(),
        sorted(plain(*every.in_disk_order()), key=repr),
        plain(*train.in_disk_order()),
        plain(*every.sample(40, seed=3)),
        plain(*every.sample(5, seed=3, start=7)),
        plain(*train.per_class(2, seed=1).with_boxes()),
        plain(*dogs.sample(7).in_disk_order().limit(3)),
        plain(catalogue.image("n01440764_1", release="ilsvrc2012")),
        plain(*catalogue.alternates(catalogue.image("n01440764_1", release="ilsvrc2012"))),
        (by_sql, of_sql),
    )


def make_subsets(catalogue: Catalogue, folder: Path) -> Any:
    recipe = Recipe("half", release="ilsvrc2012", fraction=0.5, seed=2, holdout=0.3)
    catalogue.create_subset(recipe)
    catalogue.create_subset(Recipe("dogs", release="ilsvrc2012", classes="dog", splits=("train",)))
    half, dogs = catalogue.subset("half"), catalogue.subset("dogs")
    shards = folder / "written" / catalogue.uuid
    dogs.shard(shards, workers=0)
    return (
        half.lock().to_json(),
        list(half.listing()),
        [row[1:5] for row in half.rows()],
        diff(half, dogs),
        dogs.excluded,
        [(path.name, path.read_bytes()) for path in sorted(shards.glob("*.tar"))],
        [(one.name, one.recipe) for one in catalogue.subsets()],
    )


def measure_mean(catalogue: Catalogue, folder: Path) -> Any:
    options = MeanOptions(Geometry(resize_px=18, crop_px=16), sample=20)
    found = [catalogue.subset("dogs").mean(options=options, workers=0) for _ in range(2)]
    return [one.statistics for one in found]


def index_what_changed(catalogue: Catalogue, folder: Path) -> Any:
    report = catalogue.index(folder / "demo")
    again = catalogue.verify(level="decode", workers=0)
    half = catalogue.subset("half")
    return (
        [(one.outcome, one.images, one.alternates) for one in report.archives],
        (again.looked_at, again.unchanged),
        half.check(),
        catalogue.lock_subset("half").lock.to_json(),
    )


def remove_archives(catalogue: Catalogue, folder: Path) -> Any:
    moved = catalogue.remove_archive(folder / "demo" / "ILSVRC2012_img_train.tar")
    catalogue.remove_archive(folder / "own")
    for name in ("under rex", "rex"):
        catalogue.remove_class(name)
    catalogue.remove_archive(folder / "boxes.tar")
    return moved, catalogue.stats(), plain(*catalogue.images(release="*"))


JOBS = (
    index_all,
    hang_own_classes,
    verify_decode,
    ask_health,
    ask_images,
    make_subsets,
    measure_mean,
    index_what_changed,
    remove_archives,
)


def change(folder: Path) -> None:
    """Another train archive than before: some images are gone, some are new, all lie elsewhere."""
    for path in (folder / "demo").iterdir():
        path.unlink()
    build_demo(folder / "demo", images_per_class=3, seed=1)


def test_a_server_holds_and_answers_what_a_file_does(
    folder: Path, both: tuple[Catalogue, Catalogue]
) -> None:
    for job in JOBS:
        if job is index_what_changed:
            change(folder)
        in_file, on_server = (job(catalogue, folder) for catalogue in both)
        assert on_server == in_file, job.__name__
        there, here = map(dump, both)
        for name, rows in there.items():
            assert here[name] == rows, (job.__name__, name)


# -- what is compared


def plain(*images: Any) -> list[Any]:
    """Images without the ids that they have in their catalogue."""
    return [dataclasses.replace(image, id=0) for image in images]


def dump(catalogue: Catalogue) -> dict[str, list[str]]:
    """Every row, with an image's key in the place of its id; in an order of their own."""
    with catalogue.reading() as connection:
        keys = keys_of(connection)
        return {
            name: sorted(map(repr, rows_of(connection, name, keys)))
            for name in metadata.tables
            if name != "writer"
        }


def keys_of(connection: Connection) -> dict[int | None, tuple[Any, ...]]:
    rows = connection.execute(metadata.tables["image"].select())
    return {row.id: (row.release, row.synset, row.split, row.number, row.name) for row in rows}


def rows_of(
    connection: Connection, name: str, keys: dict[int | None, tuple[Any, ...]]
) -> Iterator[dict[str, Any]]:
    ids = "id" if name == "image" else "image"
    for row in connection.execute(metadata.tables[name].select()):
        values = dict(row._mapping)
        for column in NOT_COMPARED.get(name, ()):
            del values[column]
        if ids in values:
            values[ids] = keys.get(values[ids])
        yield values
