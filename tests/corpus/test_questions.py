"""Tests of reading question files."""

import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.measures import Parsed
from corpus.questions import (
    FILE,
    UNANSWERABLE,
    Question,
    read_questions,
    read_unanswerable,
)
from corpus.text import normalise


def _write(folder: Path, *lines: str) -> Path:
    path = folder / FILE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _line(target: str, *questions: str) -> str:
    return json.dumps({"target": target, "questions": questions}, ensure_ascii=False)


def test_read_questions_good_file_keeps_file_order(tmp_path: Path, small: Parsed) -> None:
    path = _write(tmp_path, _line("2", "怎么网上办"), "", _line("1.1.2", "谁监管", "怎么监管"))
    assert read_questions(path, "small", small.measures) == (
        Question("small", 2, 0, 0, "怎么网上办"),
        Question("small", 1, 1, 2, "谁监管"),
        Question("small", 1, 1, 2, "怎么监管"),
    )


def test_question_target_is_written_as_in_the_file() -> None:
    assert Question("small", 2, 0, 0, "").target == "2"
    assert Question("small", 2, 1, 3, "").target == "2.1.3"


def test_read_questions_missing_file_is_empty(tmp_path: Path, small: Parsed) -> None:
    assert read_questions(tmp_path / FILE, "small", small.measures) == ()


@pytest.mark.parametrize("target", ["3", "1.1.3", "1.1", "small:1.1.1", ""])
def test_read_questions_unknown_target_names_the_line(
    tmp_path: Path, small: Parsed, target: str
) -> None:
    path = _write(tmp_path, _line("1", "甲"), _line(target, "乙"))
    with pytest.raises(DocumentError, match=f"第 2 行：文档 small 里没有“{target}”"):
        read_questions(path, "small", small.measures)


def test_read_questions_question_given_twice_names_both_lines(
    tmp_path: Path, small: Parsed
) -> None:
    path = _write(tmp_path, _line("1", "怎麼辦"), _line("2", "怎么办 "))
    with pytest.raises(DocumentError, match="第 2 行：问法“怎么办 ”与第 1 行重复"):
        read_questions(path, "small", small.measures)


def test_read_questions_empty_question_is_refused(tmp_path: Path, small: Parsed) -> None:
    with pytest.raises(DocumentError, match="有一个空的问法"):
        read_questions(_write(tmp_path, _line("1", " ")), "small", small.measures)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        '{"target": "1"}',
        '{"target": 1, "questions": []}',
        '{"target": "1", "questions": [1]}',
        '{"target": "1", "questions": "甲乙"}',
        '{"target": "1", "questions": null}',
    ],
)
def test_read_questions_other_json_is_refused(tmp_path: Path, small: Parsed, line: str) -> None:
    with pytest.raises(DocumentError, match="第 1 行"):
        read_questions(_write(tmp_path, line), "small", small.measures)


def test_read_questions_bundled_file_reaches_every_applicable_measure(
    list_folder: Path, real_list: Parsed
) -> None:
    questions = read_questions(list_folder / FILE, "hz-2022", real_list.measures)
    asked = {q.target for q in questions}
    assert {m.id.split(":")[1] for m in real_list.measures if m.applicable} <= asked


def test_read_unanswerable_item_or_nothing_is_a_target(tmp_path: Path, small: Parsed) -> None:
    path = _write(tmp_path, _line("2", "要交多少钱"), _line("", "明天会下雨吗"))
    found = read_unanswerable(path, "small", small.measures)
    assert found == (
        Question("small", 2, 0, 0, "要交多少钱"),
        Question("small", 0, 0, 0, "明天会下雨吗"),
    )
    assert [question.target for question in found] == ["2", ""]


@pytest.mark.parametrize("target", ["1.1.1", "3", "0", " "])
def test_read_unanswerable_other_target_names_the_line(
    tmp_path: Path, small: Parsed, target: str
) -> None:
    path = _write(tmp_path, _line("1", "甲"), _line(target, "乙"))
    with pytest.raises(DocumentError, match=f"第 2 行：文档 small 里没有“{target}”"):
        read_unanswerable(path, "small", small.measures)


def test_read_unanswerable_missing_file_is_empty(tmp_path: Path, small: Parsed) -> None:
    assert read_unanswerable(tmp_path / UNANSWERABLE, "small", small.measures) == ()


def test_read_unanswerable_bundled_file_shares_no_question_with_the_other(
    list_folder: Path, real_list: Parsed
) -> None:
    asked = read_questions(list_folder / FILE, "hz-2022", real_list.measures)
    beyond = read_unanswerable(list_folder / UNANSWERABLE, "hz-2022", real_list.measures)
    assert {normalise(q.text) for q in asked} & {normalise(q.text) for q in beyond} == set()


def test_read_unanswerable_bundled_file_has_five_for_each_item(
    list_folder: Path, real_list: Parsed
) -> None:
    beyond = read_unanswerable(list_folder / UNANSWERABLE, "hz-2022", real_list.measures)
    counts = Counter(question.item for question in beyond)
    assert min(counts[measure.item] for measure in real_list.measures) >= 5
    assert counts[0] >= 5
