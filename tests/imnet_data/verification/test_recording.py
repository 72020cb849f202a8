"""What is written down is what holds of the bytes that the catalogue has now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.db import inspections
from imnet_data.db.engine import reading
from imnet_data.db.selects import image_statement
from imnet_data.db.stretches import DiskOrder
from imnet_data.verification.inspected import Inspected
from imnet_data.verification.levels import Level
from imnet_data.verification.recording import Recorder
from imnet_data.verification.spans import Looked
from imnet_data.verification.stamps import stamp, stamps
from tests.imnet_data.verification.looking import storage_of
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import PLANTED, WNIDS, files, pack_tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from imnet_data.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        opened.index(pack_tar(tmp_path, files()))
        yield opened


def rows_of(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    everything = image_statement(synsets=None, release_ids=None, split=None)
    with catalogue.reading() as connection:
        found = DiskOrder(everything).rows(connection, after=None, most=100)
    return [row[:10] for row in found]


def counted(catalogue: Catalogue, table: str) -> int:
    with catalogue.reading() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_digests_and_sizes_are_those_of_the_bytes(catalogue: Catalogue) -> None:
    rows = rows_of(catalogue)
    assert Inspected(storage_of(catalogue)).digests(rows) == [None] * 16
    catalogue.verify(level="digest", workers=0)
    inspected = Inspected(storage_of(catalogue))
    by_name = dict(
        zip(catalogue.rows.names(rows), zip(*_known(inspected, rows), strict=True), strict=True)
    )
    for seed, name in enumerate(f"{wnid}_{n}" for wnid in WNIDS for n in range(8)):
        digest, size = by_name[name]
        if name not in PLANTED:
            assert (digest, size) == (hashlib.sha256(jpeg(seed)).digest()[:16], (120, 90))
    assert by_name[f"{WNIDS[1]}_4"][1] is None  # no image, so no size


def _known(inspected: Inspected, rows: Any) -> tuple[list[Any], list[Any]]:
    return inspected.digests(rows), inspected.sizes(rows)


def test_what_was_learnt_of_an_archives_earlier_file_says_nothing(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.verify(level="digest", workers=0)
    rows = rows_of(catalogue)
    moved = [(*row[:6], row[6] + 512, *row[7:]) for row in rows]
    inspected = Inspected(storage_of(catalogue))
    assert inspected.digests(moved) == [None] * 16
    assert inspected.sizes(moved) == [None] * 16
    assert stamps(1, [row[6:8] for row in rows], "7") == [
        stamp(1, row[6], row[7], "7") for row in rows
    ]
    catalogue.remove_archive(tmp_path / "train.tar")
    assert [counted(catalogue, table) for table in ("inspection", "finding")] == [0, 0]


def test_an_image_looked_at_again_has_its_new_findings_alone(catalogue: Catalogue) -> None:
    catalogue.verify(level="digest", workers=0)
    (empty,) = catalogue.findings(codes=["empty"])
    image = catalogue.image(f"{WNIDS[0]}_1")
    recorder = Recorder(storage_of(catalogue))
    row = next(row for row in rows_of(catalogue) if row[0] == image.id)
    now = stamp(row[5], row[6], row[7], _signature(catalogue))
    recorder.add(
        Looked(
            [image.id],
            [(image.id, now, 2, None, None, None, None, None, None)],
            [("truncated", image.id, row[5], "half of it")],
        )
    )
    recorder.flush()
    codes = [one.code for one in catalogue.findings() if one.image == empty.image]
    assert codes == ["truncated"]


def _signature(catalogue: Catalogue) -> str:
    with reading(storage_of(catalogue)) as connection:
        return str(connection.exec_driver_sql("SELECT signature FROM archive").scalar_one())


def test_an_archives_deepest_level_stays(catalogue: Catalogue) -> None:
    def level() -> int:
        with catalogue.reading() as connection:
            ((_, deepest),) = inspections.archive_levels(connection).values()
        return deepest

    for asked, deepest in (("quick", 1), ("decode", 3), ("quick", 3), ("digest", 3)):
        catalogue.verify(level=asked, workers=0)
        assert level() == deepest == Level(deepest)


def test_a_part_of_an_archive_is_not_noted_as_all_of_it(catalogue: Catalogue) -> None:
    catalogue.verify(WNIDS[0], workers=0)
    with catalogue.reading() as connection:
        assert inspections.archive_levels(connection) == {}
