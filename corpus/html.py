"""Web pages → text: their paragraphs and the rows of their tables, in the order of the page.

Merged cells are repeated in every place that they cover, as of office files. A table that holds
tables, or has one column, only places what stands in it: its cells are read as paragraphs.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import DocumentError, SetupError
from corpus.sheet import as_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MISSING = "读 HTML 文件还需要 lxml；请运行 pip install 'wence[formats]'"
SUFFIXES = (".html", ".htm")
SKIPPED = re.compile(
    "head|script|style|nav|noscript|template|iframe|object|svg|select|button|textarea"
)
INLINE = re.compile(
    "a|abbr|b|bdi|bdo|big|cite|code|data|dfn|em|font|i|img|input|ins|kbd|label|mark|o:p|q|s|samp|"
    "small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
CHARSET = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
HEAD = 4096  # bytes in which a page says its encoding
UNREAD = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
WIDE = "[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
WRAP = "\v"  # a line end of the file, which is no line end of the page
WRAPPED = re.compile(rf"(?<={WIDE})[ \t]*{WRAP}\s*(?={WIDE})")
WIDEST = 1000  # columns that one cell may cover, and rows


def read_html(path: Path) -> str:
    """The text of a web page, without its scripts, styles, navigation and hidden parts.

    Raises:
        DocumentError: it is damaged or cut short, or not in the encoding that it names.
        SetupError: the extra is not installed.
    """
    try:
        from lxml import etree, html
    except ImportError as error:
        raise SetupError(MISSING) from error
    text = _decode(path.read_bytes(), path.name)
    shown = UNREAD.sub("", text).lower()
    if "\0" in text or len(re.findall(r"<table\b", shown)) > shown.count("</table"):
        raise DocumentError(f"{path.name}：文件损坏或被截断；请换一份完整的网页")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        page = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError as error:  # a page of nothing
        raise DocumentError(f"{path.name}：文件里没有文字") from error
    try:
        return "\n".join(_lines(_pieces(page))) + "\n"
    except RecursionError as error:
        raise DocumentError(f"{path.name}：网页的标签嵌套得太深；请另存为 DOCX") from error


def _decode(data: bytes, name: str) -> str:
    """Decode a page in the encoding that it names, else in UTF-8 or GB18030."""
    named = CHARSET.search(data[:HEAD])
    encodings = [named[1].decode("ascii")] if named else ["utf-8", "gb18030"]
    if data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    # Pages that name GB2312 or GBK use characters beyond it, as browsers know.
    if encodings[0].lower() in ("gb2312", "gbk"):
        encodings = ["gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except LookupError as error:
            raise DocumentError(f"{name}：不认识网页标明的编码 {encoding}") from error
        except UnicodeDecodeError as error:
            place = error.start
    raise DocumentError(
        f"{name}：第 {place} 字节处不是 {' 或 '.join(encodings)} 编码；请另存为 UTF-8 网页"
    )


def _lines(pieces: Iterator[str | list[str]]) -> Iterator[str]:
    """Texts put together to the lines that the page shows, and rows as lines of their own."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        yield from _shown("".join(texts))
        texts = []
        yield as_line(piece)
    yield from _shown("".join(texts))


def _shown(text: str) -> list[str]:
    """The filled lines of a text; a line end of the file is a space, or none in Chinese."""
    text = WRAPPED.sub("", text).replace(WRAP, " ")
    lines = (re.sub("[ \t\f\xa0]+", " ", line).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def _pieces(node: HtmlElement, *, kept: bool = False) -> Iterator[str | list[str]]:
    """The texts within an element, newlines where a line ends, and the rows of its tables.

    `kept`: whether the file's own line ends are shown, as within <pre>.
    """
    tag = node.tag if isinstance(node.tag, str) else "head"  # a comment shows as much as a head
    if SKIPPED.fullmatch(tag) or "hidden" in node.attrib or HIDDEN.search(node.get("style", "")):
        return
    rows = _rows(node) if tag == "table" else []
    if rows:
        captions = (child for child in node if child.tag == "caption")
        for part in captions:
            yield from _pieces(part)
        yield from rows
        return
    kept = kept or tag == "pre"
    edge = "" if INLINE.fullmatch(tag) else "\n"
    yield edge
    yield _source(node.text, kept=kept)
    for child in node:
        yield from _pieces(child, kept=kept)
        yield _source(child.tail, kept=kept)
    yield edge


def _source(text: str | None, *, kept: bool) -> str:
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return lines if kept else lines.replace("\n", WRAP)


def _rows(table: HtmlElement) -> list[list[str]]:
    """The rows of a table of several columns, all of one width; none of a layout."""
    if table.find(".//table") is not None:
        return []
    rows = [row for row in table.iter("tr") if "hidden" not in row.attrib]
    grid: dict[tuple[int, int], str] = {}
    for top, row in enumerate(rows):
        left = 0
        for cell in row.iterchildren("td", "th"):
            while (top, left) in grid:
                left += 1
            text = "\n".join(_lines(_pieces(cell)))
            down, right = _span(cell, "rowspan", len(rows) - top), _span(cell, "colspan", WIDEST)
            covered = ((top + y, left + x) for y in range(down) for x in range(right))
            grid |= {place: text for place in covered if place not in grid}
            left += right
    width = max((column + 1 for _, column in grid), default=0)
    if width < 2:
        return []
    return [[grid.get((y, x), "") for x in range(width)] for y in range(len(rows))]


def _span(cell: HtmlElement, name: str, most: int) -> int:
    """How many rows or columns a cell covers: at least one; 0 means all that are left."""
    value = cell.get(name, "1").strip()
    number = int(value) if value.isascii() and value.isdigit() else 1
    return min(number or (most if name == "rowspan" else 1), most)
