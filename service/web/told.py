"""An answer as a card: the sentence that answers, its conditions, whom to ask, when, and where.

What the answer says is taken apart so that no text stands twice on the page: quotes of a
measure's words stand in its source, marked; quotes of cells in a line each.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.document import Cell, Measure, Span
from corpus.schema import is_blank
from index.search import Searcher
from service.answer import Answer
from service.cite import Citation, cite, cite_cell
from service.labels import NEUTRAL, main_cells

LONG = 30  # characters of a short answer; a longer one must be a whole sentence
WHOLE = "。；！？"
VERDICT = re.compile("([是否])，")
# For whom, or on what condition: a clause that opens a sentence and ends in what it is about.
CONDITION = re.compile(
    r"(?:^|[。；]|条\s*)(?P<said>(?:对于?|凡|符合|除|在(?!\d))[^。；，：]{3,48}"
    r"(?:的|外|时|下|中|项目|企业|单位|机构|人员|主体|产品|事项))，"
)
WHEN = ("due", "duration")


@dataclass(frozen=True)
class Line:
    """A short line: what it tells (找谁), the column's own name, its words, and its citation."""

    name: str
    label: str
    value: str
    n: int
    due: str = ""


@dataclass(frozen=True)
class Told:
    """A card of an answer about one measure.

    `asked` leads to the short answer (“…”的牵头单位是), which is empty where the plain words
    or the source answer better; `verdict` is 是 or 否 where only that is told; `marks` are the
    numbers behind either. `source` are the measure's own words where there is neither a short
    answer nor plain words: then they stand here and not below. `citations` are all that the
    card marks, numbered from 1.
    """

    measure: Measure
    asked: str
    verdict: str
    short: str
    marks: tuple[int, ...]
    plain: str
    source: str
    lines: tuple[Line, ...]
    citations: tuple[Citation, ...]

    def says(self, citation: Citation) -> bool:
        """Whether the card shows a citation's words."""
        return citation.quote == self.short or any(line.n == citation.n for line in self.lines)


class _Cited:
    """The citations of a card, each stretch of the source once."""

    def __init__(self) -> None:
        self.all: list[Citation] = []

    def add(self, citation: Citation) -> int:
        """The number of a citation, given to it if it has none yet."""
        for known in self.all:
            if (known.measure, known.start, known.end) == (
                citation.measure,
                citation.start,
                citation.end,
            ):
                return known.n
        self.all.append(replace(citation, n=len(self.all) + 1))
        return len(self.all)


def tell(searcher: Searcher, answer: Answer) -> Told | None:
    """The card of an answer that cites measures; None for a list and for a refusal."""
    if answer.kind == "list" or not answer.citations:
        return None
    measure = searcher.measure(answer.citations[0].measure)
    near = answer.standing == "near"
    mine = [
        c
        for c in answer.citations
        if (not near or c.measure == measure.id)
        and (answer.kind == "fact" or c.field in ("text", "content"))
    ]
    cited = _Cited()
    marks = tuple(dict.fromkeys(cited.add(citation) for citation in mine))
    plain = searcher.index.plain.get(measure.id, "")
    verdict, short = _short(answer, plain)
    first = mine[0]
    bare = not (short or plain) and first.field == "text"
    return Told(
        measure=measure,
        asked=_asked(answer) if short else "",
        verdict=verdict,
        short=short,
        marks=marks if short or verdict else marks[:1],
        plain=plain,
        source=first.quote if bare else "",
        lines=_lines(searcher, measure, mine, cited),
        citations=tuple(cited.all),
    )


def _short(answer: Answer, plain: str) -> tuple[str, str]:
    """The verdict alone, or the short answer: one that was cut gives way to the plain words."""
    short = answer.short_answer or ""
    verdict = VERDICT.match(short)
    said = short[verdict.end() :] if verdict else short
    if len(short) <= LONG or not any(_is_cut(said, c.quote) for c in answer.citations):
        return "", short
    if plain:
        return (verdict[1] if verdict else ""), ""
    return "", f"{short}……"


def _is_cut(said: str, quote: str) -> bool:
    """Whether words are the beginning or the middle of a sentence of what is quoted."""
    at = quote.find(said)
    end = at + len(said)
    return at >= 0 and said[-1:] not in WHOLE and quote[end : end + 1] not in ("", *WHOLE)


def _asked(answer: Answer) -> str:
    """What the short answer is of, where the answer says so before it: “…”的牵头单位是."""
    quote = answer.citations[0].quote
    before = answer.answer.partition(quote)[0]
    ends = before.endswith(("是", "：")) and "\n" not in before
    return before if ends and answer.short_answer == quote else ""


def _lines(
    searcher: Searcher, measure: Measure, mine: Sequence[Citation], cited: _Cited
) -> tuple[Line, ...]:
    """条件, 找谁, 何时 and 依据, as far as the row tells them and the short answer does not."""
    documents = searcher.documents
    told = {(c.start, c.end) for c in mine} if len(mine) == 1 else set()

    def lines_of(name: str, cells: Iterable[Cell]) -> list[Line]:
        return [
            Line(
                name,
                cell.name,
                cell.value,
                cited.add(cite_cell(documents, measure, cell)),
                measure.due if cell.role == "due" else "",
            )
            for cell in cells
            if not is_blank(cell.value) and (cell.span.start, cell.span.end) not in told
        ]

    lines = lines_of("条件", _scopes(measure))
    if (found := _condition(searcher, measure, mine)) and not lines:
        lines.append(Line("条件", "", found.quote, cited.add(found)))
    lines += lines_of("找谁", main_cells(measure))
    lines += lines_of("何时", measure.cells(*WHEN))
    own = next(
        (c for c in mine if c.measure == measure.id and c.field in ("text", "content")), None
    )
    source = cited.add(own or cite(documents, measure, "text"))
    title = f"《{documents[measure.document].title}》"
    return (*lines, Line("依据", "", title + _place(measure), source))


def _scopes(measure: Measure) -> tuple[Cell, ...]:
    """The cells that tell a row's scope; a scope within the measures' cell counts as one."""
    cells = measure.cells("scope")
    if cells or "scope" not in measure.spans:
        return cells
    scope = measure.scope.rstrip(":：，,")
    return (Cell(NEUTRAL["scope"], "scope", scope, measure.spans["scope"]),)


def _condition(searcher: Searcher, measure: Measure, mine: Sequence[Citation]) -> Citation | None:
    """The clause of what is cited, else of the measure's words, that says for whom it holds."""
    fields = [c.field for c in mine if c.measure == measure.id and c.field in ("text", "content")]
    field = fields[0] if fields else "text"
    text: str = getattr(measure, field)
    quoted = next((c.quote for c in mine if c.field == field and c.measure == measure.id), text)
    at = max(text.find(quoted), 0)
    found = CONDITION.search(text, at, at + len(quoted))
    if found is None:
        return None
    within = Span(*found.span("said"))
    return cite(searcher.documents, measure, field, within=within)


def _place(measure: Measure) -> str:
    """Where the measure stands, as short as can be: 第1项第1条."""
    row = f"第{measure.row}行" if measure.row > 1 else ""
    return f"第{measure.item}项{row}第{measure.number}条"
