"""PDF → text: its paragraphs and the rows of its ruled tables, in the order of the pages.

A PDF knows characters and rules, no more: which line ends are those of paragraphs, which cells
are merged and which tables go on over pages is worked out as the eye does. Lengths are points
from a page's top left corner; a merged cell is one box in several places.
"""

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError, SetupError
from corpus.sheet import as_line
from corpus.text import NUMERAL

MISSING = "读 PDF 文件还需要 pdfplumber；请运行 pip install 'wence[formats]'"
EMPTY = "没有文字；若是扫描件，请先做文字识别（OCR）"
NUMBER = re.compile(r"[-—–－·\s]*#[-—–－·\s]*|第?\s*#\s*[页/].{0,12}|[（(]?续表?[）)]?")
MARGIN = 0.12  # of a page's height, where its number and running titles stand
CLOSERS = "，。、；：！？）》〉」』】”’％%,.;:!?)]"  # may not start a line
OPENERS = "（《〈「『【“‘(["  # may not end one
ENDS = "。；！？：.;!?:"
LISTED = re.compile(rf"[（(]?{NUMERAL}[）)]|{NUMERAL}[.．、](?!\d)|第{NUMERAL}条|[①-⑳]")
# Radicals have the same shapes as these characters, and some PDFs give them in their place.
RADICALS = str.maketrans(
    "⺁⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "厂母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
) | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
NEAR = 3.0  # so far apart, two edges are still one
Area = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Line:
    """A line of characters; `unit` is the width of its first part that cannot be broken."""

    text: str
    left: float
    right: float
    top: float
    size: float
    unit: float


@dataclass(frozen=True)
class Box:
    """Lines between two edges: those of a table's cell, or of the text between tables."""

    lines: tuple[Line, ...]
    left: float
    right: float


Rows = list[list[Box]]
Placed = tuple[float, Box | Rows]  # a line outside tables, or a table; how far down, 0 to 1


def read_pdf(path: Path) -> str:
    """The text of a PDF, without page numbers and running titles.

    Raises:
        DocumentError: it is damaged, locked or scanned, or does not tell its characters.
        SetupError: the extra is not installed.
    """
    try:
        import pdfplumber
        from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
    except ImportError as error:
        raise SetupError(MISSING) from error
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font, many times
    try:
        with pdfplumber.open(path) as book:
            problem = next(filter(None, map(_problem, book.pages)), "")
            pages = [] if problem else [_blocks(page) for page in book.pages]
    except (MalformedPDFException, PdfminerException) as error:
        locked = "Password" in repr(error)
        problem = "有密码保护；请先解除密码" if locked else f"文件损坏，或不是 PDF 文件（{error}）"
        raise DocumentError(f"{path.name}：{problem}") from error
    if not any(pages):
        raise DocumentError(f"{path.name}：{problem or EMPTY}")
    return "".join(f"{line}\n" for block in _whole(pages) for line in _written(block))


def _problem(page: Any) -> str:
    """Why the words of a page cannot be read, or nothing."""
    total, told = len(page.chars), sum(map(_told, page.chars))
    size = sum(image["width"] * image["height"] for image in page.images)
    if not total and 2 * size > page.width * page.height:
        return f"第 {page.page_number} 页是没有文字的扫描图像；请先做文字识别（OCR），或删去这一页"
    if 2 * told < total:
        return f"第 {page.page_number} 页的文字横放或没有编码，读不出；请用原文件重新导出 PDF"
    return ""


def _told(char: dict[str, Any]) -> bool:
    """Whether a character stands upright and is known; a watermark or a bullet may not be."""
    return bool(char["upright"]) and not char["text"].startswith("(cid:")


def _seen(item: dict[str, Any]) -> bool:
    """Whether an item is not the white ground of a cell, whose edges are no rules."""
    white = item.get("non_stroking_color") in (1, (1,), (1, 1, 1), (0, 0, 0, 0))
    return not (item["object_type"] == "rect" and white and item["fill"] and not item["stroke"])


def _blocks(page: Any) -> list[Placed]:
    """Lines and tables of a page, in order."""
    page = page.filter(_seen).dedupe_chars()
    chars = [{**c, "text": c["text"].translate(RADICALS)} for c in page.chars if _told(c)]
    # A row that goes on over the page may have no rule at the page's end.
    sides = [edge for edge in page.edges if edge["orientation"] == "v"]
    ends = [min(e["top"] for e in sides), max(e["bottom"] for e in sides)] if sides else []
    tables = page.find_tables({"explicit_horizontal_lines": ends})
    tables = [t for t in tables if len(_edges(area[0] for area in t.cells)) > 1]
    free = _lines([c for c in chars if not any(_within(c, table.bbox) for table in tables)])
    left = min([line.left for line in free] + [t.bbox[0] for t in tables], default=0.0)
    right = max([line.right for line in free] + [page.width - left])
    blocks: list[Placed] = [(t.bbox[1] / page.height, _grid(t.cells, chars)) for t in tables]
    blocks += [(line.top / page.height, Box((line,), left, right)) for line in free]
    return sorted(blocks, key=itemgetter(0))


def _within(char: dict[str, Any], area: Area) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(area[0] <= x < area[2] and area[1] <= y < area[3])


def _edges(places: Iterable[float]) -> list[float]:
    ordered = sorted(places)
    return ordered[:1] + [b for a, b in pairwise(ordered) if b - a > NEAR]


def _grid(cells: Sequence[Area], chars: Sequence[dict[str, Any]]) -> Rows:
    """The box of each row and column."""
    boxes = [
        Box(_lines([c for c in chars if _within(c, area)]), area[0], area[2]) for area in cells
    ]
    columns, rows = _edges(area[0] for area in cells), _edges(area[1] for area in cells)

    def over(x: float, y: float) -> Box:
        place = {"x0": x, "x1": x + 2 * NEAR, "top": y, "bottom": y + 2 * NEAR}
        found = (box for box, area in zip(boxes, cells, strict=True) if _within(place, area))
        return next(found, Box((), x, x))

    return [[over(x, y) for x in columns] for y in rows]


def _lines(chars: Sequence[dict[str, Any]]) -> tuple[Line, ...]:
    groups: list[list[dict[str, Any]]] = []
    middle = 0.0
    for char in sorted(chars, key=lambda c: float(c["top"] + c["bottom"])):
        here = (char["top"] + char["bottom"]) / 2
        if not groups or here - middle > 0.4 * char["size"]:
            groups.append([])
            middle = here
        groups[-1].append(char)
    shown = ([c for c in group if not c["text"].isspace()] for group in groups)
    return tuple(_line(sorted(group, key=itemgetter("x0"))) for group in shown if group)


def _line(chars: Sequence[dict[str, Any]]) -> Line:
    """Characters in order as a line, with a space where there is a gap."""
    first, size = chars[0], sorted(c["size"] for c in chars)[len(chars) // 2]
    text, right, unit = first["text"], max(c["x1"] for c in chars), 0.0
    for a, b in pairwise(chars):
        latin = a["text"].isascii() and b["text"].isascii()
        gap = b["x0"] - a["x1"] > size * (0.15 if latin else 0.5)
        if not (b["text"] in CLOSERS or a["text"] in OPENERS or (latin and not gap)):
            unit = unit or a["x1"] - first["x0"]
        text += " " * gap + b["text"]
    return Line(text, first["x0"], right, first["top"], size, unit or right - first["x0"])


def _written(block: Box | Rows) -> list[str]:
    if isinstance(block, Box):
        return _text(block).split("\n")
    return [as_line([_text(cell) for cell in row]) for row in block]


def _text(box: Box) -> str:
    """The paragraphs of a box, without the line ends that its width made."""
    text = box.lines[0].text if box.lines else ""
    for a, b in pairwise(box.lines):
        ends = a.text[-1] + b.text[0]
        space = " " if ends.isascii() and any(map(str.isalpha, ends)) else ""
        text += ("\n" if _parted(a, b, box) else space) + b.text
    return text


def _parted(a: Line, b: Line, box: Box) -> bool:
    """Whether a paragraph ends between two lines: what starts the second had room in the first.

    Also where it is indented, well below or of another size, or starts a point of a list.
    """
    pad = max(0.0, min([a.size, *(gap for line in box.lines for gap in _gaps(line, box))]))
    before, after = (gap - pad for gap in _gaps(a, box))
    left, right = _gaps(b, box)
    # A first line is indented by two characters, and may end as far from the other edge.
    centred = abs(before - after) < a.size / 2 and before > 2.5 * a.size
    return (
        (before + after if centred else after) > b.unit + a.size / 2
        or (b.left - a.left > 0.8 * a.size and abs(left - right) > b.size / 2)
        or (before > 4 * a.size and not centred)
        or b.top - a.top > 2.5 * a.size
        or abs(b.size - a.size) > 1
        or bool(a.text[-1] in ENDS and LISTED.match(b.text))
    )


def _gaps(line: Line, box: Box) -> tuple[float, float]:
    return line.left - box.left, box.right - line.right


def _end(place: float, block: Box | Rows) -> str:
    """What a line near a page's end says, "#" for its numbers; nothing of other blocks."""
    if isinstance(block, list) or MARGIN < place < 1 - MARGIN:
        return ""
    return re.sub(r"\d+", "#", block.lines[0].text)


def _whole(pages: Sequence[Sequence[Placed]]) -> list[Box | Rows]:
    """The blocks of all pages without furniture; those that go on are put together."""
    whole: list[Box | Rows] = []
    ends = [end for page in pages for end in {_end(*placed) for placed in page}]
    for place, block in (placed for page in pages for placed in page):
        last, end = whole[-1] if whole else None, _end(place, block)
        if end and (NUMBER.fullmatch(end) or (ends.count(end) > 1 and whole)):
            continue
        if isinstance(last, Box) and isinstance(block, Box):
            edges = min(last.left, block.left), max(last.right, block.right)
            whole[-1] = Box(last.lines + block.lines, *edges)
        elif isinstance(last, list) and isinstance(block, list) and _alike(last, block):
            whole[-1] = _continued(last, block)
        else:
            whole.append(block)
    return whole


def _alike(above: Rows, below: Rows) -> bool:
    """Whether the columns of two tables stand one under another."""
    # Of a column's cells, one that is merged with those left of it starts further left.
    a, b = (
        [max(c.left for c in column) for column in zip(*t, strict=True)] for t in (above, below)
    )
    return len(a) == len(b) and all(abs(x - y) < NEAR for x, y in zip(a, b, strict=True))


def _continued(above: Rows, below: Rows) -> Rows:
    """Two parts of a table as one: no header repeated, and the row between them whole.

    A row is cut in two if some text goes on, and none both ends and starts anew; or if it has a
    single text in both parts, and left of it a cell that is merged with no other has none below.
    Else an empty cell in the first columns, or below a merged one, is the rest of the one above.
    """
    heads = [[_text(cell) for cell in row] for row in above[:2]]
    while below and [_text(cell) for cell in below[0]] in heads:
        below = below[1:]
    if not below:
        return above
    pairs = list(zip(above[-1], below[0], strict=True))
    if len({id(cell) for cell in above[-1]}) == 1:  # a caption or an aspect over all columns
        return above + below
    both = [column for column, (a, b) in enumerate(pairs) if a.lines and b.lines]
    rest = [column for column, (a, b) in enumerate(pairs) if a.lines and not b.lines]
    merged = [
        any(rows[0][column] is rows[1][column] for rows in (above[-2:], below[:2]) if rows[1:])
        for column in range(len(pairs))
    ]
    cut = bool(both) and (
        all(_goes_on(*pairs[column]) for column in both)
        or (len(both) == 1 and any(not merged[column] for column in rest if column < both[0]))
    )
    first = next((column for column, (_, b) in enumerate(pairs) if b.lines), 0)
    parts: dict[int, Box] = {}  # by the box that each is a part of
    for column, (a, b) in enumerate(pairs):
        if cut or (column in rest and (column < first or merged[column])):
            parts[id(a)] = parts[id(b)] = Box(a.lines + b.lines, a.left, a.right)
    rows = above + (below[1:] if cut else below)
    return [[parts.get(id(cell), cell) for cell in row] for row in rows]


def _goes_on(above: Box, below: Box) -> bool:
    """Whether the text of a cell does not end with a page, for all that can be told."""
    a, b = above.lines[-1], below.lines[0]
    whole = Box(above.lines + below.lines, above.left, above.right)
    return a.text[-1] not in ENDS and not _parted(a, b, whole)
