"""The index in memory: everything a search needs, aligned."""

from collections.abc import Mapping
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Measure
from corpus.errors import IndexMismatchError
from corpus.examples import Spoken
from corpus.lexicon import Entry
from corpus.measures import Ledger
from corpus.questions import Question
from corpus.schema import Schema
from index.answerable import Boundary
from index.fuse import Fusion
from index.lexical import Bm25
from index.views import Owners


@dataclass(frozen=True)
class Heads:
    """Linear heads over an embedder's vectors: (dimension, dimension) for queries and passages."""

    query: NDArray[np.float32]
    passage: NDArray[np.float32]


@dataclass(frozen=True)
class Index:
    """n measures, q questions, 2n + q view vectors (see `index.views` for their order).

    `schemas` and `ledgers` are those of each document, as they were when it was read.
    `raw` holds the embedder's own vectors, `vectors` what is searched: the same, or behind the
    heads where the index is adapted to its questions. `sentences` are those of
    `index.views.sentence_texts`, or none where the index is for searching alone; `beyond` those
    of the unanswerable questions, and `boundary` what was learned from them, None where there
    are too few. `plain` are the plain words of measures, by their ids, and `examples` what the
    home page offers: shown, never searched.
    """

    documents: Mapping[str, Document]
    schemas: Mapping[str, Schema]
    ledgers: Mapping[str, Ledger]
    measures: tuple[Measure, ...]
    questions: tuple[Question, ...]
    unanswerable: tuple[Question, ...]
    dictionary: tuple[str, ...]
    lexicon: tuple[Entry, ...]
    words: Bm25
    own_words: Bm25
    asked: Bm25 | None
    raw: NDArray[np.float32]
    beyond: NDArray[np.float32]
    sentences: NDArray[np.float32]
    vectors: faiss.Index
    heads: Heads | None
    owners: Owners
    fusion: Fusion
    boundary: Boundary | None
    model: str
    plain: Mapping[str, str]
    examples: tuple[Spoken, ...]

    def __post_init__(self) -> None:
        views = 2 * len(self.measures) + len(self.questions)
        if not self.vectors.ntotal == len(self.raw) == views:
            raise IndexMismatchError(
                f"索引有 {self.vectors.ntotal} 个向量（原始 {len(self.raw)} 个），"
                f"却有 {views} 个视图；请运行 wence build"
            )
