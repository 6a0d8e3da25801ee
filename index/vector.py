"""FAISS inner product over L2-normalised view vectors."""

import faiss
import numpy as np
from numpy.typing import NDArray

# One query needs no threads, and idle ones spin against the embedder's.
faiss.omp_set_num_threads(1)


def build_vectors(vectors: NDArray[np.float32]) -> faiss.Index:
    """An exact inner-product index over (n, dimension) vectors."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index


def top(
    index: faiss.Index, query: NDArray[np.float32], depth: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The `depth` nearest views of one (1, dimension) query: row numbers and cosines.

    Best first where the index holds more than `depth` views; all of them in row order where it
    does not.
    """
    if depth >= index.ntotal:
        _, scores, rows = index.range_search(query, -2.0)
        return rows, scores
    scores, rows = index.search(query, depth)
    return rows[0], scores[0]


def stored(index: faiss.Index) -> NDArray[np.float32]:
    """All stored vectors as an (n, dimension) array."""
    vectors: NDArray[np.float32] = index.reconstruct_n(0, index.ntotal)
    return vectors
