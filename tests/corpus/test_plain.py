"""Plain words: reading them, and proving them against the rows that they tell."""

import json
from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.measures import Parsed
from corpus.plain import FILE, plain_line, read_plain
from corpus.plain_check import check, check_all, organs_of, row_words

ROW = "第一方面 允许加载新地址，3个工作日内办结，不得收费，2022年6月前“一照多址”。市税务局"


def write(folder: Path, *lines: str) -> Path:
    """A file of these lines."""
    path = folder / FILE
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def told(small: Parsed, plain: str, row: str = ROW) -> list[str]:
    """What is found in plain words of the first measure, whose row this is."""
    found = check(small.measures[0], plain, row, organs_of(small.measures))
    return [fault.told for fault in found if fault.proved]


def test_read_plain_gives_document_order_and_missing_file_is_empty(
    small: Parsed, tmp_path: Path
) -> None:
    assert read_plain(tmp_path / FILE, "small", small.measures) == {}
    path = write(tmp_path, plain_line("small:2.1.1", "网上报税。").strip(), "")
    with path.open("a", encoding="utf-8") as file:
        file.write(plain_line("small:1.1.1", "加地址。"))
    read = read_plain(path, "small", small.measures)
    assert list(read.items()) == [("small:1.1.1", "加地址。"), ("small:2.1.1", "网上报税。")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "第 1 行：应为"),
        ("[]", "第 1 行：应为"),
        ('{"id": "small:1.1.1"}', "plain"),
        ('{"id": 1, "plain": "x"}', "都应是字符串"),
        (plain_line("small:9.1.1", "无。").strip(), "没有举措“small:9.1.1”"),
        (plain_line("small:1.1.1", " ").strip(), "白话是空的"),
        (plain_line("small:1.1.1", "一\n二").strip(), "换行"),
        (plain_line("small:1.1.1", "长" * 401).strip(), "超过 400 字"),
    ],
)
def test_read_plain_bad_line_is_told_with_its_place(
    small: Parsed, tmp_path: Path, line: str, says: str
) -> None:
    with pytest.raises(DocumentError, match=r"plain.jsonl 第 1 行") as error:
        read_plain(write(tmp_path, line), "small", small.measures)
    assert says in str(error.value)


def test_read_plain_twice_the_same_id_is_told(small: Parsed, tmp_path: Path) -> None:
    line = plain_line("small:1.1.1", "加地址。").strip()
    with pytest.raises(DocumentError, match=r"第 2 行：举措“small:1.1.1”的白话给了两次"):
        read_plain(write(tmp_path, line, line), "small", small.measures)


@pytest.mark.parametrize(
    "plain",
    [
        "3个工作日内办好，不得收费，找市税务局。",
        "三个工作日办好，2022年6月前“一照多址”。",
        "第三方一起办，免得跑腿。",  # no amount, no exemption
        "市里来办这件事。",
    ],
)
def test_check_what_the_row_says_is_no_fault(small: Parsed, plain: str) -> None:
    assert told(small, plain) == []


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ("5个工作日办好。", "数字“5”不在这一行里"),
        ("分两种情况。", "数字“2”不在这一行里"),
        ("2022年9月前办好。", "日期“2022年9月”不在这一行里"),
        ("实行“一证多址”。", "“一证多址”不是这一行里的说法"),
        ("去找市公积金中心。", "单位“市公积金中心”不在这一行里"),
        ("去找市民政局。", "单位“市民政局”不在这一行里"),
        ("无需许可证。", "“无需”在这一行里没有依据"),
        ("至少办一次。", "“至少”在这一行里没有依据"),
    ],
)
def test_check_what_the_row_does_not_say_is_a_fault(small: Parsed, plain: str, says: str) -> None:
    assert says in told(small, plain)


def test_check_a_lost_prohibition_is_left_to_a_reader(small: Parsed) -> None:
    measure = small.measures[0]
    lost = check(
        type(measure).from_record(measure.to_record() | {"text": "办证不得收费。"}),
        "办证可以收费。",
        ROW,
        (),
    )
    assert [(fault.told, fault.proved) for fault in lost] == [("原文的“不得”没有说到", False)]


def test_check_all_tells_a_measure_without_plain_words(small: Parsed) -> None:
    plain = {m.id: "照原文办。" for m in small.measures[1:]}
    assert [(f.measure, f.told) for f in check_all(small.measures, plain)] == [
        ("small:1.1.1", "还没有白话")
    ]


def test_row_words_of_a_later_row_hold_those_of_the_items_first(small: Parsed) -> None:
    first, later = small.measures[2:4]
    assert "市税务局" not in row_words(later)
    assert "市税务局" in row_words(later, first)


def test_real_plain_words_stand_on_their_rows_and_none_is_missing(
    real_list: Parsed, list_folder: Path
) -> None:
    plain = read_plain(list_folder / FILE, "hz-2022", real_list.measures)
    proved = [fault for fault in check_all(real_list.measures, plain) if fault.proved]
    assert proved == []
    assert len(plain) >= sum(m.applicable for m in real_list.measures) == 344


def test_real_plain_words_are_short_and_each_its_own(real_list: Parsed, list_folder: Path) -> None:
    lines = (list_folder / FILE).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["plain"] for line in lines]
    assert len(set(texts)) == len(texts)
    assert max(map(len, texts)) <= 120
