"""Numbers read out of names: from header bytes and from texts, always the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.archives.names import Names

HEAD, TAIL = "n01440764_", ".JPEG"


def both(texts: list[str]) -> tuple[Names, Names]:
    """The names as texts, and as the bytes that a tar's headers hold."""
    raw = b"".join(text.encode().ljust(40, b"\0") for text in texts)
    return Names(texts), Names(table=np.frombuffer(raw, np.uint8).reshape(-1, 40))


@pytest.mark.parametrize(
    "number",
    ["", "007", "-1", "+1", " 7", "1_000", "7a", "1.0", "٣", "²", "1234567890123", "7\n8"],
)
def test_a_name_that_its_number_would_not_give_back_is_no_plain_number(number: str) -> None:
    names = [f"{HEAD}1{TAIL}", f"{HEAD}{number}{TAIL}"]
    for form in both(names):
        assert form.numbers_between(HEAD, TAIL) is None


@given(st.lists(st.integers(0, 10**12 - 1), min_size=1, max_size=20))
def test_plain_numbers_are_read_from_either_form(numbers: list[int]) -> None:
    for form in both([f"{HEAD}{number}{TAIL}" for number in numbers]):
        assert form.numbers_between(HEAD, TAIL) == numbers


WORDS = st.sampled_from([HEAD, TAIL, "7", "0", "42", "n01440765_", ".JPEG", "JPEG", "x", "_"])


@given(st.lists(st.lists(WORDS, max_size=4).map("".join), min_size=1, max_size=4))
def test_bytes_and_texts_agree_on_every_name(texts: list[str]) -> None:
    as_texts, as_bytes = both(texts)
    found = as_texts.numbers_between(HEAD, TAIL)
    assert as_bytes.numbers_between(HEAD, TAIL) == found
    if found is not None:
        assert [f"{HEAD}{number}{TAIL}" for number in found] == texts


@given(
    st.lists(
        st.text(
            st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
            min_size=1,
            max_size=9,
        )
    )
)
def test_a_table_gives_back_every_name(texts: list[str]) -> None:
    _, names = both(texts)
    assert [names[at] for at in range(len(names))] == texts
    assert list(names) == texts


ENDS = st.sampled_from(["", "n", "n1_", "1", "5", "0", "_n1.J", ".J", "ü"])


@given(
    head=ENDS,
    tail=ENDS,
    parts=st.lists(
        st.tuples(ENDS, st.sampled_from(["0", "1", "15", "51", "007", "", "x", "\n", "٣"]), ENDS),
        min_size=1,
        max_size=4,
    ),
    alike=st.booleans(),
)
def test_bytes_and_texts_agree_on_every_head_and_tail(
    head: str, tail: str, parts: list[tuple[str, str, str]], *, alike: bool
) -> None:
    texts = [
        f"{head}{number}{tail}" if alike else f"{start}{number}{end}"
        for start, number, end in parts
    ]
    if not all(texts):
        return  # no member has an empty name
    as_texts, as_bytes = both(texts)
    found = as_texts.numbers_between(head, tail)
    assert as_bytes.numbers_between(head, tail) == found
    if found is not None:
        assert [f"{head}{number}{tail}" for number in found] == texts
