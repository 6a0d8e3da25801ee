"""Checking the questions of a document: on the small list, with values computable by eye."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from corpus.errors import DocumentError, InputError
from corpus.measures import Parsed, parse
from corpus.questions import Question, read_questions
from index.build import Source, build_index
from index.datatypes import Index
from index.store import save_index
from service.cli import commands
from service.questions.check import (
    Shortage,
    bigrams,
    collisions,
    coverage,
    jaccard,
    near_duplicates,
    targets,
)
from tests.conftest import make_document
from tests.fakes import FakeEmbedder

Write = Callable[..., Path]


def asked(target: str, *texts: str) -> tuple[Question, ...]:
    """Questions for a target of the small list."""
    item, row, number = ([int(part) for part in target.split(".")] + [0, 0])[:3]
    return tuple(Question("small", item, row, number, text) for text in texts)


def index_of(small: Parsed, *questions: Question) -> Index:
    """The small list and its questions, indexed with the fake embedder."""
    return build_index([Source(small, questions)], FakeEmbedder())


@pytest.fixture
def write(small: Parsed, tmp_path: Path) -> Write:
    """A function that writes the small list with the given questions beside it."""

    def write_files(**questions: list[str]) -> Path:
        path = tmp_path / "small.txt"
        path.write_text(small.document.text, encoding="utf-8")
        lines = [
            json.dumps({"target": name[1:].replace("_", "."), "questions": texts})
            for name, texts in questions.items()
        ]
        beside = tmp_path / "small.questions.jsonl"
        beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write_files


def check(path: Path, *args: str) -> Result:
    """Run `wence questions check` on a document, its data folder beside it."""
    given = ["questions", "check", str(path), *args]
    return CliRunner().invoke(commands, [*given, "--data", str(path.parent / "data")])


def report(result: Result) -> Any:
    """The JSON that a check gave, whether it failed or not."""
    return json.loads(result.stdout)


# Targets and coverage


def test_targets_are_each_item_before_its_measures(small: Parsed) -> None:
    found = targets(small.measures)
    assert list(found) == ["1", "1.1.1", "1.1.2", "2", "2.1.1", "2.2.1"]
    assert found["2"] == small.measures[2:]
    assert found["1.1.2"] == small.measures[1:2]


def test_coverage_counts_each_target_against_its_own_least(small: Parsed) -> None:
    questions = [*asked("1", "甲"), *asked("1.1.1", "乙", "丙"), *asked("2.1.1", "丁")]
    assert coverage(small.measures, questions, per_measure=2, per_item=1) == (
        Shortage("1.1.2", 0, 2),
        Shortage("2", 0, 1),
        Shortage("2.1.1", 1, 2),
        Shortage("2.2.1", 0, 2),
    )


def test_coverage_of_a_document_without_a_table_asks_for_every_clause() -> None:
    parsed = parse(make_document("第一条 推行告知承诺制。\n第二条 网上申请。", "clauses"))
    short = coverage(parsed.measures, [], per_measure=6, per_item=4)
    assert [s.wanted for s in short] == [4, 6, 4, 6]


# Duplicates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开分店？", {"开分", "分店"}),
        ("開 分，店", {"开分", "分店"}),
        ("店", {"店"}),
        ("？？", set()),
        ("", set()),
    ],
)
def test_bigrams_are_of_the_normalised_text_without_marks(text: str, expected: set[str]) -> None:
    assert bigrams(text) == expected


def test_jaccard_worked_example() -> None:
    # 开分 分店 / 开分 分公 公司: one in common of four.
    assert jaccard(bigrams("开分店"), bigrams("开分公司")) == 1 / 4
    assert jaccard(frozenset(), frozenset()) == 0.0


def test_near_duplicates_are_only_those_of_different_targets() -> None:
    first = asked("1.1.1", "我想再开一家分店要办照吗", "我想再开一家分店要办照嘛")
    other = asked("2.1.1", "我想再开一家分店要办照呢", "交税要去窗口吗")
    pairs = near_duplicates([*first, *other])
    # Eleven pairs of characters each, ten in common: 10/12.
    assert [(p.left, p.right, p.similarity) for p in pairs] == [
        (first[0], other[0], 10 / 12),
        (first[1], other[0], 10 / 12),
    ]


def test_near_duplicates_threshold_is_included() -> None:
    questions = [*asked("1", "开分店"), *asked("2", "开分公司")]
    assert len(near_duplicates(questions, threshold=1 / 4)) == 1
    assert near_duplicates(questions, threshold=0.26) == ()


def test_read_questions_same_question_in_two_targets_is_refused(
    write: Write, small: Parsed
) -> None:
    path = write(_1_1_1=["开分店？"], _2_1_1=["開分店?"])
    with pytest.raises(DocumentError, match=r"第 2 行：问法“開分店\?”与第 1 行重复"):
        read_questions(path.with_suffix(".questions.jsonl"), "small", small.measures)


# Collisions


def test_collisions_of_a_question_in_the_words_of_another_item_are_hard(small: Parsed) -> None:
    stray = asked("1.1.2", "网上提取公积金")
    (found,) = collisions(index_of(small, *stray), "small")
    assert (found.question, found.nearest.id, found.hard) == (stray[0], "small:2.2.1", True)
    assert found.margin > 0


def test_collisions_of_a_question_in_the_words_of_its_own_item_are_soft(small: Parsed) -> None:
    (found,) = collisions(index_of(small, *asked("2.1.1", "网上提取公积金")), "small")
    assert (found.nearest.id, found.hard) == ("small:2.2.1", False)


def test_collisions_of_a_fitting_question_are_none(small: Parsed) -> None:
    fitting = [*asked("2.2.1", "网上提取公积金"), *asked("2", "网上提取公积金吗")]
    assert collisions(index_of(small, *fitting), "small") == ()


def test_collisions_hide_the_question_that_asks(small: Parsed) -> None:
    # Were it not hidden, its own exact match would bring its measure to the top.
    index = index_of(small, *asked("1.1.2", "网上提取公积金"), *asked("2.2.1", "网上提取公积金吗"))
    assert [c.question.target for c in collisions(index, "small")] == ["1.1.2"]


def test_collisions_come_hard_first_then_by_margin(small: Parsed) -> None:
    index = index_of(
        small, *asked("2.1.1", "网上提取公积金"), *asked("1.1.2", "提取公积金", "公积金网上提取")
    )
    found = collisions(index, "small")
    assert [c.hard for c in found] == [True, True, False]
    assert found[0].margin >= found[1].margin


def test_collisions_are_of_the_document_asked_for(small: Parsed) -> None:
    stray = asked("1.1.2", "网上提取公积金")
    other = parse(make_document("第一条 推行告知承诺制。", "other"))
    index = build_index([Source(small, stray), Source(other)], FakeEmbedder())
    assert collisions(index, "other") == ()
    assert len(collisions(index, "small")) == 1


# The command


def test_check_of_complete_questions_warns_of_collisions_and_exits_0(
    write: Write, small: Parsed
) -> None:
    path = write(
        _1=["一照多址怎么办"],
        _1_1_1=["适用范围扩大到哪"],
        _1_1_2=["网上提取公积金"],
        _2=["一网通办是什么"],
        _2_1_1=["缴纳税费"],
        _2_2_1=["公积金怎么提"],
    )
    questions = read_questions(path.with_suffix(".questions.jsonl"), "small", small.measures)
    save_index(index_of(small, *questions), path.parent / "data" / "index")
    least = ("--per-measure", "1", "--per-item", "1")
    result = check(path, "--json", *least)
    assert result.exit_code == 0
    found = report(result)["collisions"]
    assert found["hard"] >= 1
    assert found["worst"][0]["target"] == "1.1.2"
    assert found["worst"][0]["nearest"] == "small:2.2.1"
    shown = check(path, *least)
    assert shown.exit_code == 0
    assert "1.1.2 “网上提取公积金” → small:2.2.1" in shown.stdout


def test_check_of_missing_questions_fails_and_lists_them(write: Write) -> None:
    result = check(write(_1=["照"]), "--per-item", "1")
    assert isinstance(result.exception, InputError)
    assert "5 个目标的问法不够，0 对问法近似重复" in str(result.exception)
    assert "  1.1.1：0 个，至少要 6 个\n" in result.stdout
    assert "  1：" not in result.stdout


def test_check_of_near_duplicates_fails_and_lists_them(write: Write) -> None:
    path = write(_1_1_1=["我想再开一家分店要办照吗"], _2_1_1=["我想再开一家分店要办照呢"])
    result = check(path, "--json")
    assert "1 对问法近似重复" in str(result.exception)
    (pair,) = report(result)["near_duplicates"]
    assert (pair["left"]["target"], pair["right"]["target"]) == ("1.1.1", "2.1.1")
    assert pair["similarity"] == round(10 / 12, 4)
    assert report(check(path, "--json", "--similarity", "0.9"))["near_duplicates"] == []


def test_check_without_an_index_says_that_collisions_are_unchecked(write: Write) -> None:
    result = check(write(), "--json")
    assert report(result)["collisions"] is None
    assert "wence build" in report(result)["unchecked"]


def test_check_of_a_file_edited_since_the_build_asks_for_a_build(
    write: Write, small: Parsed
) -> None:
    path = write(_1=["照"])
    save_index(index_of(small, *asked("1", "证")), path.parent / "data" / "index")
    result = check(path)
    assert "碰撞  没有检查：索引里的 small 与文件不同；请先运行 wence build" in result.stdout


@pytest.mark.parametrize("args", [("--per-item", "0"), ("--similarity", "0"), ("--worst", "x")])
def test_check_with_wrong_usage_exits_2(write: Write, args: tuple[str, ...]) -> None:
    assert check(write(), *args).exit_code == 2


def test_questions_cli_can_be_imported_first() -> None:
    subprocess.run([sys.executable, "-c", "import service.questions.cli"], check=True)


# Editing


def test_editing_one_question_encodes_only_that_question(small: Parsed) -> None:
    before = [*asked("1.1.1", "开分店", "连锁店"), *asked("2", "网上能办什么")]
    previous = index_of(small, *before)
    edited = (replace(before[0], text="再开一家店"), *before[1:])
    embedder = FakeEmbedder()
    index = build_index([Source(small, edited)], embedder, previous=previous)
    assert embedder.encoded == ["再开一家店"]
    assert index.questions == edited


def test_bundled_questions_pass_the_check(real_list: Parsed, list_folder: Path) -> None:
    questions = read_questions(list_folder / "questions.jsonl", "hz-2022", real_list.measures)
    assert coverage(real_list.measures, questions, per_measure=6, per_item=4) == ()
    assert near_duplicates(questions) == ()
