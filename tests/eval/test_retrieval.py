"""Runs over a fake searcher, their figures and files; comparisons."""

from pathlib import Path

import pytest

from corpus.errors import InputError
from eval.compare import compare, worst
from eval.dataset import Query, read_run
from eval.metrics import per_query
from eval.retrieval import Outcome, foreign_outcome, run_mode, score, write_run
from tests.eval.fakes import fake_searcher

QUERIES = (Query("q1", "开分店", "colloquial"), Query("q2", "过户", "keyword"))
QRELS = {"q1": {"hz-2022:1.1.1": 2}, "q2": {"hz-2022:2.1.1": 2, "hz-2022:1.1.1": 1}}
NAMES = ("1.1.1", "1.1.2", "2.1.1")
FAKE = fake_searcher(
    NAMES,
    {
        "开分店": ["1.1.1", "1.1.2"],
        "过户": ["1.1.2", "2.1.1"],
        ("bm25", "开分店"): ["1.1.2", "1.1.1"],
        ("bm25", "过户"): [],
    },
)


def test_run_mode_ties_keep_the_order_served() -> None:
    outcome = run_mode(FAKE, QUERIES, "hybrid")
    assert outcome.run["q1"] == {"hz-2022:1.1.1": 1, "hz-2022:1.1.2": 1 / 2}
    assert outcome.probabilities["q1"] == {"hz-2022:1.1.1": 0.5, "hz-2022:1.1.2": 0.5}
    assert len(outcome.search_ms) == 2


def test_run_mode_refused_query_finds_nothing_and_is_told() -> None:
    queries = (Query("long", "长" * 2_001, ""), QUERIES[0])
    outcome = run_mode(FAKE, queries, "hybrid")
    assert outcome.refused == ("long",)
    (figures,) = score([outcome], {"long": {"hz-2022:1.1.1": 2}, "q1": QRELS["q1"]}, queries)
    assert (figures.zero_results, figures.refused) == (0.5, ("long",))
    assert figures.estimates["hit@1"].mean == 0.5


def test_score_two_modes_gives_styles_zero_results_and_p() -> None:
    hybrid, bm25 = score([run_mode(FAKE, QUERIES, m) for m in ("hybrid", "bm25")], QRELS, QUERIES)
    assert hybrid.estimates["MRR@10"].mean == pytest.approx((1 + 1 / 2) / 2)
    assert bm25.estimates["MRR@10"].mean == pytest.approx((1 / 2 + 0) / 2)
    assert hybrid.by_style["colloquial"].mean == pytest.approx(1)
    assert bm25.by_style["keyword"].mean == 0
    assert (hybrid.zero_results, bm25.zero_results) == (0, 0.5)
    # four hits at 0.5, two of them right: (0.25 · 4) / 4
    assert hybrid.calibration.brier == pytest.approx(0.25)
    assert hybrid.p_values == {}
    # two pairs, both better: 2 of 2^2 sign patterns
    assert bm25.p_values["MRR@10"] == pytest.approx(2 / 4)


def test_write_run_read_back_scores_the_same(tmp_path: Path) -> None:
    outcome = run_mode(FAKE, QUERIES, "hybrid")
    path = write_run(outcome, tmp_path / "runs")
    assert path.read_text().splitlines()[1] == "q1 Q0 hz-2022:1.1.2 2 0.5 wence-hybrid"
    assert per_query(QRELS, read_run(path)) == per_query(QRELS, outcome.run)


def test_write_run_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="写不了"):
        write_run(foreign_outcome("x", {}), tmp_path / "taken")


def test_compare_counts_wins_ties_and_losses() -> None:
    other = Outcome("other", {"q1": {"hz-2022:1.1.1": 1.0}}, {}, ())
    base, theirs = score([run_mode(FAKE, QUERIES, "hybrid"), other], QRELS, QUERIES)
    found = compare(base, theirs, QUERIES)
    assert (found.wins, found.ties, found.losses) == (1, 1, 0)
    assert [d.query.id for d in found.differences] == ["q2"]


def test_worst_shows_what_stood_above_the_first_answer() -> None:
    (figures,) = score([run_mode(FAKE, QUERIES, "hybrid")], QRELS, QUERIES)
    (found,) = worst(FAKE, figures, QUERIES, QRELS)
    assert (found.query.id, found.first) == ("q2", 2)
    assert [(r.rank, r.measure.id, r.grade) for r in found.above] == [(1, "hz-2022:1.1.2", 0)]
    assert [m.id for m in found.wanted] == ["hz-2022:2.1.1"]
