"""Linear heads over an embedder's vectors: applying them (`index.adapt` trains them)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Heads, Index
from index.vector import build_vectors

Vectors = NDArray[np.float32]


def through(head: Vectors, vectors: Vectors) -> Vectors:
    """Vectors (n, dimension) behind a head, L2-normalised again."""
    mapped = vectors @ head.T
    result: Vectors = mapped / np.linalg.norm(mapped, axis=1, keepdims=True)
    return result


def adapt_views(index: Index, heads: Heads) -> Index:
    """The index with its texts behind the passage head and its questions behind the query head."""
    texts = 2 * len(index.measures)
    views = [through(heads.passage, index.raw[:texts]), through(heads.query, index.raw[texts:])]
    return replace(index, vectors=build_vectors(np.concatenate(views)), heads=heads)
