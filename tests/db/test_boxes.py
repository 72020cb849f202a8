"""Boxes by their images' keys: what is written is found again, whichever way it is asked for."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imnet_data.db import batches, boxes
from imnet_data.db.boxes import BoxKey, BoxRow, boxes_of, forget_boxes, write_boxes
from imnet_data.db.engine import Storage, open_storage, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = st.builds(
    BoxKey.of,
    st.integers(1, 2),
    st.integers(0, 2),
    st.sampled_from([0, 1440764, 2084071]),
    st.integers(0, 30),
    st.sampled_from(["", "", "", "rex/1.png", "n01440764_007"]),
)
FOUND = st.dictionaries(KEYS, st.integers(0, 3), max_size=40)


def row(mark: int, *, width: int | None = 500) -> BoxRow:
    return BoxRow(2084071, None, mark, 2, 3, 4, width, width, truncated=False, difficult=False)


def some(counts: dict[BoxKey, int], mark: int) -> dict[BoxKey, list[BoxRow]]:
    return {key: [row(mark + at) for at in range(n)] for key, n in counts.items()}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    path: Path = tmp_path_factory.mktemp("boxes") / "imagenet.db"
    with closing(open_storage(str(path), create=True)) as opened:
        yield opened


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    written=st.tuples(FOUND, FOUND, FOUND), asked=st.lists(KEYS, max_size=60), few=st.integers(1, 9)
)
def test_of_several_archives_the_first_ones_boxes_are_found_in_the_order_asked_for(
    storage: Storage,
    written: tuple[dict[BoxKey, int], ...],
    asked: list[BoxKey],
    few: int,
) -> None:
    asked = sorted(asked) if few % 2 else asked
    truth: dict[int, dict[BoxKey, list[BoxRow]]] = {1: {}, 2: {}}
    steps = zip(
        (2, 1, 1), (some(counts, 10 * at) for at, counts in enumerate(written)), strict=True
    )
    with writing(storage) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxes, "_FEW", few)
        patch.setattr(batches, "_ROWS_A_STATEMENT", few)
        for archive, found in steps:
            more, images = write_boxes(connection, archive, found)
            held = truth[archive]
            before = sum(map(len, held.values())), len(held)
            held |= {key: marked for key, marked in found.items() if marked}
            assert (sum(map(len, held.values())), len(held)) == (
                before[0] + more,
                before[1] + images,
            )
        assert boxes_of(connection, asked) == [
            truth[1].get(key) or truth[2].get(key, []) for key in asked
        ]
        forget_boxes(connection, 1)
        assert boxes_of(connection, asked) == [truth[2].get(key, []) for key in asked]
        forget_boxes(connection, 2)


def test_a_list_that_knows_no_size_does_not_replace_boxes_that_came_with_one(
    storage: Storage,
) -> None:
    sized, unsized = BoxKey.of(1, 1, 7, 1, ""), BoxKey.of(1, 1, 7, 2, "")
    with writing(storage) as connection:
        assert write_boxes(connection, 1, {sized: [row(1), row(2)]}) == (2, 1)
        listed = {key: [row(8, width=None)] for key in (sized, unsized)}
        assert write_boxes(connection, 1, listed) == (1, 1)
        assert boxes_of(connection, [sized, unsized]) == [[row(1), row(2)], [row(8, width=None)]]
        assert write_boxes(connection, 1, {unsized: [row(9)], sized: [row(9)]}) == (-1, 0)
        assert boxes_of(connection, [sized, unsized]) == [[row(9)], [row(9)]]
        forget_boxes(connection, 1)
