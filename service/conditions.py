"""Conditions over the columns of a measure: the one filter language.

A `Test` asks one column, by its role or its own name; `And`, `Or` and `Not` join them. `holds`
tells whether a measure meets a condition, `describe` says it in the document's own words. All
measures of a row share their columns, so an item counts when one of its rows meets the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from corpus.dates import Range, say_range
from corpus.document import Cell, Measure
from corpus.measures import split_units
from corpus.schema import Schema, is_blank
from corpus.text import normalise
from service.values import NAMED, lasts, ordered, same, say_order, values_of, within

ORGANS = ("lead", "organ", "responsible")
OPS = (
    *("has", "only", "several", "contains", "empty", "month", "days", "is", "inside", "off"),
    *("equals", "starts", "ends", "order"),
)


@dataclass(frozen=True)
class Test:
    """One question to the columns.

    `columns` are roles or own names of columns, any of which may meet it; `op` is one of `OPS`:
    has one of the organs `values`, has only these, has several; contains the words; is empty;
    names a month in one of the ranges `values` ("2022-01..2022-06", an open end is empty); takes
    at most, at least or exactly so many days ("<=5", ">=5", "5"); is one of the aspects; title
    or text hold the words (inside); does not concern the place (off); equals one of the values,
    starts or ends with one; is a number or month in that order ("<5", ">=2022-03"). `text` and
    `span` are the words of the question that say so.
    """

    columns: tuple[str, ...]
    op: str
    values: tuple[str, ...] = ()
    text: str = ""
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class And:
    """All parts hold; no parts: everything does."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Or:
    """One of the parts holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold; of a month only where there is one."""

    part: "Condition"


Condition: TypeAlias = Test | And | Or | Not
EVERYTHING = And(())


def cells(measure: Measure, columns: Sequence[str]) -> tuple[Cell, ...]:
    """The filled cells of a row in columns given by role or by own name."""
    return tuple(
        cell
        for cell in measure.columns
        if (cell.role in columns or cell.name in columns) and not is_blank(cell.value)
    )


def holds(condition: Condition, measure: Measure) -> bool:
    """Whether a measure meets a condition."""
    match condition:
        case And(parts):
            return all(holds(part, measure) for part in parts)
        case Or(parts):
            return any(holds(part, measure) for part in parts)
        case Not(part):
            dated = not isinstance(part, Test) or part.op != "month" or measure.due != ""
            return dated and not holds(part, measure)
        case Test():
            return _meets(condition, measure)


def _meets(test: Test, measure: Measure) -> bool:
    values = test.values
    match test.op:
        case "month":
            return any(within(measure, *value.split("..")) for value in values)
        case "is":
            return measure.aspect in values
        case "off":
            return not measure.applicable
        case "inside":
            return any(value in text for value in values for text in _texts(test, measure))
    found = cells(measure, test.columns)
    match test.op:
        case "days":
            return any(lasts(cell.value, value) for value in values for cell in found)
        case "empty" | "contains" | "equals" | "starts" | "ends" | "order":
            return _compares(test, measure, found)
    organs = [organ for cell in found for organ in split_units(cell.value)]
    if test.op == "several":
        return len(organs) > 1
    has = any(value in organs for value in values)
    if test.op == "has" or has:
        return has and (test.op == "has" or all(organ in values for organ in organs))
    listed = [normalise(organ) for organ in organs]  # values of any column, as the question says
    return bool(listed) and all(organ in values for organ in listed)


def _compares(test: Test, measure: Measure, found: Sequence[Cell]) -> bool:
    """Whether a value of the columns stands to one that is asked for as the test wants."""
    given = values_of(measure, test.columns, found)
    if test.op == "empty":
        return not given
    if test.op == "contains":
        given = (*given, *(normalise(cell.value) for cell in found))
    meets = {
        "contains": str.__contains__,
        "equals": same,
        "starts": str.startswith,
        "ends": str.endswith,
        "order": ordered,
    }[test.op]
    return any(meets(value, asked) for value in given for asked in test.values)


def _texts(test: Test, measure: Measure) -> list[str]:
    """What a test reads: the title, cells of named columns, or without columns all of a row."""
    if test.columns == ("title",):
        return [normalise(measure.title)]
    if test.columns:
        return [normalise(cell.value) for cell in cells(measure, test.columns)]
    texts = (measure.title, measure.scope, measure.text, measure.content)
    return [normalise(text) for text in (*texts, *(cell.value for cell in measure.columns))]


def ranges(test: Test) -> tuple[Range, ...]:
    """The months of a test of kind month."""
    return tuple((first, last) for first, _, last in (v.partition("..") for v in test.values))


def leaves(condition: Condition) -> Iterable[Test]:
    """The tests of a condition, from left to right."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Test():
            yield condition


def kind_of(condition: Condition) -> str:
    """What a condition speaks of: organ, month, or the first column of its first test."""
    for test in leaves(condition):
        if test.op in ("has", "several") or set(test.columns) & set(ORGANS):
            return "organ"
        return test.op if test.op != "contains" else test.columns[0]
    return ""


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The parts that all must hold."""
    return condition.parts if isinstance(condition, And) else (condition,)


def joined(parts: Iterable[Condition]) -> Condition:
    """All of the parts, each once; a single one by itself."""
    kept = tuple(dict.fromkeys(parts))
    return kept[0] if len(kept) == 1 else And(kept)


def describe(condition: Condition, schema: Schema) -> str:
    """The condition in Chinese, as it stands before 的事项; empty for everything."""
    match condition:
        case And(parts):
            return "、".join(_wrapped(part, schema) for part in parts)
        case Or(parts):
            return "或".join(_wrapped(part, schema) for part in parts)
        case Not(Test(columns=columns, op="empty")):
            return f"写有{_name(columns, schema)}"
        case Not(Test(op="off")):
            return "涉及本地"
        case Not(part):
            return f"不是{_wrapped(part, schema)}"
        case Test():
            return _said(condition, schema)


def _wrapped(condition: Condition, schema: Schema) -> str:
    several = isinstance(condition, And | Or) and len(condition.parts) > 1
    return f"（{describe(condition, schema)}）" if several else describe(condition, schema)


def _name(columns: Sequence[str], schema: Schema) -> str:
    """The columns' own names in a document: of a role its columns', of a name itself."""
    names = [name for column in columns for name in (schema.names(column) or _own(column, schema))]
    return "或".join(dict.fromkeys(names)) or "该列"


def _own(column: str, schema: Schema) -> tuple[str, ...]:
    own = tuple(c.name for c in schema.columns if c.name == column)
    return own or ((NAMED[column],) if column in NAMED else ())


def _said(test: Test, schema: Schema) -> str:
    name, values = _name(test.columns, schema), "或".join(test.values)
    match test.op:
        case "has" | "contains":
            return f"{name}含“{values}”"
        case "only":
            return f"{name}只有“{values}”"
        case "several":
            return f"{name}不止一个"
        case "empty":
            return f"没有写{name}"
        case "month":
            return f"{name}为" + "或".join(map(say_range, ranges(test)))
        case "days":
            signs = {"<=": "不超过", ">=": "不少于"}
            said = (signs.get(v[:2], "") + v.lstrip("<>=") + "日" for v in test.values)
            return f"{name}{'或'.join(said)}"
        case "is":
            return f"“{values}”方面"
        case "off":
            return "不涉及本地"
        case "equals" | "starts" | "ends":
            form = {"equals": "是“{}”", "starts": "以“{}”开头", "ends": "以“{}”结尾"}[test.op]
            return name + form.format(values)
        case "order":
            return name + "或".join(map(say_order, test.values))
    if test.columns and test.columns != ("title",):
        return f"{name}含“{values}”"
    return f"{'名称' if test.columns else '内容'}含“{values}”"


def shown(condition: Condition, measure: Measure) -> tuple[str, ...]:
    """The columns that show best that a measure meets a condition, by role or name."""
    found: list[str] = []
    for test in leaves(condition):
        found += [c for c in test.columns if cells(measure, (c,))]
    return tuple(dict.fromkeys(found))


def to_records(condition: Condition, schema: Schema) -> list[dict[str, object]]:
    """The parts as the contract's `conditions`, each of which can be left out by itself."""
    return [_record(part, schema) for part in parts_of(condition)]


def _record(condition: Condition, schema: Schema) -> dict[str, object]:
    told = {"said": describe(condition, schema)}
    match condition:
        case Test():
            return told | {
                "column": _name(condition.columns, schema),
                "columns": list(condition.columns),
                "op": condition.op,
                "value": list(condition.values),
                "text": condition.text,
                "span": list(condition.span),
            }
        case Not(part):
            return _record(part, schema) | told | {"op": "not", "part": _record(part, schema)}
        case And(parts) | Or(parts):
            inner = [_record(part, schema) for part in parts]
            first: dict[str, object] = inner[0] if inner else {}
            op = "or" if isinstance(condition, Or) else "and"
            return first | told | {"op": op, "parts": inner}


def from_records(records: Iterable[Mapping[str, Any]]) -> Condition:
    """The inverse of `to_records`.

    Raises:
        KeyError, TypeError, ValueError: a record of another form.
    """
    return joined(_condition(record) for record in records)


def _condition(record: Mapping[str, Any]) -> Condition:
    op = record["op"]
    if op == "not":
        return Not(_condition(record["part"]))
    if op in ("or", "and"):
        parts = tuple(_condition(part) for part in record["parts"])
        return Or(parts) if op == "or" else And(parts)
    if op not in OPS:
        raise ValueError(f"unknown op {op!r}")
    start, end = record.get("span", (0, 0))
    return Test(
        tuple(map(str, record["columns"])),
        str(op),
        tuple(map(str, record.get("value", ()))),
        str(record.get("text", "")),
        (int(start), int(end)),
    )
