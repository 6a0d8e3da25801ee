"""One longest-match pass over the word table and the documents' names."""

from pathlib import Path

import pytest

from corpus.errors import DocumentError
from service.read.tag import Tag, Word, cut, merge, read_table


@pytest.mark.parametrize("row", read_table(), ids=lambda row: f"{row.kind}-{row.example}")
def test_example_of_each_row_reads_a_word_of_its_kind(row: Word) -> None:
    assert row.kind in {tag.kind for tag in cut(row.example)}


def test_longest_word_wins_and_the_rest_is_left() -> None:
    assert [(t.kind, t.text) for t in cut("破产有哪些")] == [("left", "破产"), ("which", "有哪些")]


def test_tags_cover_the_question() -> None:
    text = "请问法院牵头的改革有哪些?"
    tags = cut(text)
    assert "".join(tag.text for tag in tags) == text
    assert [tag.start for tag in tags] == [
        sum(len(t.text) for t in tags[:i]) for i in range(len(tags))
    ]


def test_name_wins_over_a_shorter_word_within_it() -> None:
    name = Tag("organ", "负责局", 0, ("负责局",))
    assert cut("负责局牵头", [name])[0] == name


def test_word_wins_over_a_name_within_it() -> None:
    term = Tag("span", "一个月", 1)
    assert [t.kind for t in cut("同一个月的", [term])] == ["same", "fill"]


def test_quote_gives_way_to_a_name_that_fills_it() -> None:
    quote = Tag("quote", "“甲乙”", 0, "甲乙")
    name = Tag("aspect", "甲乙", 1, ("甲乙方面",))
    assert [t.kind for t in cut("“甲乙”", [quote, name])] == ["fill", "aspect", "fill"]


def test_merge_takes_in_words_that_the_documents_say_with_those_left() -> None:
    tags = cut("金融监管")
    assert [tag.kind for tag in tags] == ["left", "charge"]
    assert [t.text for t in merge(tags, "应当接受金融监管部门的")] == ["金融监管"]
    assert merge(tags, "别的话") == tags


@pytest.mark.parametrize("line", ["which\t哪些", "which\t\t例", "哪些"])
def test_row_without_three_columns_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(f"# 注\n{line}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="第 2 行"):
        read_table(path)
