"""Tests of the lexicon file: what is read, and what is refused by its line."""

from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.lexicon import Entry, read_lexicon
from corpus.text import normalise


def test_read_lexicon_comments_and_blank_lines_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv"
    path.write_text(
        "# 说明\n\n开分店\t分支机构、 一照多址\r\nUKey\t税务UKey\n", encoding="utf-8-sig"
    )
    assert read_lexicon(path) == (
        Entry("开分店", ("分支机构", "一照多址")),
        Entry("UKey", ("税务UKey",)),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("过户 转移登记", "制表符"),
        ("过户\t转移登记\t多", "制表符"),
        ("\t转移登记", "空的词"),
        ("过户\t", "空的词"),
        ("过户\t转移登记、", "空的词"),
        ("过户\t转移登记、转移登记", "写了两遍"),
        ("过户\t過戶", "写了两遍"),
        ("開分店\t分支机构", "与第 1 行重复"),
    ],
)
def test_read_lexicon_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "lexicon.tsv"
    path.write_text(f"开分店\t分支机构\n{line}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=f"lexicon.tsv 第 2 行.*{message}"):
        read_lexicon(path)


@pytest.mark.parametrize("data", [None, b"\xff\xfe"])
def test_read_lexicon_unreadable_file_is_refused(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "lexicon.tsv"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DocumentError, match="读不了词表"):
        read_lexicon(path)


def test_read_lexicon_bundled_file_is_whole() -> None:
    entries = read_lexicon()
    assert len(entries) >= 120
    assert Entry("倒闭", ("破产",)) in entries


def test_read_lexicon_bundled_official_terms_stand_in_the_list(list_folder: Path) -> None:
    said = normalise((list_folder / "source.txt").read_text(encoding="utf-8")).replace(" ", "")
    terms = {term for entry in read_lexicon() for term in entry.official}
    assert {term for term in terms if normalise(term) not in said} == set()
