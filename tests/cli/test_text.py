from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imnet_data.amounts import size
from imnet_data.cli.screen import cells, elide, fold
from imnet_data.cli.text import safe


@given(st.text(st.characters(codec=None)))
def test_a_safe_text_is_printable_and_one_line(text: str) -> None:
    shown = safe(text)
    assert shown.isprintable()
    assert not text.isprintable() or shown == text
    shown.encode()  # and can be written


@given(st.text(st.characters(exclude_categories=["C", "M"])), st.integers(2, 40))
def test_an_elided_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    for start in (False, True):
        shown = elide(text, width, start=start)
        assert cells(shown) <= width
        assert shown == text or "…" in shown


@given(st.lists(st.text("abc", min_size=1, max_size=30), min_size=1), st.integers(40, 90))
def test_folding_loses_no_item_and_keeps_to_the_width(items: list[str], width: int) -> None:
    lines = fold([(item, "") for item in items], width, indent=8)
    texts = ["".join(text for text, _ in line).rstrip() for line in lines]
    assert ", ".join(items) == " ".join(texts)
    assert all(len(text) <= width - 8 for text in texts)


@given(st.integers(0, 10**16))
def test_a_size_is_short_and_within_a_twentieth_of_the_truth(size_bytes: int) -> None:
    shown = size(size_bytes)
    number, unit = shown.split(" ")
    scale = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15}[unit]
    assert abs(float(number) * scale - size_bytes) <= size_bytes / 19
    assert len(shown) <= 6
