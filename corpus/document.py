"""The records of the corpus: documents, spans, measures and their ids."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from corpus.errors import InputError

DOCUMENT_ID = re.compile(r"[\w][\w.-]*")
MEASURE_ID = re.compile(
    r"(?:(?P<document>[\w][\w.-]*):)?(?P<item>[0-9]{1,6})\.(?P<row>[0-9]{1,6})\.(?P<number>[0-9]{1,6})"
)


@dataclass(frozen=True, order=True)
class Span:
    """A slice of a document's text: Unicode code points, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """One source file as published, with its exact text.

    `commas`: whether the file says that commas part cells (.csv), not only its words.
    """

    id: str
    title: str
    issuer: str
    date: str
    origin: str
    text: str
    sha256: str
    commas: bool = False


@dataclass(frozen=True)
class Cell:
    """One filled cell of a row: its column's own name and role, its words, where they stand.

    `role` is one of `corpus.schema.ROLES`.
    """

    name: str
    role: str
    value: str
    span: Span


@dataclass(frozen=True)
class Measure:
    """The smallest thing that can be cited: one numbered paragraph of a table row.

    `text`, `title`, `content` and `scope` are the document's words without layout whitespace;
    `spans` tells where each filled field stands: its keys are the contract's citation fields
    (text, content, title, lead_units, responsible_units, due) and `scope`.
    Columns that the document lacks are empty and have no span. `columns` are all filled cells
    of its row; `due` is the month that the row names, `due_text` its words.
    """

    document: str
    aspect: str
    item: int
    title: str
    content: str
    row: int
    scope: str
    number: int
    text: str
    lead_units: tuple[str, ...]
    responsible_units: tuple[str, ...]
    due: str
    applicable: bool
    path: tuple[str, ...]
    spans: Mapping[str, Span] = field(repr=False)
    columns: tuple[Cell, ...] = field(default=(), repr=False)
    due_text: str = ""

    @property
    def id(self) -> str:
        """The contract's id, `{document}:{item}.{row}.{number}`."""
        return f"{self.document}:{self.item}.{self.row}.{self.number}"

    def cells(self, *roles: str) -> tuple[Cell, ...]:
        """The cells of these roles, in their order."""
        return tuple(cell for role in roles for cell in self.columns if cell.role == role)

    @property
    def order(self) -> tuple[str, int, int, int]:
        """The key that sorts measures in document order."""
        return (self.document, self.item, self.row, self.number)

    def to_record(self) -> dict[str, Any]:
        """The contract's JSON form, with `spans` (field → [start, end]) beside it."""
        record = {"id": self.id} | asdict(self)
        record["lead_units"] = list(self.lead_units)
        record["responsible_units"] = list(self.responsible_units)
        record["path"] = list(self.path)
        text = self.spans["text"]
        record |= {"start": text.start, "end": text.end}
        record["spans"] = {name: [span.start, span.end] for name, span in self.spans.items()}
        record["columns"] = [
            {
                "name": cell.name,
                "role": cell.role,
                "value": cell.value,
                "start": cell.span.start,
                "end": cell.span.end,
            }
            for cell in self.columns
        ]
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Measure":
        """The inverse of `to_record`."""
        values = {key: record[key] for key in record if key not in ("id", "start", "end")}
        for name in ("lead_units", "responsible_units", "path"):
            values[name] = tuple(values[name])
        values["spans"] = {name: Span(*ends) for name, ends in record["spans"].items()}
        values["columns"] = tuple(
            Cell(cell["name"], cell["role"], cell["value"], Span(cell["start"], cell["end"]))
            for cell in record["columns"]
        )
        return cls(**values)


@dataclass(frozen=True)
class MeasureId:
    """A measure id taken apart; `document` is empty where it was left out."""

    document: str
    item: int
    row: int
    number: int


def parse_measure_id(text: str) -> MeasureId:
    """Take `hz-2022:60.2.1` or `60.2.1` apart.

    Raises:
        InputError: the text has another form.
    """
    found = MEASURE_ID.fullmatch(text.strip())
    if found is None:
        raise InputError(f"“{text[:80]}”不是举措编号；写法如 hz-2022:60.2.1 或 60.2.1")
    return MeasureId(
        found["document"] or "", int(found["item"]), int(found["row"]), int(found["number"])
    )
