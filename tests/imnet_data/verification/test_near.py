"""Groups of near looks: every pair that comparing all of them finds, and no other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.verification.comparing import near
from imnet_data.verification.comparing.near import MOST_BITS, near_groups, ones

BITS = st.integers(0, 63)
# Few looks, and others some bits away from them: those that are near, and those that nearly are.
LOOKS = st.lists(
    st.tuples(st.sampled_from([0, (1 << 64) - 1, 0x0123456789ABCDEF]), st.sets(BITS, max_size=10)),
    max_size=40,
)


def groups_of(looks: list[int], within: int) -> set[frozenset[int]]:
    array = np.array(looks, np.uint64)
    return {
        frozenset(group.tolist())
        for group in near_groups(np.arange(len(looks)), array, within=within)
    }


def groups_by_all_pairs(looks: list[int], within: int) -> set[frozenset[int]]:
    group_of = {at: {at} for at in range(len(looks))}
    for one, other in combinations(range(len(looks)), 2):
        if (looks[one] ^ looks[other]).bit_count() <= within:
            joined = group_of[one] | group_of[other]
            for member in joined:
                group_of[member] = joined
    return {frozenset(group) for group in group_of.values() if len(group) > 1}


@settings(max_examples=50)
@given(LOOKS, st.integers(0, MOST_BITS))
def test_groups_are_those_that_comparing_all_pairs_gives(
    made: list[tuple[int, set[int]]], within: int
) -> None:
    looks = [start ^ sum(1 << bit for bit in flipped) for start, flipped in made]
    assert groups_of(looks, within) == groups_by_all_pairs(looks, within)


@pytest.mark.parametrize("spare", [1, 2, 3])
@pytest.mark.parametrize("within", [1, 4, MOST_BITS])
def test_no_pair_is_missed_with_however_many_blocks(
    spare: int, within: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "_cost_s", lambda _count, _within, more: abs(more - spare))
    random = np.random.default_rng(spare)
    looks = random.integers(0, 1 << 64, 400, np.uint64)
    copies = looks.copy()
    for at, look in enumerate(looks.tolist()):
        flipped = random.choice(64, within, replace=False).tolist()
        copies[at] = look ^ sum(1 << bit for bit in flipped)
    found = groups_of([*looks.tolist(), *copies.tolist()], within)
    assert {frozenset((at, at + 400)) for at in range(400)} == found


def test_planted_copies_among_two_hundred_thousand_are_found() -> None:
    random = np.random.default_rng(1)
    looks = random.integers(0, 1 << 64, 200_000, np.uint64)
    looks[-100:] = looks[:100] ^ np.uint64(0b1111 << 30)
    found = groups_of(looks.tolist(), 4)
    assert {frozenset((at, 199_900 + at)) for at in range(100)} == found


def test_equal_looks_are_one_group_without_being_compared() -> None:
    # All pairs of them would be twenty thousand million.
    looks = np.full(200_000, 7, np.uint64)
    looks[5] = 6
    (group,) = near_groups(np.arange(200_000) * 3, looks, within=4)
    assert sorted(group.tolist()) == list(range(0, 600_000, 3))


@pytest.mark.parametrize("within", [1, 3, 4])
def test_a_crowd_of_looks_is_parted_as_comparing_all_pairs_parts_it(within: int) -> None:
    random = np.random.default_rng(within)
    looks = [
        centre ^ sum(1 << bit for bit in random.choice(64, 5, replace=False).tolist())
        for centre in (0, 0xFFF)
        for _ in range(250)
    ]
    assert groups_of(looks, within) == groups_by_all_pairs(looks, within)


def test_thousands_of_nearly_equal_looks_are_joined_without_comparing_all() -> None:
    # Of all looks with at most two bits, every pair is within four; those with 32 are far away.
    few = [
        0,
        *(1 << a for a in range(63)),
        *(1 << a | 1 << b for a, b in combinations(range(63), 2)),
    ]
    far = [0xFFFFFFFF << at for at in range(0, 32, 8)]
    assert groups_of([*few, *far], 4) == {frozenset(range(len(few)))}


@pytest.mark.parametrize("within", [-1, MOST_BITS + 1])
def test_a_distance_that_is_not_exact_is_refused(within: int) -> None:
    with pytest.raises(ValueError, match="within 0 to 8 bits"):
        list(near_groups(np.arange(2), np.zeros(2, np.uint64), within=within))


@settings(max_examples=25)
@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_bits_are_counted_alike_with_an_older_numpy(values: list[int]) -> None:
    array = np.array(values, np.uint64)
    counted = [value.bit_count() for value in values]
    assert near._ones_by_halves(array).tolist() == ones(array).tolist() == counted
