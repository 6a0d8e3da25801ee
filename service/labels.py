"""What readers are told of columns: a document's own names for them, and a row under these.

Where documents stand side by side and name a column differently, a heading over them all is
neutral; a row keeps its own document's names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Cell, Measure, Span
from corpus.schema import Schema, is_blank

# Headings over several documents, and over what has no column of its own.
NEUTRAL = {
    "lead": "单位",
    "responsible": "参与单位",
    "due": "时间",
    "aspect": "方面",
    "title": "名称",
    "content": "内容",
    "scope": "范围",
    "text": "原文",
}
ROLES = {"lead": ("lead", "organ"), "responsible": ("responsible", "organ")}
PLAIN = "白话（说明，以原文为准）"  # what a measure's plain words are told under
MAIN = ("lead", "organ", "responsible")  # the column that tells who is in charge, the first filled


@dataclass(frozen=True)
class Field:
    """A column of a measure's row under its own name; of a measures column the measure's text."""

    name: str
    role: str
    value: str


def label(schemas: Iterable[Schema], role: str) -> str:
    """The name of a role's column where all documents that have one agree, else a neutral word.

    A document with one organ column names both lead and responsible by it.
    """
    own = (
        next(filter(None, (schema.label(r) for r in ROLES.get(role, (role,)))), "")
        for schema in schemas
    )
    names = set(filter(None, own))
    return names.pop() if len(names) == 1 else NEUTRAL[role]


def facet_labels(schemas: Mapping[str, Schema], documents: Sequence[str] = ()) -> dict[str, str]:
    """The names of the facets over these documents, or over all."""
    over = [schema for name, schema in schemas.items() if not documents or name in documents]
    return {
        "document": "文档",
        "aspect": label(over, "aspect"),
        "item": "事项",
        "lead": label(over, "lead"),
        "responsible": label(over, "responsible"),
        "due": label(over, "due"),
        "applicable": "是否涉及",
    }


def shares(schemas: Iterable[Schema]) -> bool:
    """Whether a document has a column of organs beside that of those in charge."""
    return any(schema.names("responsible") for schema in schemas)


def holder(measure: Measure, field: str) -> Cell | None:
    """The cell that a citation field of a measure stands in, None where no column of its row is."""
    span = measure.spans.get(field)
    return next((cell for cell in measure.columns if span and _within(span, cell.span)), None)


def _within(span: Span, cell: Span) -> bool:
    return cell.start <= span.start and span.end <= cell.end


def column_of(measure: Measure, field: str) -> str:
    """The own name of the column behind a citation field, or a neutral word where there is none.

    A field that is no citation field is such a name already.
    """
    cell = holder(measure, field)
    return cell.name if cell else NEUTRAL.get(field, field)


def heads_of(measures: Iterable[Measure]) -> dict[tuple[str, int], Measure]:
    """The first measure of each item, whose row names what all its rows share."""
    found: dict[tuple[str, int], Measure] = {}
    for measure in measures:
        found.setdefault((measure.document, measure.item), measure)
    return found


def fields_of(measure: Measure, head: Measure | None = None) -> tuple[Field, ...]:
    """A measure's whole row in the source's order, every filled cell as it is written.

    `head` is the item's first measure: a later row shares its number, title and main content.
    What has no column (the heading that it stands under, a scope within the measures) comes first.
    """
    shared = _shared(measure, head) if head and head.row != measure.row else ()
    cells = (*shared, *measure.columns)
    fields = [
        Field(c.name, c.role, measure.text if c.role == "measure" else c.value) for c in cells
    ]
    roles, told = {field.role for field in fields}, {cell.value for cell in cells}
    beside = []
    if measure.aspect and "aspect" not in roles:
        beside.append(Field(NEUTRAL["aspect"], "aspect", measure.aspect))
    if measure.title and "title" not in roles:
        beside.append(Field(NEUTRAL["title"], "title", measure.title))
    if measure.content and measure.content not in told and measure.content != measure.text:
        beside.append(Field(NEUTRAL["content"], "other", measure.content))
    if measure.scope and "scope" not in roles:
        beside.append(Field(NEUTRAL["scope"], "scope", measure.scope))
    if "measure" not in roles:
        fields.append(Field(NEUTRAL["text"], "measure", measure.text))
    return (*beside, *fields)


def _shared(measure: Measure, head: Measure) -> tuple[Cell, ...]:
    """The cells of an item's first row that a later row goes on with."""
    spans = [measure.spans[name] for name in ("title", "content") if name in measure.spans]
    own = {cell.name for cell in measure.columns}
    return tuple(
        cell
        for cell in head.columns
        if cell.name not in own
        and (cell.role == "number" or any(_within(span, cell.span) for span in spans))
    )


def main_cells(measure: Measure) -> tuple[Cell, ...]:
    """The cells that tell who is in charge.

    Those of the leading column, else of the one organ column, else of the columns that share.
    """
    for role in MAIN:
        found = tuple(cell for cell in measure.cells(role) if not is_blank(cell.value))
        if found:
            return found
    return ()


def brief_cells(measure: Measure) -> tuple[Cell, ...]:
    """What is told of a row in one line: who is in charge, and by when, as it is written."""
    due = tuple(cell for cell in measure.cells("due") if not is_blank(cell.value))
    return (*main_cells(measure), *due)
