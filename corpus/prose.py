"""Documents without a measures table: clauses and paragraphs under their heading path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.document import Document, Measure, Span
from corpus.sheet import lines
from corpus.text import NUMERAL, parse_numeral, strip_layout

LEVELS = (
    re.compile(rf"第{NUMERAL}[编章]"),
    re.compile(rf"第{NUMERAL}节|[一二三四五六七八九十]+、"),
    re.compile(r"（[一二三四五六七八九十]+）"),
)
LISTED = 2  # the level that within a clause counts its cases: （一）
CLAUSE = re.compile(rf"第({NUMERAL})条")
NOTE = re.compile(rf"[（(](?!{NUMERAL}[）)])|[*※]?(备?注|说明|附件?)\s*\d*[：:.、]|单位[：:]")
LONGEST = 50  # characters of a heading or a title
STOPS = "。；;，,、！？"


@dataclass(frozen=True)
class _Paragraph:
    headings: tuple[str, ...]
    clause: int | None
    span: Span


def parse_clauses(document: Document) -> list[Measure]:
    """One measure a clause (第三条 → item 3) with all its paragraphs and cases, else a paragraph.

    Without clauses the item is a running number. What stands between the title and the first
    clause is item 0; where clause numbers start again (annexes), the row counts up.
    """
    found: list[Measure] = []
    item, row, number = 0, 1, 0
    paragraphs = _without_title(document, list(_paragraphs(document.text)))
    by_clause = any(p.clause is not None for p in paragraphs)
    for paragraph in paragraphs:
        if paragraph.clause is not None:
            row += paragraph.clause <= item
            item, number = paragraph.clause, 1
        elif by_clause and item and found and found[-1].path == paragraph.headings:
            found[-1] = _longer(document, found[-1], paragraph.span.end)
            continue
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


def _longer(document: Document, measure: Measure, end: int) -> Measure:
    """A clause that goes on to an offset."""
    span = Span(measure.spans["text"].start, end)
    text = strip_layout(document.text[span.start : span.end])
    return replace(measure, text=text, spans={**measure.spans, "text": span})


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """The text paragraphs in order, each with the headings above it."""
    headings: list[tuple[int, str]] = []
    within = False  # a clause
    for line in lines(text, Span(0, len(text))):
        words = strip_layout(text[line.start : line.end])
        level = level_of(words)
        listed = level == LISTED and within
        if level is not None and not listed and is_heading(words):
            headings = [(depth, name) for depth, name in headings if depth < level]
            headings.append((level, words))
            within = False
            continue
        numbered = CLAUSE.match(words)
        number = parse_numeral(numbered[1]) if numbered else None
        within = within or numbered is not None
        yield _Paragraph(tuple(name for _, name in headings), number, line)


def level_of(words: str) -> int | None:
    """The level whose number a heading has, if any: 第一章 0, 一、 1, （一） 2."""
    return next((level for level, form in enumerate(LEVELS) if form.match(words)), None)


def is_heading(words: str) -> bool:
    """Whether words are as short as a heading and end like one."""
    return len(words) <= LONGEST and words[-1:] not in STOPS


def _without_title(document: Document, paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """The paragraphs without a first line that is the document's title, where more follow."""
    if len(paragraphs) < 2:
        return paragraphs
    first, title = paragraphs[0], strip_layout(document.title)
    words = strip_layout(document.text[first.span.start : first.span.end])
    same = words in title or title in words
    is_title = same and first.clause is None and not first.headings and is_heading(words)
    return paragraphs[1:] if is_title else paragraphs
