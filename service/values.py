"""What a measure has under a name: cells of its row, or what stands beside the row.

Names are roles or own names of columns; `id`, `document`, `item`, `applicable` and, where no
column has them, `title`, `aspect` and `scope` are known of every measure.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from corpus.dates import read_due, terms_in
from corpus.document import Cell, Measure
from corpus.measures import split_units
from corpus.text import normalise, parse_month
from index.filters import MONTH
from service.labels import MAIN

BESIDE: Mapping[str, Callable[[Measure], str]] = {
    "id": lambda m: m.id,
    "document": lambda m: m.document,
    "item": lambda m: str(m.item),
    "title": lambda m: m.title,
    "aspect": lambda m: m.aspect,
    "scope": lambda m: m.scope,
    "applicable": lambda m: "true" if m.applicable else "false",
}
NAMED: Mapping[str, str] = {
    "id": "编号",
    "document": "文档",
    "item": "事项序号",
    "title": "名称",
    "aspect": "方面",
    "scope": "范围",
    "applicable": "是否涉及",
}
SIGNS = ("<=", ">=", "<", ">")
SIGN = re.compile("|".join(SIGNS))

Key = tuple[str, float, str]


def values_of(measure: Measure, columns: Sequence[str], cells: Sequence[Cell]) -> tuple[str, ...]:
    """The normalised values under these names, whose filled cells are given.

    Each organ stands by itself, and a month as it is read beside its words.
    """
    found: list[str] = []
    for cell in cells:
        found += split_units(cell.value) if cell.role in MAIN else (cell.value,)
        found += [measure.due] if cell.role == "due" and measure.due else []
    if not found:
        found = [BESIDE[name](measure) for name in columns if name in BESIDE]
    return tuple(normalise(value) for value in found if value)


def key_of(text: str) -> Key | None:
    """What numbers and months are ordered by; None for other texts."""
    month = parse_month(text) if MONTH.fullmatch(text) else ""  # not one of a term's two
    if month:
        return ("month", 0.0, month)
    try:
        return ("number", float(text), "")
    except ValueError:
        return None


def same(value: str, asked: str) -> bool:
    """Whether a value is what is asked, in words, as a number or as a month."""
    key = key_of(asked)
    return value == asked or (key is not None and key_of(value) == key)


def ordered(value: str, asked: str) -> bool:
    """Whether a value stands to a number or month as asked: `>=2022-03`, `<5`."""
    sign = SIGN.match(asked)
    other = key_of(asked[sign.end() :]) if sign else None
    mine = key_of(value)
    if sign is None or mine is None or other is None or mine[0] != other[0]:
        return False
    return {"<=": mine <= other, ">=": mine >= other, "<": mine < other, ">": mine > other}[sign[0]]


def say_order(asked: str) -> str:
    """How `>=2022-03` is said."""
    sign = next(sign for sign in SIGNS if asked.startswith(sign))
    said = {"<=": "不大于", ">=": "不小于", "<": "小于", ">": "大于"}
    return f"{said[sign]}“{asked.removeprefix(sign)}”"


def within(measure: Measure, first: str, last: str) -> bool:
    """Whether a row's month or term ends within a range, and begins there if it has a begin."""
    due = read_due(measure.due_text, measure.due[:4])
    begun = not due.first or due.first >= first
    return (
        begun and measure.due != "" and first <= measure.due and (not last or measure.due <= last)
    )


def lasts(text: str, asked: str) -> bool:
    """Whether a cell names a term as asked: `<=5`, `>=5` or `5` days."""
    terms = terms_in(normalise(text))
    bound, days = asked.rstrip("0123456789."), float(asked.lstrip("<>="))
    if bound == "<=":
        return any(term.days <= days for term in terms[:1])
    if bound == ">=":
        return any(term.days >= days for term in terms[:1])
    return any(term.days == days for term in terms[:1])
