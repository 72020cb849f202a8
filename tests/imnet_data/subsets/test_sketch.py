from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.subsets.fingerprint import Fingerprint
from imnet_data.subsets.sketch import Sketch, records_of

_NAMES = st.sets(st.text(min_size=1, max_size=60), max_size=25)


def sketch_of(names: set[str], like: Sketch) -> Sketch:
    sketch = Sketch.like(like)
    # In two steps: what is added in one go and what in several must not matter.
    for some in (sorted(names)[::2], sorted(names)[1::2]):
        lines = Fingerprint().add([name.encode() for name in some])
        encoded = [name.encode() for name in some]
        sizes = [len(name) for name in encoded]
        sketch.add(records_of(lines, sizes, label=3, split=1, names=encoded))
    return sketch


@given(_NAMES, _NAMES, _NAMES)
def test_what_two_sets_differ_in_is_read_from_their_sketches(
    both: set[str], one: set[str], other: set[str]
) -> None:
    size = Sketch.for_images(120)
    first = sketch_of(both | one, size)
    second = Sketch.of_text(sketch_of(both | other, size).to_text())
    mine, theirs, whole = first.without(second).read()
    assert whole
    assert {record.size for record in mine} == {len(n.encode()) for n in (one - other - both)}
    assert len(mine) == len(one - other - both)
    assert len(theirs) == len(other - one - both)
    short = {name for name in one - other - both if len(name.encode()) <= 42 and "\0" not in name}
    assert short <= {record.name for record in mine}


def test_more_than_a_sketch_can_hold_is_told_and_never_made_up() -> None:
    size = Sketch.for_images(8)
    names = {f"image {at}" for at in range(500)}
    gone, come, whole = sketch_of(names, size).without(Sketch.like(size)).read()
    assert not whole
    assert {record.name for record in gone} <= names
    assert come == []


@pytest.mark.parametrize("text", ["", "0", "no sketch", "0" * 5 * 48])
def test_a_text_that_is_no_sketch_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"sketch|base85|chunk|Bad"):
        Sketch.of_text(text)


def test_sketches_of_two_sizes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="two sizes"):
        Sketch.for_images(8).without(Sketch.for_images(100))


@given(st.lists(st.binary(max_size=20)), st.randoms())
def test_a_fingerprint_does_not_hang_on_the_order(lines: list[bytes], random: object) -> None:
    mixed = sorted(lines, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, parts = Fingerprint(), [Fingerprint(), Fingerprint()]
    one.add(lines)
    parts[0].add(mixed[: len(mixed) // 2])
    parts[1].add(mixed[len(mixed) // 2 :])
    assert (parts[0] + parts[1]).text == one.text
    if lines:
        assert one.text != Fingerprint().text
    assert np.array_equal(Fingerprint().add(lines), Fingerprint().add(lines))
