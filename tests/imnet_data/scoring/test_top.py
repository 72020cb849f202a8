"""The best columns of rows of scores: exact, whatever the type and the ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from imnet_data.scoring.top import top_k

if TYPE_CHECKING:
    from numpy.typing import NDArray


@given(
    scores=arrays.arrays(
        st.sampled_from([np.float16, np.float32, np.float64, np.int64]),
        st.tuples(st.integers(1, 5), st.integers(1, 40)),
        elements=st.integers(-3, 3),
    ),
    k=st.integers(1, 40),
    data=st.data(),
)
def test_is_what_a_stable_sort_gives_ties_too(
    scores: NDArray[Any], k: int, data: st.DataObject
) -> None:
    width = scores.shape[1]
    kept = data.draw(st.sets(st.integers(0, width - 1), min_size=1))
    columns = np.array(sorted(kept))
    wanted = columns[np.argsort(-scores[:, columns], axis=1, kind="stable")][:, :k]
    assert top_k(scores, k, columns).tolist() == wanted.tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_many_chunks_keep_their_places(dtype: type[np.floating]) -> None:
    scores = np.random.default_rng(3).standard_normal((2000, 300)).astype(dtype)
    before = scores.copy()
    assert (top_k(scores, 5) == np.argsort(-scores, axis=1, kind="stable")[:, :5]).all()
    assert (scores == before).all()


@pytest.mark.parametrize("k", [3, 40])
def test_a_class_that_is_ruled_out_is_never_among_the_best(k: int) -> None:
    scores = np.full((2, 50), -np.inf, np.float32)
    scores[0, [9, 4]] = 2, 1
    assert top_k(scores, k).tolist() == [[9, 4, *[-1] * (k - 2)], [-1] * k]
    assert top_k(scores, k, np.array([4, 5]))[0].tolist() == [4, -1]


def test_doubles_that_are_one_as_floats_are_told_apart() -> None:
    assert top_k(np.array([[1.0, 1.0 + 1e-12]]), 1).tolist() == [[1]]
