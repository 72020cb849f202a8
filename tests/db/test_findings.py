"""Findings are replaced by code and subject, asked for by class, split, archive, and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.db import findings as stored
from imnet_data.db import inspections
from imnet_data.db.engine import reading, writing
from imnet_data.db.findings import Within
from tests.imnet_data.indexing.trees import GOLDFISH, TENCH, train_tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.db.engine import Storage

TENCH_ID, GOLDFISH_ID = 1440764, 1443537


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        opened.index(train_tar(tmp_path / "train.tar", {TENCH: [1, 2, 3], GOLDFISH: [4, 5]}))
        yield opened


@pytest.fixture
def storage(catalogue: imnet_data.Catalogue) -> Storage:
    """Findings of three images, of their archive, and of two classes."""
    storage = catalogue._storage
    with writing(storage) as connection:
        images = [("truncated", 1, 1, "a"), ("grey", 1, 1, ""), ("grey", 4, 1, "")]
        stored.replace_image_findings(connection, range(1, 6), {"truncated", "grey"}, images)
        stored.replace_archive_findings(connection, 1, {"archive-faulty"}, [("archive-faulty", "")])
        short = [("class-short", 1, 1, TENCH_ID, "3"), ("class-short", 1, 1, GOLDFISH_ID, "2")]
        stored.replace_class_findings(connection, {"class-short"}, short)
        rows = [(at, 7, 2, 1, 4, 10, 10, bytes(16), -1) for at in range(1, 6)]
        inspections.record(connection, rows)
        inspections.note_archive(connection, 1, "s", 2)
    return storage


def codes(storage: Storage, within: Within = stored.EVERYWHERE) -> list[tuple[str, int | None]]:
    with reading(storage) as connection:
        return [(row.code, row.found_image) for row in stored.findings(connection, within=within)]


def test_they_come_by_code_with_their_images_and_stamps(storage: Storage) -> None:
    assert codes(storage) == [
        ("archive-faulty", None),
        ("class-short", None),
        ("class-short", None),
        ("grey", 1),
        ("grey", 4),
        ("truncated", 1),
    ]
    with reading(storage) as connection:
        (row,) = stored.findings(connection, {"truncated"})
        width = len(stored.FINDING_COLUMNS)
        assert tuple(row[:width]) == ("truncated", "a", 1, 1, None, None, None, 7)
        assert tuple(row[width : width + 6]) == (1, 1, TENCH_ID, 1, 1, 1)
        assert [one[0] for one in stored.findings_of_image(connection, 1)] == ["grey", "truncated"]
        assert set(stored.image_codes(connection, {"grey"})) == {(1, "grey"), (4, "grey")}


def test_only_the_codes_and_subjects_looked_at_are_replaced(storage: Storage) -> None:
    with writing(storage) as connection:
        stored.replace_image_findings(connection, [1, 2], {"grey"}, [("grey", 2, 1, "")])
    assert [one for one in codes(storage) if one[1]] == [("grey", 2), ("grey", 4), ("truncated", 1)]
    with writing(storage) as connection:
        stored.replace_compared_findings(
            connection, {"duplicate"}, [("duplicate", 3, 1, "x")] * 500
        )
        stored.replace_compared_findings(connection, {"duplicate"}, [("duplicate", 3, 1, "x")])
        assert stored.count_by_code(connection)["duplicate"] == 1


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (Within(synsets={TENCH_ID}, archives=()), {"class-short": 1, "grey": 1, "truncated": 1}),
        (Within(synsets={GOLDFISH_ID}), {"class-short": 1, "grey": 1, "archive-faulty": 1}),
        (Within(split=2, archives={1}), {"archive-faulty": 1}),
        (Within(release_ids={2}, archives={2}), {}),
    ],
)
def test_they_are_asked_for_by_class_split_release_and_archive(
    storage: Storage, within: Within, expected: dict[str, int]
) -> None:
    with reading(storage) as connection:
        assert stored.count_by_code(connection, within=within) == expected


def test_images_are_counted_once_whatever_they_have(storage: Storage) -> None:
    with reading(storage) as connection:
        both = {"grey", "truncated"}
        assert stored.count_images(connection, both) == 2
        known = [(1, "truncated"), (4, "grey")]
        assert stored.count_images(connection, both, without=known) == 1


def test_what_is_taken_out_or_read_anew_leaves_nothing_behind(
    storage: Storage, catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    # A class has more images now: what was said of its number no longer holds.
    catalogue.index(train_tar(tmp_path / "more.tar", {TENCH: [8]}))
    assert [code for code, _ in codes(storage)] == ["archive-faulty", "grey", "grey", "truncated"]
    train_tar(tmp_path / "train.tar", {TENCH: [1, 2, 3], GOLDFISH: [4]})
    catalogue.index(tmp_path / "train.tar")
    assert codes(storage) == []
    with reading(storage) as connection:
        assert inspections.archive_levels(connection) == {}
        assert inspections.known(connection, 0, 100) == {}
