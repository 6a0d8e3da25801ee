"""A foreign set laid into one document, indexed by a fake, and scored under its own ids."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from corpus.document import Document, Measure
from corpus.errors import InputError
from corpus.text import strip_layout
from eval.beir import read_set, score_set, to_document
from eval.dataset import Passage
from index.search import Searcher
from tests.eval.fakes import FakeSearcher

PASSAGES = (
    Passage("GIP_1", "停车费\t怎么缴", "可到 超商\n缴纳。"),
    Passage("GIP_2", "", "驾照换证\n\n请到监理站。"),
    Passage("GIP_3", "只有题目", "只有题目"),
)


def write_set(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    passages = [{"_id": p.id, "title": p.title, "text": p.text} for p in PASSAGES]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, passages)))
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "停车"}\n{"_id": "q2", "text": "驾照"}'
    )
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tGIP_1\t1\n")
    return folder


def build(measures: Sequence[Measure], document: Document) -> Searcher:
    assert {m.document for m in measures} == {document.id}
    return cast(Searcher, FakeSearcher(measures, {"停车": ["2.1.1", "1.1.1"]}))


def test_to_document_spans_slice_back_to_the_passages() -> None:
    document, measures = to_document("faq", PASSAGES)
    assert [m.id for m in measures] == ["faq:1.1.1", "faq:2.1.1", "faq:3.1.1"]
    for measure, passage in zip(measures, PASSAGES, strict=True):
        span = measure.spans["text"]
        assert document.text[span.start : span.end] == passage.text
        assert measure.text == strip_layout(passage.text)
    title = measures[0].spans["title"]
    assert document.text[title.start : title.end] == PASSAGES[0].title
    assert (measures[1].title, measures[2].title) == ("", "")


def test_to_document_name_that_is_no_id_is_replaced() -> None:
    document, _ = to_document("一 份", PASSAGES)
    assert (document.id, document.title) == ("foreign", "一 份")


def test_score_set_counts_grade_one_under_foreign_ids(tmp_path: Path) -> None:
    foreign = read_set(write_set(tmp_path / "faq"))
    found = score_set(foreign, build, modes=("hybrid", "bm25"))
    assert (found.name, found.passages, len(found.figures)) == ("faq", 3, 2)
    assert found.outcomes[0].run == {"q1": {"GIP_2": 1, "GIP_1": 1 / 2}}
    assert found.figures[0].estimates["MRR@10"].mean == 1 / 2
    assert found.figures[0].queries == 1


def test_read_set_unknown_passage_in_qrels_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "faq")
    with (folder / "qrels" / "test.tsv").open("a") as file:
        file.write("q2\tGIP_9\t1\n")
    with pytest.raises(InputError, match=r"第 3 行：corpus\.jsonl 里没有 'GIP_9'"):
        read_set(folder)
    with pytest.raises(InputError, match=r"dev\.tsv"):
        read_set(folder, split="dev")
