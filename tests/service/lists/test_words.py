"""The words of list questions: read from their file, cut out of a question."""

from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.measures import Parsed
from corpus.text import normalise
from service.lists.columns import Columns
from service.lists.words import read_patterns, read_words


@pytest.fixture(scope="module")
def columns(real_list: Parsed) -> Columns:
    return Columns(real_list.measures, {real_list.document.id: real_list.document})


def words(columns: Columns, text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in read_words(normalise(text), columns)]


def test_question_is_cut_into_units_months_and_words(columns: Columns) -> None:
    assert words(columns, "市法院牵头、3月见效的有几项？") == [
        ("unit", "市法院"),
        ("lead", "牵头"),
        ("and", "、"),
        ("month", "3月"),
        ("done", "见效"),
        ("fill", "的"),
        ("fill", "有"),
        ("count", "几"),
        ("item", "项"),
        ("ask", "?"),
    ]


def test_what_no_word_explains_is_left_over(columns: Columns) -> None:
    assert ("left", "发票") in words(columns, "税务局发票有哪些")
    assert words(columns, "甲乙丙丁") == [("left", "甲乙丙丁")]


def test_wrong_character_of_the_same_sound_is_mended(columns: Columns) -> None:
    assert words(columns, "税物局迁头的有哪些")[:2] == [("unit", "税务局"), ("lead", "牵头的")]


def test_place_without_the_item_is_no_unit(columns: Columns) -> None:
    assert [kind for kind, _ in words(columns, "哪些改革杭州用不上")] == ["which", "item", "absent"]
    assert words(columns, "不涉及杭州的事项")[0] == ("absent", "不涉及杭州")


def test_kinds_come_in_file_order_with_fragments_filled(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("# 注\n=局\t(?:局|办)\nwho\t哪个<局>\nmost\t最多\nwho\t谁\n", encoding="utf-8")
    (who, pattern), (most, _) = read_patterns(path)
    assert (who, most) == ("who", "most")
    assert [bool(pattern.fullmatch(text)) for text in ("哪个办", "谁", "哪个")] == [
        True,
        True,
        False,
    ]


def test_line_without_two_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("who 谁\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="第 1 行"):
        read_patterns(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="读不了词表"):
        read_patterns(tmp_path / "none.tsv")
