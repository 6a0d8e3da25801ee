"""What is due when: one entry for each table row with a month, its measures together."""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.document import Measure
from service.labels import main_cells

MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
HOST = "wence.local"  # of identifiers that no address stands behind


@dataclass(frozen=True)
class Due:
    """A row's measures, all due in the same month, `2022-06`."""

    month: str
    measures: tuple[Measure, ...]

    @property
    def first(self) -> Measure:
        """The measure that stands for the row."""
        return self.measures[0]

    @property
    def uid(self) -> str:
        """The same for the same row of the same document, always."""
        m = self.first
        return f"{m.document}-{m.item}-{m.row}@{HOST}"

    @property
    def begins(self) -> date:
        """The first day of the month."""
        year, month = map(int, self.month.split("-"))
        return date(year, month, 1)

    @property
    def ends(self) -> date:
        """The last day of the month: what is due in a month is due by its end."""
        first = self.begins
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])

    @property
    def title(self) -> str:
        """The row on one line: 第1项 标题（范围）：市××局."""
        m = self.first
        scope = f"（{m.scope.rstrip('：:')}）" if m.scope else ""
        charged = "、".join(cell.value for cell in main_cells(m))
        return f"第{m.item}项 {m.title}{scope}" + (f"：{charged}" if charged else "")

    @property
    def text(self) -> str:
        """The measures of the row, one a line."""
        return "\n".join(f"{m.number}. {m.text}" for m in self.measures)


def dues_of(measures: Iterable[Measure]) -> tuple[Due, ...]:
    """The rows of the measures that have a month, by month and then in document order."""
    rows: dict[tuple[str, int, int, str], list[Measure]] = {}
    for m in measures:
        if MONTH.fullmatch(m.due) and m.applicable:
            rows.setdefault((m.document, m.item, m.row, m.due), []).append(m)
    found = [Due(key[-1], tuple(row)) for key, row in rows.items()]
    return tuple(sorted(found, key=lambda due: (due.month, due.first.order)))


def latest_first(dues: Sequence[Due]) -> tuple[Due, ...]:
    """By falling month; within a month in document order."""
    return tuple(sorted(dues, key=lambda due: (-int(due.month.replace("-", "")), due.first.order)))
