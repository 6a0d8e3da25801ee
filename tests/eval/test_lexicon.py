"""The lexicon's report: which entry helps which query, which hurts, and the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.lexicon import Entry
from corpus.measures import Parsed
from eval.cli import evaluation
from eval.dataset import Query
from eval.lexicon import judge_lexicon, lexicon_table
from index.build import Source, build_index
from index.search import Searcher
from service.settings import Settings
from tests.fakes import FakeEmbedder

ENTRIES = (
    Entry("罐罐", ("公积金",)),
    Entry("盆盆", ("公积金",)),
    Entry("没人说", ("公积金",)),
)
QUERIES = (
    Query("helped", "罐罐", "colloquial"),
    Query("hurt", "盆盆监管", "colloquial"),
    Query("refused", "？", ""),
)
QRELS = {
    "helped": {"small:2.2.1": 2},
    "hurt": {"small:1.1.2": 2},
    "refused": {"small:1.1.1": 2},
}


@pytest.fixture
def searcher(small: Parsed) -> Searcher:
    index = build_index([Source(small)], FakeEmbedder(), lexicon=ENTRIES)
    return Searcher(index, FakeEmbedder())


def test_judge_lexicon_tells_what_each_entry_helps_and_hurts(searcher: Searcher) -> None:
    report = judge_lexicon(searcher, QUERIES, QRELS, "bm25")
    assert (report.queries, report.silent) == (3, 1)
    good, other = report.entries
    assert good.entry == ENTRIES[0]
    assert [effect.query.id for effect in good.helped] == ["helped"]
    assert good.helped[0].served == 1
    assert good.delta == pytest.approx(1 - good.helped[0].without)
    assert (other.entry, other.queries, other.helped) == (ENTRIES[1], 1, ())
    assert report.served - report.without == pytest.approx((good.delta + other.delta) / 3)


def test_judge_lexicon_dense_mode_is_not_touched(searcher: Searcher) -> None:
    report = judge_lexicon(searcher, QUERIES, QRELS, "dense")
    assert [(one.helped, one.hurt, one.delta) for one in report.entries] == [((), (), 0)] * 2


def test_lexicon_table_shows_the_changed_queries(searcher: Searcher) -> None:
    shown = lexicon_table(judge_lexicon(searcher, QUERIES, QRELS, "bm25"))
    assert "1 条没有查询说到" in shown
    assert "| 罐罐 | 公积金 | 1 | 1 | 0 |" in shown
    assert "| 罐罐 | helped 罐罐 |" in shown


def test_lexicon_command_without_files_exits_2() -> None:
    assert CliRunner().invoke(evaluation, ["lexicon"]).exit_code == 2


@pytest.mark.slow
def test_lexicon_command_real_list_gives_json(tmp_path: Path, real_settings: Settings) -> None:
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    queries.write_text('{"_id": "q", "text": "公司倒闭了土地怎么卖"}\n', encoding="utf-8")
    qrels.write_text("query-id\tcorpus-id\tscore\nq\t16.1.1\t2\n", encoding="utf-8")
    done = CliRunner(env={"WENCE_CACHE": str(real_settings.cache)}).invoke(
        evaluation,
        [
            *("lexicon", "--queries", str(queries), "--qrels", str(qrels), "--json"),
            *("--data", str(real_settings.data)),
        ],
    )
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert [one["entry"]["spoken"] for one in report["entries"]] == ["倒闭"]
