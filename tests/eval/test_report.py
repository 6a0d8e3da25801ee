"""The report over a small set: complete, escaped, the same bytes again; the README's table."""

import json
import re
from pathlib import Path
from typing import cast

import pytest

from corpus.errors import InputError
from eval.ablate import System
from eval.dataset import Case, read_collection, read_run
from eval.report import (
    Report,
    compose_html,
    compose_markdown,
    compose_results,
    measure,
    write_report,
)
from eval.retrieval import foreign_outcome
from eval.tables import BEGIN, END, show, show_p, table, write_results_table
from index.search import Searcher
from service.answer import Answer
from tests.eval.fakes import FakeSearcher, answer, citation
from tests.eval.fakes import measure as make

EVIL = "<script>alert(1)</script>|开分店"


def write_set(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    queries = [
        {"_id": "q1", "text": EVIL, "metadata": {"style": "colloquial"}},
        {"_id": "q2", "text": "过户", "metadata": {"style": "keyword"}},
        {"_id": "q4", "text": "分支机构CA", "metadata": {"style": "formal"}},
        {"_id": "q3", "text": "别的一半", "metadata": {"style": "keyword"}},
    ]
    cases = [
        {"qid": "f1", "kind": "fact", "query": EVIL, "answers": ["9日"], "evidence": ["1.1.1"]},
        {"qid": "n1", "kind": "none", "query": "天气", "style": "far"},
        {"qid": "r1", "kind": "related", "measure": "1.1.1", "items": [2]},
    ]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "cases_dev.jsonl").write_text("\n".join(map(json.dumps, cases)))
    (folder / "qrels" / "dev.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\t1.1.1\t2\nq2\t2.1.1\t2\nq4\t2.1.1\t2\n"
    )
    return folder


def reply(case: Case) -> Answer:
    if case.kind == "none":
        return answer(None, kind="none", confidence=0.1)
    return answer("30日", citations=[citation("30日内办结")])


@pytest.fixture
def report(tmp_path: Path) -> Report:
    run = tmp_path / "no-views.run"
    run.write_text("q1 Q0 hz-2022:2.1.1 1 1.0 x\n")
    ranked: dict[str | tuple[str, str], list[str]] = {
        EVIL: ["2.1.1", "1.1.1"],
        "过户": ["2.1.1"],
        ("bm25", "过户"): [],
        "分支机构CA": ["2.1.1"],
        "天气": ["1.1.1"],
    }
    measures = [make("1.1.1", text=EVIL), make("2.1.1")]
    fake = cast(Searcher, FakeSearcher(measures, ranked))
    folder = write_set(tmp_path / "hz-2022")
    return measure(
        fake,
        read_collection(folder, fake.measures, split="dev"),
        ablations=[System("+questions", fake, "bm25")],
        others=[foreign_outcome(run.stem, read_run(run))],
        answer=reply,
    )


def test_measure_sets_modes_and_runs_side_by_side(report: Report) -> None:
    others = ["dense", "bm25", "+questions", "no-views"]
    assert [one.name for one in report.retrieval] == ["hybrid", *others]
    assert [one.other for one in report.comparisons] == others
    assert report.styles == {"colloquial": 1, "formal": 1, "keyword": 1}
    assert [one.query.id for one in report.worst] == ["q1"]


def test_measure_calibrates_over_unanswerable_questions_too(report: Report) -> None:
    # first hits at 0.5: wrong, right, right, and one of a question without an answer
    first = report.calibrations["first-hit"]
    assert (first.predictions, first.observed, first.brier) == (4, 0.5, 0.25)
    assert report.calibrations["all-hits"].predictions == 5


def test_measure_loses_what_is_not_found_when_written_otherwise(report: Report) -> None:
    wide = next(loss for loss in report.losses if loss.change == "full-width")
    assert (wide.queries, wide.changed, wide.loss.mean) == (1, 1, 100)
    assert wide.hurt[0].written == "分支机构ＣＡ"


def test_compose_html_is_escaped_and_self_contained(report: Report) -> None:
    page = compose_html(report)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == page.count("</svg>") == 8
    assert not re.search(r'(src|href)="http', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    outside = [name for name in ids if re.fullmatch(r"m[0-9a-f]{10}|p[0-9a-f]{10}", name)]
    assert len(outside) == len(set(outside))


def test_compose_html_same_report_gives_the_same_bytes(report: Report) -> None:
    assert compose_html(report) == compose_html(report)


def test_compose_markdown_cells_keep_their_columns(report: Report) -> None:
    text = compose_markdown(report)
    rows = [line for line in text.splitlines() if line.startswith("| ＋适配器")]
    assert [row.count("|") for row in rows] == [6, 10]
    assert "事实题准确率（1 题）" in text


def test_write_report_json_is_strict_and_complete(report: Report, tmp_path: Path) -> None:
    paths = write_report(report, tmp_path / "out")
    assert [path.name for path in paths] == ["report.html", "report.md", "report.json"]

    def refuse(name: str) -> None:
        raise AssertionError(name)

    figures = json.loads(paths[2].read_text(encoding="utf-8"), parse_constant=refuse)
    assert figures["retrieval"][0]["estimates"]["MRR@10"]["mean"] == pytest.approx(2.5 / 3)
    assert figures["answers"]["refusal_auroc"] == 1


def test_write_results_table_replaces_only_what_stands_between(
    report: Report, tmp_path: Path
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"前\n{BEGIN}\n旧\n{END}\n后\n", encoding="utf-8")
    text = compose_results(report)
    write_results_table(readme, text)
    once = readme.read_text(encoding="utf-8")
    assert once.startswith(f"前\n{BEGIN}\n")
    assert once.endswith(f"{END}\n后\n")
    assert "旧" not in once
    assert once.index("| ＋常见问法 |") < once.index("| ＋适配器（所服务的） |")
    assert once.index("| 所服务的，只用 BM25 |") < once.index("| no-views |")
    write_results_table(readme, text)
    assert readme.read_text(encoding="utf-8") == once


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_write_results_table_without_its_marks_is_refused(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="results"):
        write_results_table(readme, "x")
    assert readme.read_text(encoding="utf-8") == text


def test_table_bar_and_newline_in_a_cell_are_tamed() -> None:
    assert table(["a"], [["x|y\nz"]]) == "| a |\n| --- |\n| x\\|y z |\n"


def test_show_missing_and_small_figures() -> None:
    assert (show(None), show(0.12345), show_p(0.0001), show_p(0.25)) == (
        "—",
        "0.123",
        "<0.001",
        "0.250",
    )
