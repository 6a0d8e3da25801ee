"""Tests of PDFs: their paragraphs, tables over pages, merged cells, and what cannot be read."""

import json
import sys
from pathlib import Path

import pytest

from corpus.errors import DocumentError, SetupError
from corpus.measures import parse
from corpus.read import read_document
from corpus.sheet import row_lines
from tests.corpus.pages import WIDTH, frame, pdf, rule, table, text

DATA = Path(__file__).parent / "data"
REAL = "T1_gbf2018-126_reform_measures"
EDGES = (20, 60, 160, 380)  # columns of 3, 9 and 21 characters
HEADER = ("序号", "事项", "主要举措")
FULL = "一二三四五六七八九十一二三四五六七八九十一"  # as many characters as the widest column holds
IMAGE = "q 400 0 0 600 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI Q"


def read(tmp_path: Path, *contents: str) -> list[str]:
    path = tmp_path / "list.pdf"
    path.write_bytes(pdf(*contents))
    return read_document(path).text.splitlines()


def test_real_pdf_gives_every_cell() -> None:
    document = read_document(DATA / f"{REAL}.pdf")
    expected = json.loads((DATA / f"{REAL}.expected.json").read_text(encoding="utf-8"))
    title, *rows = row_lines(document.text, "\t")
    assert [document.text[cell.start : cell.end] for cell in title] == [expected["title"]]
    assert [[document.text[cell.start : cell.end] for cell in row] for row in rows] == [
        expected["header"],
        *expected["rows"],
    ]
    assert len(parse(document).measures) == 17


def test_lines_that_fill_the_width_are_one_paragraph(tmp_path: Path) -> None:
    lines = [
        text(150, 100, "某办法", 14),
        text(40, 140, "第一条" + "甲" * 29),  # up to 360: no room for （乙）, which is not broken
        text(20, 160, "（乙）" + "乙" * 33),
        text(20, 180, "丙。"),
        text(40, 200, "第二条"),
        text(320, 240, "某局"),
    ]
    assert read(tmp_path, "".join(lines)) == [
        "某办法",
        "第一条" + "甲" * 29 + "（乙）" + "乙" * 33 + "丙。",
        "第二条",
        "某局",
    ]


def test_line_ends_within_a_cell_are_kept_where_there_was_room(tmp_path: Path) -> None:
    rows = [HEADER, ("1", "一二三四五六七八九/十", "1.甲。/2.乙。")]
    assert read(tmp_path, table(100, EDGES, rows))[1:] == [
        '1\t一二三四五六七八九十\t"1.甲。',
        '2.乙。"',
    ]


def test_points_of_a_list_are_lines_even_where_the_line_is_full(tmp_path: Path) -> None:
    rows = [HEADER, ("1", "甲", FULL[:-1] + "。/2.乙。")]
    assert read(tmp_path, table(100, EDGES, rows))[1:] == [f'1\t甲\t"{FULL[:-1]}。', '2.乙。"']


def test_merged_cells_are_repeated(tmp_path: Path) -> None:
    cells = [
        frame(20, 140, 380, 180, ["一、甲方面"]),
        frame(20, 180, 60, 260, ["1"]),
        frame(60, 180, 160, 220, ["甲"]),
        frame(160, 180, 380, 220, ["子"]),
        frame(60, 220, 160, 260, ["乙"]),
        frame(160, 220, 380, 260, ["丑"]),
    ]
    assert read(tmp_path, table(100, EDGES, [HEADER]) + "".join(cells)) == [
        "序号\t事项\t主要举措",
        "一、甲方面\t一、甲方面\t一、甲方面",
        "1\t甲\t子",
        "1\t乙\t丑",
    ]


def test_table_over_pages_is_one_without_repeated_headers(tmp_path: Path) -> None:
    first = text(20, 60, "某清单") + table(100, EDGES, [HEADER, ("1", "甲", "子")])
    second = text(20, 20, "某清单") + table(40, EDGES, [HEADER, ("2", "乙", "丑")])
    pages = [page + text(WIDTH / 2, 570, f"— {n} —") for n, page in enumerate([first, second], 1)]
    third = text(180, 20, "（续表）") + table(40, EDGES, [("3", "丙", "寅")])
    assert read(tmp_path, *pages, third) == [
        "某清单",
        "序号\t事项\t主要举措",
        "1\t甲\t子",
        "2\t乙\t丑",
        "3\t丙\t寅",
    ]


@pytest.mark.parametrize(
    ("above", "below", "rows"),
    [
        # The text goes on: one row, also where the number stands in its second part.
        (("1", "甲", FULL), ("", "", "二三。"), [f"1\t甲\t{FULL}二三。"]),
        (("", "甲", FULL), ("1", "", "二三。"), [f"1\t甲\t{FULL}二三。"]),
        # Only one text has a second part, and its row has no title of its own.
        (("1", "甲", "子。"), ("", "", "丑。"), ['1\t甲\t"子。', '丑。"']),
        # A row of its own.
        (("1", "甲", FULL), ("2", "乙", "二三。"), [f"1\t甲\t{FULL}", "2\t乙\t二三。"]),
        # A row of its own under a number that covers both.
        (("1", "甲", "子。"), ("", "乙", "丑。"), ["1\t甲\t子。", "1\t乙\t丑。"]),
    ],
)
def test_row_at_a_page_end_is_joined_where_that_can_be_told(
    tmp_path: Path, above: tuple[str, ...], below: tuple[str, ...], rows: list[str]
) -> None:
    pages = table(480, EDGES, [HEADER, above]), table(40, EDGES, [HEADER, below])
    assert read(tmp_path, *pages)[1:] == rows


def test_row_without_a_rule_at_the_page_end_is_read(tmp_path: Path) -> None:
    open_row = (
        "".join(rule(x, 140, x, 180) for x in EDGES) + text(22, 142, "1") + text(62, 142, "甲")
    )
    assert read(tmp_path, table(100, EDGES, [HEADER]) + open_row) == [
        "序号\t事项\t主要举措",
        "1\t甲\t",
    ]


def test_merged_cell_over_pages_covers_the_rows_of_both(tmp_path: Path) -> None:
    first = table(100, EDGES, [HEADER, ("1", "甲", "子。")])
    second = frame(20, 40, 60, 120) + "".join(
        frame(60, y, 160, y + 40, [title]) + frame(160, y, 380, y + 40, ["丑。"])
        for y, title in [(40, "乙"), (80, "丙")]
    )
    assert read(tmp_path, first, second)[1:] == ["1\t甲\t子。", "1\t乙\t丑。", "1\t丙\t丑。"]


def test_tables_of_other_columns_stay_apart(tmp_path: Path) -> None:
    other = table(40, (20, 200, 380), [("", "丑。")])
    assert read(tmp_path, table(100, EDGES, [("1", "甲", "子。")]), other) == [
        "1\t甲\t子。",
        "\t丑。",
    ]


def test_white_ground_of_a_cell_is_no_rule(tmp_path: Path) -> None:
    ground = "1 g 22 470 36 20 re f 0 g\n"
    assert read(tmp_path, ground + table(100, EDGES, [HEADER])) == ["序号\t事项\t主要举措"]


def test_frame_around_a_text_is_no_table(tmp_path: Path) -> None:
    assert read(tmp_path, frame(20, 100, 380, 160, ["甲", "乙"])) == ["甲", "乙"]


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ([IMAGE], "第 1 页是没有文字的扫描图像；请先做文字识别"),
        ([text(20, 100, "甲"), IMAGE], "第 2 页是没有文字的扫描图像"),
        (["", ""], "没有文字；若是扫描件，请先做文字识别"),
        (["BT /F 10 Tf 0 1 -1 0 100 100 Tm <4e004e00> Tj ET"], "第 1 页的文字横放或没有编码"),
    ],
)
def test_pdf_without_words_is_refused(tmp_path: Path, pages: list[str], problem: str) -> None:
    with pytest.raises(DocumentError, match=rf"list\.pdf：{problem}"):
        read(tmp_path, *pages)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\n", "第一条 文。".encode(), pdf("")[:700]])
def test_file_that_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.PDF"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"list\.PDF：文件损坏，或不是 PDF 文件"):
        read_document(path)


def test_pdf_without_the_extra_gives_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    with pytest.raises(SetupError, match=r"pip install 'wence\[formats\]'"):
        read_document(DATA / f"{REAL}.pdf")
