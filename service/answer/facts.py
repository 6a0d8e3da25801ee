"""The best candidate → an answer that can be read alone, in the document's own words."""

import re
from collections.abc import Mapping, Sequence

from corpus.document import Cell, Document, Measure, Span
from corpus.measures import split_units
from service.answer.candidates import FEATURES, Candidate
from service.answer.composed import LONGEST, Composed
from service.answer.shares import Shares
from service.answer.spans import sentence_of
from service.cite import Citation, cite, cite_cell
from service.conditions import ORGANS, cells
from service.read.frame import Frame

# A yes or no of what may be done, and of what must be: the words of the question and of a source.
MAY = re.compile(r"能不能|可不可以|行不行|能否|可否|(?<![不只才])(?:能够?|可以)(?=.*[吗么嘛?？])")
MUST = re.compile(r"要不要|用不用|需不需要|(?:需要?|必须|(?<![不只])(?:要|得|用))(?=.*[吗么嘛?？])")
MAY_NOT = re.compile(r"不得|不能|不可以?(?!或缺)|不予|禁止|严禁|不允许")
IS_ALLOWED = re.compile(r"可以|允许|均可|可(?![能靠行见以])")
NEED_NOT = re.compile(r"无需|无须|不需|不再|不用|不收|免[收费于除交缴]|取消")
IS_NEEDED = re.compile(r"应当|必须|需要|须")
CASE = re.compile("（[一二三四五六七八九十]+）")
CASES = re.compile("：(?=（一）)")  # where a lead ends and its cases begin
EXCEPT = re.compile("除.{2,40}?外")
NUMBER = re.compile(r"\d[\d.]*")
DENIED = re.compile(r"[不没未别]")


def compose_fact(
    frame: Frame, best: Candidate, documents: Mapping[str, Document], shares: Shares
) -> Composed:
    """The answer out of a cell, or out of a span with the sentence that it stands in."""
    if best.cell is not None and best.said == best.cell.value:
        return _cell(best.measure, best.cell, documents, shares)
    if best.cell is not None:
        citation = cite_cell(documents, best.measure, best.cell)
        lines = f"“{best.measure.title}”的{best.cell.name}：{citation.quote} [1]"
    else:
        return _span(frame, best, documents)
    short = (_verdict(frame, best) + best.said)[:LONGEST]
    item = (best.measure.document, best.measure.item)
    return Composed("fact", short, lines, (item,), (citation,))


def _verdict(frame: Frame, best: Candidate) -> str:
    """The verdict of a span whose sentence holds enough of the question to be about it."""
    if best.features[FEATURES.index("near")] < HELD:
        return ""
    text = best.cell.value if best.cell is not None else getattr(best.measure, best.field)
    sentence = sentence_of(text, best.span)
    return verdict(frame.text, best.said, text[sentence.start : sentence.end])


def _span(frame: Frame, best: Candidate, documents: Mapping[str, Document]) -> Composed:
    """A span with its sentence; a case （二） with the lead that it is a case of."""
    text = getattr(best.measure, best.field)
    sentence = sentence_of(text, best.span)
    parts = [Span(sentence.start, max(sentence.end, best.span.end))]
    lead = CASES.search(text, 0, sentence.start)
    if lead and CASE.match(text, sentence.start):
        parts.insert(0, sentence_of(text, Span(lead.start(), lead.start() + 1)))
        parts[0] = Span(parts[0].start, min(parts[0].end, lead.end()))
    citations = tuple(
        cite(documents, best.measure, best.field, n, within=part) for n, part in enumerate(parts, 1)
    )
    lines = "".join(f"{citation.quote} [{citation.n}]" for citation in citations)
    short = (_verdict(frame, best) + best.said)[:LONGEST]
    item = (best.measure.document, best.measure.item)
    return Composed("fact", short, lines, (item,), citations)


def _cell(
    measure: Measure, cell: Cell, documents: Mapping[str, Document], shares: Shares
) -> Composed:
    """A whole cell; where the item's other rows say something else, that as well."""
    rows = [measure, *shares.siblings(measure)]
    said: dict[str, tuple[Measure, Cell]] = {}
    for row in rows:
        for other in cells(row, (cell.name,)):
            said.setdefault(other.value, (row, other))
    citations = tuple(
        cite_cell(documents, row, other, n) for n, (row, other) in enumerate(said.values(), 1)
    )
    first = citations[0]
    lines = [
        f"“{measure.title}”{_row_name(measure, len(said) > 1)}的{cell.name}是{first.quote} [1]。"
    ]
    lines += [
        f"{_row_name(row, True) or '另一行'}：{citation.quote} [{citation.n}]"
        for (row, _), citation in zip(list(said.values())[1:], citations[1:], strict=True)
    ]
    short = fitted(cell)
    if len(said) > 1:
        told = [f"{short}{_row_name(measure, True)}"]
        told += [f"{fitted(o)}{_row_name(r, True)}" for r, o in list(said.values())[1:]]
        joined = "；".join(told)
        short = joined if len(joined) <= LONGEST else short
    return Composed("fact", short, "\n".join(lines), ((measure.document, measure.item),), citations)


def fitted(cell: Cell) -> str:
    """A cell's words, as many whole organs as a short answer holds."""
    if len(cell.value) <= LONGEST or cell.role not in ORGANS:
        return cell.value[:LONGEST]
    short = ""
    for organ in split_units(cell.value):
        longer = f"{short}、{organ}" if short else organ
        if len(longer) > LONGEST:
            break
        short = longer
    return short


def _row_name(measure: Measure, several: bool) -> str:
    """What tells a row from the item's others, in brackets: its scope, else how it begins."""
    scope = measure.scope.rstrip(":：，,") or (measure.text[:12] if several else "")
    return f"（{scope}）" if scope else ""


def verdict(question: str, said: str, sentence: str) -> str:
    """是 or 否 before a clause that says so of what was asked; nothing where it is not plain.

    要钱吗 is answered by 免费 or 应当缴纳, 能办吗 by 可以 or 不得: never the one by the other. A
    sentence with an exception (除…外), or a clause without a number that is asked about, leaves
    it open.
    """
    if EXCEPT.search(sentence) or not set(NUMBER.findall(question)) <= set(NUMBER.findall(said)):
        return ""
    for asks, no, yes in ((MUST, NEED_NOT, IS_NEEDED), (MAY, MAY_NOT, IS_ALLOWED)):
        found = asks.search(question)
        if found is None:
            continue
        if DENIED.search(question[: found.start()] + question[found.end() :]):
            return ""
        denies, grants = bool(no.search(said)), bool(yes.search(said))
        if denies != grants and not (grants and DENIED.search(said)):
            return "否，" if denies else "是，"
        return ""
    return ""


def compose_passages(
    measures: Sequence[tuple[Measure, float]], documents: Mapping[str, Document]
) -> Composed:
    """The passages of the best measures, and the columns and conditions of the best one's row."""
    best = measures[0][0]
    told = [m for m, score in measures[:PASSAGES] if score >= BESIDE * measures[0][1]]
    lines: list[str] = []
    cited: list[Citation] = []

    def quoted(citation: Citation) -> str:
        cited.append(citation)
        return f"{citation.quote} [{citation.n}]"

    for measure in told:
        lines.append(quoted(cite(documents, measure, "text", len(cited) + 1)))
    if best.applicable:
        columns = [
            f"{cell.name}：{quoted(cite_cell(documents, best, cell, len(cited) + 1))}"
            for cell in cells(best, COLUMNS)
            if len(cell.value) <= SHOWN
        ]
        if columns:
            lines.append("；".join(columns))
        if best.content and "content" in best.spans and best.content != best.text:
            lines.append(quoted(cite(documents, best, "content", len(cited) + 1)))
    items = dict.fromkeys((m.document, m.item) for m in told)
    return Composed("measures", None, "\n".join(lines), tuple(sorted(items)), tuple(cited))


HELD = 0.3  # the share of a question that the sentence of a verdict holds
PASSAGES = 3
BESIDE = 0.4  # a further passage is given where its score is this share of the best one's
COLUMNS = (*ORGANS, "due", "duration", "scope", "other")
SHOWN = 80  # characters of a cell that is told beside a passage
