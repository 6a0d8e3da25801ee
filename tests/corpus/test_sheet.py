"""Tests of the layouts of tables: rows and cells with offsets, and nothing lost."""

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.sheet import Row, as_line, cell_lines, lines, row_lines, trim


def words(text: str, rows: tuple[Row, ...]) -> list[list[str]]:
    return [[text[cell.start : cell.end] for cell in row] for row in rows]


def test_cell_lines_tab_led_text_gives_paragraphs_and_rows() -> None:
    text = "标题\n\n\t甲\n\t乙\n\n续\n\n\t丙\n\t\n"
    assert words(text, cell_lines(text)) == [["标题"], ["甲", "乙\n\n续"], ["丙", ""]]


def test_row_lines_of_tabs_gives_a_row_a_line() -> None:
    text = "标题\n\n序号\t事项\n1\t 一照多址 \n\t\n2\t"
    assert words(text, row_lines(text, "\t")) == [
        ["标题"],
        ["序号", "事项"],
        ["1", "一照多址"],
        ["2", ""],
    ]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('1,"甲,乙",丙', ["1", "甲,乙", "丙"]),
        ('1,"甲\n乙",丙', ["1", "甲\n乙", "丙"]),
        ('"甲""乙""",丙', ['甲""乙""', "丙"]),  # doubled quotes stay as they are written
        ('"甲"乙,丙', ['"甲"乙', "丙"]),  # quotes that do not enclose the cell are its own
        ('甲"乙",丙', ['甲"乙"', "丙"]),
        ('"甲,丙', ['"甲', "丙"]),
        ('甲,"",', ["甲", "", ""]),
    ],
)
def test_row_lines_of_commas_reads_quotes(line: str, cells: list[str]) -> None:
    assert words(line, row_lines(line, ",")) == [cells]


CELLS = st.text(alphabet='甲乙 1",\t\n', max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4)


@given(TABLES, st.sampled_from("\t,"))
def test_row_lines_any_table_that_csv_writes_gives_its_cells(
    table: list[list[str]], separator: str
) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(table)
    text = stream.getvalue()
    read = [[c.replace('""', '"') for c in row] for row in words(text, row_lines(text, separator))]
    expected = [[cell.strip() for cell in row] for row in table]
    assert read == [row for row in expected if any(row)]


@given(st.text(alphabet='甲乙 1",\t\n', max_size=30), st.sampled_from("\t,"))
def test_row_lines_any_text_that_csv_accepts_has_the_cells_of_csv(
    text: str, separator: str
) -> None:
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error:
        assume(False)
    expected = [[cell.strip() for cell in row] for row in table]
    read = words(text, row_lines(text, separator))
    if '""' not in text:
        assert read == [row for row in expected if any(row)]
    assert [len(row) for row in read] == [len(row) for row in expected if any(row)]


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_as_line_any_cells_come_back(cells: list[str]) -> None:
    expected = [cell.replace("\t", " ").strip() for cell in cells]
    if any(expected):
        read = list(csv.reader(io.StringIO(as_line(cells)), delimiter="\t", strict=True))
        assert read == [expected]


LAYOUT_TEXT = st.text(alphabet="甲乙 1.\t\n\u2028", max_size=40)


@given(LAYOUT_TEXT)
def test_any_layout_of_any_text_loses_no_word(text: str) -> None:
    for rows, separator in (
        (cell_lines(text), ""),
        (row_lines(text, "\t"), ""),
        (row_lines(text, ","), ","),
    ):
        read = "".join(text[cell.start : cell.end] for row in rows for cell in row)
        assert "".join(read.split()) == "".join(text.replace(separator or "\t", "").split())


@given(LAYOUT_TEXT)
def test_lines_any_text_gives_trimmed_lines_in_order(text: str) -> None:
    found = lines(text, Span(0, len(text)))
    assert [text[span.start : span.end] for span in found] == [
        line.strip() for line in text.splitlines() if line.strip()
    ]


@given(LAYOUT_TEXT)
def test_trim_any_span_equals_strip(text: str) -> None:
    span = trim(text, Span(0, len(text)))
    assert text[span.start : span.end] == text.strip()
