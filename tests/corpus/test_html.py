"""Tests of web pages: their lines, merged cells, encodings, and what cannot be read."""

import json
import sys
from pathlib import Path

import pytest

from corpus.errors import DocumentError, SetupError
from corpus.measures import parse
from corpus.read import read_document
from corpus.sheet import row_lines

DATA = Path(__file__).parent / "data"
BLANK = str.maketrans("", "", " \n")
REAL = "T1_gbf2018-126_reform_measures"


def read(tmp_path: Path, page: str | bytes) -> list[str]:
    path = tmp_path / "list.html"
    path.write_bytes(page.encode("utf-8") if isinstance(page, str) else page)
    return read_document(path).text.splitlines()


def test_real_page_gives_every_cell() -> None:
    document = read_document(DATA / f"{REAL}.html")
    expected = json.loads((DATA / f"{REAL}.expected.json").read_text(encoding="utf-8"))
    title, *rows = row_lines(document.text, "\t")
    assert [document.text[cell.start : cell.end] for cell in title] == [expected["title"]]
    # Paragraphs of a cell are lines here and one text there, and a name is spaced out here.
    assert [
        [document.text[cell.start : cell.end].translate(BLANK) for cell in row] for row in rows
    ] == [expected["header"], *expected["rows"]]
    assert len(parse(document).measures) == 17


@pytest.mark.parametrize("suffix", [".html", ".htm", ".HTML"])
def test_page_is_chosen_by_its_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"list{suffix}"
    path.write_text("<h1>某清单</h1>", encoding="utf-8")
    assert read_document(path).title == "某清单"


def test_blocks_are_lines_and_source_lines_are_none(tmp_path: Path) -> None:
    page = (
        "<body>\n<h1>某<b>办</b>法</h1><div>第一条\n  网上\n申请&nbsp; OA\nok"
        "<br>第二条<ul><li>甲<li>乙</ul></div>"
    )
    assert read(tmp_path, page) == ["某办法", "第一条网上申请 OA ok", "第二条", "甲", "乙"]


def test_preformatted_lines_are_kept(tmp_path: Path) -> None:
    assert read(tmp_path, "<pre>第一条\n第二条</pre>") == ["第一条", "第二条"]


def test_what_is_not_shown_or_navigates_is_skipped(tmp_path: Path) -> None:
    page = (
        "<head><title>题</title><style>p {}</style></head><nav>首页</nav><!-- 注 --><p>文</p>"
        "<script>'<table>'</script><p hidden>藏</p><p style='DISPLAY: none'>藏</p>尾"
    )
    assert read(tmp_path, page) == ["文", "尾"]


def test_merged_cells_are_repeated(tmp_path: Path) -> None:
    page = (
        "<table><caption>某清单</caption><tr><th colspan=2>事项<th>举措"
        "<tr><td rowspan=2>甲<td>子<td><p>1.一。</p><p>2.二。</p><tr><td>丑<td rowspan='x'>三"
        "<tr><td rowspan=0>乙<td>寅<tr><td>卯<td>四</table>"
    )
    assert read(tmp_path, page) == [
        "某清单",
        "事项\t事项\t举措",
        '甲\t子\t"1.一。',
        '2.二。"',
        "甲\t丑\t三",
        "乙\t寅\t",
        "乙\t卯\t四",
    ]


def test_table_of_a_layout_gives_its_paragraphs_and_tables(tmp_path: Path) -> None:
    page = (
        "<table><tr><td><p>前<table><tr><td>甲</td><td>乙</td></tr></table>后</td><td>旁</td></tr></table>"
        "<table><tr><td><p>独</p><p>列</p></td></tr></table>"
    )
    assert read(tmp_path, page) == ["前", "甲\t乙", "后", "旁", "独", "列"]


@pytest.mark.parametrize(
    ("meta", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "gb18030"),
        ("<meta charset=gb2312>", "gb18030"),  # 镕 is not in GB 2312
        ('<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gbk"),
        ("<meta charset='big5'>", "big5"),
    ],
)
def test_encoding_is_the_one_that_the_page_names(tmp_path: Path, meta: str, encoding: str) -> None:
    words = "臺北" if encoding == "big5" else "朱镕"
    assert read(tmp_path, f"{meta}<p>{words}".encode(encoding)) == [words]


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (b"", "文件里没有文字"),
        (b"<!-- -->", "文件里没有文字"),
        (b"<script>1</script>", "文件里没有文字"),
        (b"<table><tr><td>1<td>2", "文件损坏或被截断"),
        (b"PK\x03\x04\0\0", "文件损坏或被截断"),
        ("<meta charset=utf-8>甲".encode("gbk"), "第 20 字节处不是 utf-8 编码"),
        ("甲".encode()[:2] + b"\xff", "第 2 字节处不是 utf-8 或 gb18030 编码"),
        (b"<meta charset=nope>", "不认识网页标明的编码 nope"),
        (b"<div>" * 3000 + b"1", "网页的标签嵌套得太深"),
    ],
)
def test_page_that_cannot_be_read_is_refused(tmp_path: Path, page: bytes, problem: str) -> None:
    with pytest.raises(DocumentError, match=rf"list\.html：{problem}"):
        read(tmp_path, page)


def test_page_without_the_extra_gives_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(SetupError, match=r"pip install 'wence\[formats\]'"):
        read_document(DATA / f"{REAL}.html")
