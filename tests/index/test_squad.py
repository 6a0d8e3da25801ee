"""Tests of reading question files: windows, spans, pairs without an answer, faults."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from corpus.document import Span
from corpus.errors import InputError
from index.squad import REACH, Example, read_squad

TEXT = "市税务局负责办税。市公积金中心负责提取！企业在五个工作日内办结；逾期不办的，不予受理。"


def write_squad(path: Path, *paragraphs: tuple[str, list[dict[str, Any]]], title: str = "") -> Path:
    """A SQuAD file of one article; each paragraph is its text and its questions."""
    article = {
        "title": title,
        "paragraphs": [{"context": text, "qas": asked} for text, asked in paragraphs],
    }
    path.write_text(json.dumps({"data": [article]}, ensure_ascii=False), encoding="utf-8")
    return path


def ask(question: str, answer: str, start: int) -> dict[str, Any]:
    """A question with one answer."""
    return {"question": question, "answers": [{"text": answer, "answer_start": start}]}


def told(example: Example) -> str | None:
    """The text of an example's span."""
    span = example.span
    return None if span is None else example.window[span.start : span.end]


def test_read_squad_every_window_holds_its_answer_or_none(tmp_path: Path) -> None:
    asked = [ask("谁负责办税", "市税务局", 0), ask("多久办结", "五个工作日", TEXT.index("五个"))]
    path = write_squad(tmp_path / "a.json", (TEXT, asked), ("别处没有写。" * 9, []), title="办税")
    answers = {"谁负责办税": "市税务局", "多久办结": "五个工作日"}
    seen: Counter[bool] = Counter()
    for seed in range(40):
        examples = read_squad(path, seed=seed)
        assert [e.question for e in examples if e.span] == list(answers)
        for example in examples:
            answer = answers[example.question]
            assert told(example) in (None, answer)
            assert (answer in example.window) == (example.span is not None)
            seen[example.span is None] += 1
    assert seen[False] == 80
    assert 80 * 0.15 < seen[True] < 80 * 0.55  # FOREIGN, 0.35 of the questions


def test_read_squad_window_is_whole_sentences(tmp_path: Path) -> None:
    path = write_squad(tmp_path / "a.json", (TEXT * 9, [ask("谁办税", "市税务局", 0)]))
    for seed in range(20):
        window = read_squad(path, seed=seed)[0].window
        assert window.startswith("市税务局负责办税。")
        assert window[-1] in "。！；"
        assert len(window) <= 250


def test_read_squad_some_windows_stand_behind_column_names(tmp_path: Path) -> None:
    path = write_squad(tmp_path / "a.json", (TEXT, [ask("谁办税", "市税务局", 0)]), title="办税")
    windows = [read_squad(path, seed=seed)[0] for seed in range(60)]
    leads = Counter(w.window.partition("市税务局")[0] for w in windows)
    assert set(leads) == {
        "",
        "标题：办税。内容：",
        "名称：办税。说明：",
        "事项：办税。主要内容：",
    }
    assert {told(window) for window in windows} == {"市税务局"}


def test_read_squad_sentence_without_end_is_cut_round_the_answer(tmp_path: Path) -> None:
    text = "甲" * 900 + "市税务局" + "乙" * 900
    path = write_squad(tmp_path / "a.json", (text, [ask("谁", "市税务局", 900)]))
    (example,) = [e for e in read_squad(path) if e.span]
    # REACH characters before the answer's end and after its start, the answer counted in both.
    assert example == Example(
        "谁",
        "甲" * (REACH - 4) + "市税务局" + "乙" * (REACH - 4),
        Span(REACH - 4, REACH),
    )


def test_read_squad_question_without_answers_has_no_span(tmp_path: Path) -> None:
    asked = [{"question": "谁负责供水？", "answers": [], "is_impossible": True}]
    (example,) = read_squad(write_squad(tmp_path / "a.json", (TEXT, asked)))
    assert example.question == "谁负责供水?"
    assert example.span is None
    assert example.window in TEXT


def test_read_squad_question_is_normalised_and_text_is_not(tmp_path: Path) -> None:
    path = write_squad(
        tmp_path / "a.json", ("ＡＰＰ由稅務局辦。", [ask("誰辦ＡＰＰ", "稅務局", 4)])
    )
    example = read_squad(path)[0]
    assert (example.question, example.window, told(example)) == (
        "谁办app",
        "ＡＰＰ由稅務局辦。",
        "稅務局",
    )


def test_read_squad_same_seed_gives_the_same_examples(tmp_path: Path) -> None:
    asked = [ask("谁负责办税", "市税务局", 0)] * 9
    path = write_squad(tmp_path / "a.json", (TEXT * 5, asked), title="办税")
    assert read_squad(path) == read_squad(path)
    assert read_squad(path) != read_squad(path, seed=1)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"data": [1]}',
        '{"data": [{"paragraphs": [{"context": "税", "qas": [{}]}]}]}',
        '{"data": [{"paragraphs": [{"context": "税", "qas": [{"question": null}]}]}]}',
    ],
)
def test_read_squad_other_form_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "坏.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"坏\.json 不是 SQuAD 格式"):
        read_squad(path)


@pytest.mark.parametrize(
    ("answer", "start"), [("市税务局", 1), ("市税务局", 900), (" ", 0), ("", 0)]
)
def test_read_squad_answer_elsewhere_is_refused(tmp_path: Path, answer: str, start: int) -> None:
    path = write_squad(tmp_path / "a.json", (TEXT, [ask("谁办税", answer, start)]))
    with pytest.raises(InputError, match="谁办税"):
        read_squad(path)


def test_read_squad_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_squad(tmp_path / "nowhere.json")
