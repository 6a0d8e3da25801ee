"""Hits → an answer in passages: what is done, who leads and when, what is asked, what follows.

Every sentence stands word for word in the source and carries its citation.
"""

import re
from collections.abc import Callable, Sequence

from corpus.document import Measure, Span
from corpus.text import sentences
from index.search import Hit, Searcher
from service.cite import Citation, cite
from service.composed import Composed
from service.rows import Rows, row_of

PASSAGES = 3
BESIDE = 0.4  # a further passage is given where its score is this share of the best one's
AFTER = "改革后"
REQUIRED = re.compile(r"条件|应当|必须|不得|[仅只]需|需要?(?:提交|满足|符合)|承诺|无需|无须|凭")
REQUIREMENTS = 2
Quote = Callable[[Measure, str], str]


def compose_passages(searcher: Searcher, rows: Rows, hits: Sequence[Hit]) -> Composed:
    """The passages of the best hits, and around the best one what its row says of it."""
    told = [hit.measure for hit in hits[:PASSAGES] if hit.score >= BESIDE * hits[0].score]
    best = told[0]
    lines: list[str] = []
    cited: list[Citation] = []

    def quote(measure: Measure, field: str, within: Span | None = None) -> str:
        citation = cite(searcher.documents, measure, field, len(cited) + 1, within=within)
        cited.append(citation)
        return f"{citation.quote} [{citation.n}]"

    lines += [quote(measure, "text") for measure in told]
    if best.applicable:
        if columns := _columns(best, quote):
            lines.append(columns)
        lines += [quote(m, field, span) for m, field, span in _required(best, told, rows)]
        after = [m for m in rows.measures(row_of(best)) if _follows(m)]
        near = [m for m in after if m.number >= best.number] or after
        lines += [quote(m, "text", sentences(m.text)[0]) for m in near[:1] if m not in told]
    items = dict.fromkeys((m.document, m.item) for m in told)
    return Composed("measures", None, "\n".join(lines), tuple(sorted(items)), tuple(cited))


def _follows(measure: Measure) -> bool:
    """Whether a measure says what follows the reform: 改革后, in its first clause."""
    return AFTER in measure.text.partition("，")[0]


def _columns(measure: Measure, quote: Quote) -> str:
    """Who leads and when it should take effect, as far as the document says."""
    parts = []
    if "lead_units" in measure.spans:
        parts.append(f"牵头单位：{quote(measure, 'lead_units')}")
    if "due" in measure.spans:
        parts.append(f"取得成效时间：{quote(measure, 'due')}")
    return "；".join(parts)


def _required(
    best: Measure, told: Sequence[Measure], rows: Rows
) -> list[tuple[Measure, str, Span]]:
    """The sentences on conditions in the main content and the rest of the row."""
    texts = [(best, "content", best.content)]
    texts += [
        (m, "text", m.text)
        for m in rows.measures(row_of(best))
        if m not in told and not _follows(m)
    ]
    found = [
        (measure, field, span)
        for measure, field, text in texts
        for span in sentences(text)
        if REQUIRED.search(text, span.start, span.end) and AFTER not in text[span.start : span.end]
    ]
    return found[:REQUIREMENTS]
