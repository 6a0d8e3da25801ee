"""Fact questions whose answer is a column: who leads, who takes part, when it takes effect."""

from collections.abc import Mapping

from corpus.document import Document, Measure
from service.cite import Citation, cite
from service.composed import LONGEST, Composed
from service.lists.columns import Columns
from service.rows import Rows
from service.wants import Wants

FIELDS = {
    "lead": "lead_units",
    "responsible": "responsible_units",
    "due": "due",
}


class ColumnReader:
    """Answers out of the columns of one row, and says where the item's other rows differ."""

    def __init__(self, documents: Mapping[str, Document], rows: Rows, columns: Columns) -> None:
        self._documents = documents
        self._rows = rows
        self._columns = columns

    def compose(self, wants: Wants, measure: Measure) -> Composed | None:
        """The answer for a measure's row; None where another kind or an empty column is asked."""
        kind = "due" if wants.kind == "moment" else wants.kind
        field = FIELDS.get(kind)
        if field is None or field not in measure.spans:
            return None
        others = [m for m in self._rows.siblings(measure) if field in m.spans]
        citations = tuple(
            cite(self._documents, m, field, n) for n, m in enumerate((measure, *others), 1)
        )
        lines = [_sentence(kind, measure, citations[0])]
        lines += [
            f"{_scope(other)}：{citation.quote} [{citation.n}]"
            for other, citation in zip(others, citations[1:], strict=True)
            if citation.quote != citations[0].quote
        ]
        kept = tuple(c for c in citations if any(f"[{c.n}]" in line for line in lines))
        return Composed(
            "fact",
            self._short(wants, measure, citations[0]),
            "\n".join(lines),
            ((measure.document, measure.item),),
            kept,
        )

    def _short(self, wants: Wants, measure: Measure, citation: Citation) -> str:
        """The cell; of responsible units those that the question doesn't name already."""
        if wants.kind != "responsible":
            return citation.quote[:LONGEST]
        named = {n for mention in self._columns.units_in(wants.question) for n in mention.names}
        units = [unit for unit in measure.responsible_units if unit not in named]
        if len(units) == len(measure.responsible_units) and len(citation.quote) <= LONGEST:
            return citation.quote
        short = ""
        for unit in units or measure.responsible_units:
            longer = f"{short}、{unit}" if short else unit
            if len(longer) > LONGEST:
                break
            short = longer
        return short


def _sentence(kind: str, measure: Measure, citation: Citation) -> str:
    what = f"“{measure.title}”{_scope(measure)}"
    said = f"{citation.quote} [{citation.n}]"
    if kind == "lead":
        return f"{what}的牵头单位是{said}。"
    if kind == "due":
        return f"{what}取得阶段性成效的时间是{said}。"
    return f"{what}的责任单位有{said}。"


def _scope(measure: Measure) -> str:
    """The scope of a row as a clause in brackets, without its closing colon."""
    return f"（{measure.scope.rstrip(':：')}）" if measure.scope else ""
