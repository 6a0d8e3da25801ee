"""Searching and embedding in turn: each query once a side, never the same one after the other."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.errors import InputError
from eval.speed import measure_speed
from index.search import Result, Searcher
from tests.fakes import FakeEmbedder


class Recorder:
    """A searcher that is its own embedder and writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.embedder = self

    def search(self, query: str, *, mode: str = "hybrid") -> Result:
        if not query:
            raise InputError("问题是空的")
        if mode == "hybrid":
            self.asked.append(("search", query))
        return Result(query, query, (), 0.0, FakeEmbedder().encode_queries([query])[0])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(("encode", texts[0]))
        return FakeEmbedder().encode_queries(texts)


def test_measure_speed_asks_both_sides_every_query_in_turn() -> None:
    recorder = Recorder()
    speed = measure_speed(cast(Searcher, recorder), ["a", "", "b", "c"])
    assert recorder.asked == [
        ("search", "a"),
        ("encode", "b"),
        ("search", "c"),
        ("search", "b"),
        ("encode", "a"),
        ("encode", "c"),
    ]
    assert speed.ratio == speed.search.p50 / speed.encode.p50


def test_measure_speed_without_a_query_is_refused() -> None:
    with pytest.raises(InputError, match="计时"):
        measure_speed(cast(Searcher, Recorder()), [""])
