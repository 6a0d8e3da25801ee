"""Losses of changed queries against their originals, computable by eye."""

from math import log2

import pytest

from eval.ablate import System
from eval.dataset import Query
from eval.robustness import measure_losses
from tests.eval.fakes import fake_searcher

FAKE = fake_searcher(
    ("1.1.1", "1.1.2"),
    {"甲": ["1.1.1"], "乙": ["1.1.2"], "甲甲": ["1.1.2", "1.1.1"], "甲甲甲": ["1.1.1"]},
)
SYSTEM = System("hybrid", FAKE, "hybrid")
QUERIES = (Query("a", "甲", "formal"), Query("b", "乙", "formal"), Query("c", "丙", "long"))
QRELS = {"a": {"hz-2022:1.1.1": 2}, "b": {"hz-2022:1.1.2": 2}, "c": {"hz-2022:1.1.1": 2}}


def test_measure_losses_unchanged_queries_lose_nothing() -> None:
    (loss,) = measure_losses(SYSTEM, QUERIES, QRELS, {"same": lambda text: [text]})
    assert (loss.queries, loss.changed, loss.loss.mean, loss.loss_changed) == (2, 0, 0, None)


def test_measure_losses_are_points_over_the_forms_of_each_formal_query() -> None:
    def double(text: str) -> list[str]:
        return [text * 2, text * 3] if text == "甲" else [text]

    (loss,) = measure_losses(SYSTEM, QUERIES, QRELS, {"double": double})
    # a's forms are found at ranks 2 and 1
    lost = 100 * (1 - 1 / log2(3)) / 2
    assert loss.loss.mean == pytest.approx(lost / 2)
    assert loss.loss_changed is not None
    assert loss.loss_changed.mean == pytest.approx(lost)
    assert [(one.query.id, one.written, one.original) for one in loss.hurt] == [("a", "甲甲", 1)]


def test_measure_losses_without_formal_queries_is_empty() -> None:
    assert measure_losses(SYSTEM, QUERIES[2:], QRELS, {"same": lambda text: [text]}) == ()
