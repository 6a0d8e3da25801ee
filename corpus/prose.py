"""Documents without a measures table: clauses and paragraphs under their heading path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import Document, Measure, Span
from corpus.read import lines
from corpus.text import NUMERAL, parse_numeral, strip_layout

LEVELS = (
    re.compile(rf"第{NUMERAL}[编章]"),
    re.compile(rf"第{NUMERAL}节|[一二三四五六七八九十]+、"),
    re.compile(r"（[一二三四五六七八九十]+）"),
)
CLAUSE = re.compile(rf"第({NUMERAL})条")
HEADING_LIMIT = 50


@dataclass(frozen=True)
class _Paragraph:
    headings: tuple[str, ...]
    clause: int | None
    span: Span


def parse_clauses(document: Document) -> list[Measure]:
    """One measure a paragraph; item = the clause number (第三条 → 3), else a running number.

    Several paragraphs of one clause are its measures 1, 2, …; what stands before the first
    clause is item 0; where clause numbers start again (annexes), the row counts up.
    """
    found: list[Measure] = []
    item, row, number = 0, 1, 0
    by_clause = any(p.clause is not None for p in _paragraphs(document.text))
    for paragraph in _paragraphs(document.text):
        if paragraph.clause is not None:
            row += paragraph.clause <= item
            item, number = paragraph.clause, 1
        elif by_clause:
            number += 1
        else:
            item, number = item + 1, 1
        path = paragraph.headings
        found.append(
            Measure(
                document=document.id,
                aspect=path[0] if path else "",
                item=item,
                title=path[-1] if path else document.title,
                content="",
                row=row,
                scope="",
                number=number,
                text=strip_layout(document.text[paragraph.span.start : paragraph.span.end]),
                lead_units=(),
                responsible_units=(),
                due="",
                applicable=True,
                path=path,
                spans={"text": paragraph.span},
            )
        )
    return found


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """The text paragraphs in order, each with the headings above it."""
    headings: list[tuple[int, str]] = []
    clause: int | None = None
    for line in lines(text, Span(0, len(text))):
        words = strip_layout(text[line.start : line.end])
        level = next((i for i, form in enumerate(LEVELS) if form.match(words)), None)
        if level is not None and len(words) <= HEADING_LIMIT and not words.endswith("。"):
            headings = [(depth, name) for depth, name in headings if depth < level]
            headings.append((level, words))
            continue
        numbered = CLAUSE.match(words)
        clause = parse_numeral(numbered[1]) if numbered else None
        yield _Paragraph(tuple(name for _, name in headings), clause, line)
