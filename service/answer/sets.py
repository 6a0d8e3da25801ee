"""A set asked of the columns → its answer: complete, in document order, cited row by row.

It is computed out of the columns, never out of a ranking. An item counts when one of its rows
meets the whole condition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.dates import say_month
from corpus.document import Cell, Document, Measure
from corpus.measures import split_units
from corpus.schema import Schema
from service.answer.composed import LONGEST, Composed, ItemId
from service.answer.facts import fitted
from service.cite import Citation, cite, cite_cell
from service.conditions import (
    ORGANS,
    Condition,
    Not,
    Test,
    cells,
    describe,
    holds,
    joined,
    leaves,
    parts_of,
    shown,
)
from service.read.frame import Frame

SHOWN = 60  # characters of a measure's text in a list


@dataclass(frozen=True)
class Set:
    """The measures that meet a condition, in document order, and how they are asked for."""

    where: Condition
    measures: tuple[Measure, ...]
    over: str
    counted: bool
    by: str
    order: str


def compute(frame: Frame, measures: Sequence[Measure], schemas: Mapping[str, Schema]) -> Set | None:
    """The set that a frame asks for.

    None where no document has the columns or the words that its condition asks: of these nothing
    is known.
    """
    where = _fitted(frame.where, schemas)
    if any(not _known(test, measures, schemas) for test in leaves(where)):
        return None
    met = [m for m in measures if holds(where, m)]
    off = any(test.op == "off" for test in leaves(where))
    tables = any(schema.columns for schema in schemas.values())
    over = frame.over if tables else "item"  # an article is an item
    if over == "measure" and not off:
        met = [m for m in met if m.applicable]
    order = frame.order
    if order in ("earliest", "latest") and not frame.by:
        months = [m.due for m in met if m.due]
        if not months:
            return None
        edge = (min if order == "earliest" else max)(months)
        where = joined((*parts_of(where), Test(("due",), "month", (f"{edge}..{edge}",), order)))
        met = [m for m in met if m.due == edge]
    return Set(where, tuple(met), over, frame.counted, frame.by, order)


def _fitted(where: Condition, schemas: Mapping[str, Schema]) -> Condition:
    """负责 of documents without a leading column asks the columns of organs that they have."""
    match where:
        case Test(columns=("lead", "organ")):
            has = any(s.names("lead") or s.names("organ") for s in schemas.values())
            return (
                where
                if has
                else Test(("responsible",), where.op, where.values, where.text, where.span)
            )
        case Test(columns=("responsible",)):
            has = any(s.names("responsible") for s in schemas.values())
            return (
                where if has else Test(("organ",), where.op, where.values, where.text, where.span)
            )
        case Not(part):
            return Not(_fitted(part, schemas))
        case Test():
            return where
    return type(where)(tuple(_fitted(part, schemas) for part in where.parts))


def _known(test: Test, measures: Sequence[Measure], schemas: Mapping[str, Schema]) -> bool:
    """Whether some document has the column that a test asks, some row the words."""
    if test.op in ("inside", "contains"):
        return any(holds(test, measure) for measure in measures)
    if test.op in ("is", "off") or not test.columns:
        return True
    return any(
        schema.names(column) or any(c.name == column for c in schema.columns)
        for schema in schemas.values()
        for column in test.columns
    )


def noun(schema: Schema, over: str) -> str:
    """What a document calls its items: 任务 where the column is 任务名称."""
    if over == "measure":
        return "举措"
    name = schema.label("title").removesuffix("名称").removesuffix("清单")
    return name if 2 <= len(name) <= 6 else "事项" if schema.columns else "条款"


def compose_set(
    found: Set, documents: Mapping[str, Document], schemas: Mapping[str, Schema]
) -> Composed:
    """The complete answer of kind "list"; an empty set is said to be empty."""
    told = _Telling(found, documents, schemas)
    if not found.measures:
        return told.nothing()
    if found.by:
        return told.groups()
    return told.measures() if found.over == "measure" else told.items()


@dataclass(frozen=True)
class _Telling:
    found: Set
    documents: Mapping[str, Document]
    schemas: Mapping[str, Schema]

    @property
    def schema(self) -> Schema:
        """The columns by whose names conditions are told: those of the set's first document."""
        first = self.found.measures[0].document if self.found.measures else None
        return self.schemas[first] if first else next(iter(self.schemas.values()))

    @property
    def noun(self) -> str:
        return noun(self.schema, self.found.over)

    @property
    def unit(self) -> str:
        return "条" if self.found.over == "measure" or not self.schema.columns else "项"

    @property
    def subject(self) -> str:
        said = describe(self.found.where, self.schema)
        return f"{said}的{self.noun}" if said else f"全部{self.noun}"

    def nothing(self) -> Composed:
        asked = describe(self.found.where, self.schema)
        said = f"没有符合条件的{self.noun}：按{asked}查，{self.noun}一{self.unit}也没有。"
        return Composed("list", f"0{self.unit}", said, (), ())

    def items(self) -> Composed:
        rows = list(
            {(m.document, m.item, m.row): m for m in reversed(self.found.measures)}.values()
        )[::-1]
        items = _items(rows)
        citations = tuple(self._cited(row, n) for n, row in enumerate(rows, 1))
        lines: dict[ItemId, str] = {}
        for row, citation in zip(rows, citations, strict=True):
            item = (row.document, row.item)
            start = lines.get(item) or f"第{row.item}{self.unit} {row.title}"
            beside = self._beside(row)
            lines[item] = f"{start}{f'（{beside}）' if beside else ''}[{citation.n}]"
        short = f"{len(items)}{self.unit}" if self.found.counted else self._short(items, rows)
        head = f"{self.subject}共{len(items)}{self.unit}："
        return Composed("list", short, head + self._listed(lines), items, citations)

    def measures(self) -> Composed:
        met = self.found.measures
        citations = tuple(cite(self.documents, m, "text", n) for n, m in enumerate(met, 1))
        lines: dict[tuple[str, str], str] = {}
        for measure, citation in zip(met, citations, strict=True):
            text = measure.text if len(measure.text) <= SHOWN else measure.text[:SHOWN] + "……"
            name = measure.id.partition(":")[2]
            lines[measure.document, name] = (
                f"{name} {text}（{self._beside(measure)}）[{citation.n}]"
            )
        names = "、".join(name for _, name in lines)
        short = names if len(names) <= LONGEST and not self.found.counted else f"{len(met)}条"
        items = _items(met)
        head = f"{self.subject}共{len(met)}条，属于{len(items)}项："
        return Composed("list", short, head + self._listed(lines), items, citations)

    def groups(self) -> Composed:
        groups: dict[str, list[Measure]] = {}
        for measure in self.found.measures:
            for name in self._names(measure):
                groups.setdefault(name, []).append(measure)
        sized = {name: self._size(members) for name, members in groups.items()}
        names = sorted(groups) if self.found.by == "due" else list(groups)
        if self.found.order or self.found.by in ("lead", "responsible"):
            least = self.found.order == "least"
            names.sort(key=lambda name: sized[name] if least else -sized[name])
        label = self._label()
        citations, lines = [], []
        for n, name in enumerate(names, 1):
            citations.append(self._cited(groups[name][0], n, self.found.by))
            said = say_month(name) if self.found.by == "due" else name
            numbers = _numbers(_items(groups[name]))
            lines.append(f"{said}：{sized[name]}{self.unit}（第{numbers}项）[{n}]")
        if not lines:
            return Composed("list", None, f"{self.subject}没有写明{label}。", (), ())
        short = f"{len(names)}个{label}"
        if self.found.order:
            short = self._extreme(names, sized)
        answer = "\n".join((f"{self.subject}按{label}计：", *lines))
        return Composed("list", short, answer, _items(self.found.measures), tuple(citations))

    def _extreme(self, names: Sequence[str], sized: Mapping[str, int]) -> str:
        best = [name for name in names if sized[name] == sized[names[0]]]
        labels = "、".join(say_month(b) if self.found.by == "due" else b for b in best)
        told = f"{labels}（{sized[names[0]]}{self.unit}）"
        return (
            told if len(told) <= LONGEST else f"{len(best)}个并列，各{sized[names[0]]}{self.unit}"
        )

    def _label(self) -> str:
        by = self.found.by
        if by == "lead":
            return self.schema.label(self.schema.main or "lead", "单位")
        return {"aspect": "方面", "due": "月份"}.get(by) or self.schema.label(by, "单位")

    def _names(self, measure: Measure) -> tuple[str, ...]:
        by = self.found.by
        if by in ("due", "aspect"):
            name = measure.due if by == "due" else measure.aspect
            return (name,) if name else ()
        columns = ("lead", "organ") if by == "lead" else ("responsible",)
        return tuple(o for cell in cells(measure, columns) for o in split_units(cell.value))

    def _size(self, members: Sequence[Measure]) -> int:
        return len(members) if self.found.over == "measure" else len(_items(members))

    def _cited(self, row: Measure, n: int, by: str = "") -> Citation:
        """The cell that shows best why a row is in the set, else its title or text."""
        columns = [by] if by else []
        if by == "lead":
            columns = ["lead", "organ"]
        for column in columns or shown(self.found.where, row):
            for cell in cells(row, (column,)):
                return cite_cell(self.documents, row, cell, n)
        return cite(self.documents, row, "title" if "title" in row.spans else "text", n)

    def _beside(self, measure: Measure) -> str:
        """What stands in the columns of organs and dates, and in those that were asked."""
        if not measure.applicable:
            return "文件注明不涉及本地"
        wanted = dict.fromkeys((self.schemas[measure.document].main, "due"))
        told: list[Cell] = []
        for column in (*wanted, *shown(self.found.where, measure)):
            told += [c for c in cells(measure, (column,)) if c not in told]
        scope = f"{measure.scope.rstrip('：:，')}：" if measure.scope else ""
        said = [fitted(c) if c.role in ORGANS else c.value[:SHOWN] for c in told]
        return scope + "，".join(said) if said else scope.rstrip("：")

    def _short(self, items: Sequence[ItemId], rows: Sequence[Measure]) -> str:
        """The numbers, with the title of a single item, if they are short; else the count."""
        title = f"第{rows[0].item}{self.unit} {rows[0].title}"
        if len(items) == 1 and len(title) <= LONGEST:
            return title
        numbers = f"第{_numbers(items)}{self.unit}"
        several = len({document for document, _ in items}) > 1
        long = several or len(numbers) > LONGEST
        return f"{len(items)}{self.unit}" if long else numbers

    def _listed(self, lines: Mapping[ItemId, str] | Mapping[tuple[str, str], str]) -> str:
        """One line each, under its document's title where there are several documents."""
        several = len({document for document, _ in lines}) > 1
        told: list[str] = []
        seen = ""
        for (document, _), line in lines.items():
            if several and document != seen:
                told.append(f"《{self.documents[document].title}》")
                seen = document
            told.append(line)
        return "\n" + "\n".join(told)


def _items(measures: Sequence[Measure]) -> tuple[ItemId, ...]:
    return tuple(dict.fromkeys((m.document, m.item) for m in measures))


def _numbers(items: Sequence[ItemId]) -> str:
    return "、".join(str(item) for _, item in items)
