"""Tests of the FAISS arm, with vectors that one checks by eye."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.vector import build_vectors, stored, top

# Cosines to (1, 0): 0.6, 1, 0, -1.
ROWS = np.array([[0.6, 0.8], [1, 0], [0, 1], [-1, 0]], np.float32)
QUERY = np.array([[1, 0]], np.float32)


def test_top_depth_below_count_gives_best_first() -> None:
    rows, scores = top(build_vectors(ROWS), QUERY, 2)
    assert rows.tolist() == [1, 0]
    np.testing.assert_allclose(scores, [1, 0.6], atol=1e-6)


def test_top_depth_at_count_gives_all_in_row_order() -> None:
    for depth in (4, 100):
        rows, scores = top(build_vectors(ROWS), QUERY, depth)
        assert rows.tolist() == [0, 1, 2, 3]
        np.testing.assert_allclose(scores, [0.6, 1, 0, -1], atol=1e-6)


def test_stored_gives_back_the_vectors() -> None:
    np.testing.assert_array_equal(stored(build_vectors(ROWS)), ROWS)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_top_any_vectors_equal_numpy(count: int, depth: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows, scores = top(build_vectors(vectors), vectors[:1], depth)
    cosines = vectors @ vectors[0]
    np.testing.assert_allclose(scores, cosines[rows], atol=1e-5)
    np.testing.assert_allclose(
        np.sort(scores)[::-1], np.sort(cosines)[::-1][: min(depth, count)], atol=1e-5
    )
