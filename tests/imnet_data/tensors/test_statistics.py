"""Means and deviations: exact, and the same in whatever order they are added up."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.tensors.normalisation import Normalisation
from imnet_data.tensors.statistics import Statistics, Sums


def pictures(n: int, *, side: int = 6, seed: int = 0) -> Any:
    """Pictures of different brightness, so that the two deviations differ."""
    rng = np.random.default_rng(seed)
    levels = rng.normal(rng.uniform(20, 230, (n, 3, 1, 1)), 25, (n, 3, side, side))
    return np.clip(levels, 0, 255).astype(np.uint8)


def sums(of: Any, **how: Any) -> Sums:
    counted = Sums()
    counted.count(of, **how)
    return counted


def test_figures_are_those_of_rational_arithmetic() -> None:
    some = pictures(9)
    counted = sums(some)
    for at in range(3):
        values = [int(value) for value in some[:, at].ravel()]
        mean = Fraction(sum(values), len(values))
        variance = Fraction(sum(value * value for value in values), len(values)) - mean**2
        assert counted.mean[at] == float(mean / 255)
        assert counted.std[at] == float(variance) ** 0.5 / 255
        own = some[:, at].reshape(9, -1).astype(np.float64).std(axis=1).mean() / 255
        assert abs(counted.image_std[at] - own) < 1e-10
    assert max(counted.image_std) < min(counted.std)


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_and_grouping_gives_the_same_to_the_last_bit(random: Any, groups: int) -> None:
    some = list(pictures(12))
    whole = sums(np.stack(some), per_pixel=True)
    random.shuffle(some)
    parts = [sums(np.stack(some[at::groups]), per_pixel=True) for at in range(groups)]
    random.shuffle(parts)
    added = Sums()
    for part in parts:
        added.add(part)
    assert added.as_json() == whole.as_json()
    assert (added.mean, added.std, added.image_std) == (whole.mean, whole.std, whole.image_std)
    assert added.mean_image is not None
    np.testing.assert_array_equal(added.mean_image, whole.mean_image)


def test_the_mean_image_is_the_mean_of_each_pixel() -> None:
    some = pictures(7)
    found = sums(some, per_pixel=True).mean_image
    assert found is not None
    np.testing.assert_allclose(found, some.astype(np.float64).mean(axis=0), rtol=1e-15)
    assert sums(some).mean_image is None


def test_what_was_counted_comes_back_from_json_as_it_was() -> None:
    counted = sums(pictures(3))
    one = Statistics(
        "train", {}, None, 0, 3, 1, (("broken_1", "cut off"),), {"pillow": "12"}, counted
    )
    said = json.loads(json.dumps(one.as_json()))
    again = Statistics.of_json(said, part="train", geometry={}, sample=None, seed=0)
    assert again == one
    assert (again.mean, again.std, again.image_std) == (one.mean, one.std, one.image_std)


def test_normalising_by_them_makes_the_mean_0_and_the_variance_1() -> None:
    some = pictures(20)
    one = Statistics("train", {}, None, 0, 20, 0, (), {}, sums(some))
    table = one.normalisation().table("float32").astype(np.float64)
    for at in range(3):
        values = table[at][some[:, at]]
        assert abs(values.mean()) < 1e-6
        assert abs(values.std() - 1) < 1e-6
    assert isinstance(one.normalisation(), Normalisation)
