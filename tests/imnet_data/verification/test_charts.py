from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.verification.reports.chart_svg import Bar, bar_chart, ticks
from imnet_data.verification.reports.size_chart import SizeChart
from tests.imnet_data.verification.verified import ODD_NAMES

_SIDES = st.integers(1, 65_535)


def titles(svg: str) -> list[str]:
    """What a chart says under the pointer; that it parses at all is half of the test."""
    return [one.text or "" for one in ET.fromstring(svg).iter("title")]


def test_each_of_a_thousand_classes_has_its_bar_most_images_first() -> None:
    bars = [Bar(f"n{at:08d}", f"class {at}", at + 1, broken=at % 100 == 0) for at in range(1000)]
    found = titles(bar_chart(bars, "Images a class"))
    assert len(found) == 1000
    assert found[0] == "n00000999 class 999: 1,000 images"
    assert found[-1] == "n00000000 class 0: 1 image, 1 of them broken"


def test_all_of_imagenets_classes_are_drawn_small_with_none_left_out() -> None:
    bars = [Bar(f"n{at:08d}", f"class {at}", at % 3000) for at in range(21_841)]
    svg = bar_chart(bars, "Images a class")
    assert len(svg) < 150_000
    spans = [re.findall(r"[\d,]+", title)[:2] for title in titles(svg)]
    ends = [[int(number.replace(",", "")) for number in span] for span in spans]
    assert ends[0][0] == 1
    assert ends[-1][1] == 21_841
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ends))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_classs_name_is_only_text(name: str) -> None:
    bars = [Bar("", name, 3), Bar("", "own:b", 2)]
    assert titles(bar_chart(bars, name))[0].endswith(": 3 images")


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_an_axis_has_a_few_round_steps_up_to_its_highest_bar(highest: int) -> None:
    steps = ticks(highest)
    assert steps[-1] >= highest
    assert steps[-2] < max(highest, 1)
    assert 2 <= len(steps) <= 6


@settings(max_examples=40)
@given(st.lists(st.one_of(st.none(), st.tuples(_SIDES, _SIDES)), max_size=50))
def test_every_size_that_is_known_lies_in_the_field_that_says_so(
    sizes: list[tuple[int, int] | None],
) -> None:
    chart = SizeChart()
    chart.add(sizes)
    known = [size for size in sizes if size is not None]
    assert chart.images == len(known)
    if not known:
        assert chart.svg() == ""
        return
    left = list(known)
    for title in titles(chart.svg()):
        size, _, number = title.partition(" pixels: ")
        (low, high), (bottom, top) = (_span(side) for side in size.split(" x "))
        inside = [one for one in left if low <= one[0] <= high and bottom <= one[1] <= top]
        assert len(inside) == int(number)
        left = [one for one in left if one not in inside]
    assert left == []


def _span(text: str) -> tuple[int, int]:
    numbers = [int(number.replace(",", "")) for number in text.split("\N{EN DASH}")]
    return numbers[0], numbers[-1]


def test_a_million_sizes_make_a_small_chart() -> None:
    chart = SizeChart()
    for start in range(0, 20_000, 2_000):
        chart.add([(100 + at % 4000, 90 + at % 3170) for at in range(start, start + 2_000)])
    assert chart.images == 20_000
    assert len(chart.svg()) < 300_000
