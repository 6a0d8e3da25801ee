"""List questions answered out of the columns, never out of a ranking.

An item counts when any of its rows meets the whole condition. Items and measures stand in
document order, complete; each row (or measure) is cited by the field that the condition asks for.
"""

from collections.abc import Sequence

from corpus.document import Measure
from index.search import Searcher
from service.cite import Citation, cite
from service.composed import LONGEST, Composed, ItemId
from service.lists.conditions import NotApplicable, describe, field_of, holds
from service.lists.months import say_month
from service.lists.reading import GROUPS, ListQuestion

SHOWN = 60  # characters of a measure's text in a list
FIELDS = {
    "lead": "lead_units",
    "responsible": "responsible_units",
    "due": "due",
    "aspect": "title",
}


def compose_list(searcher: Searcher, asked: ListQuestion) -> Composed:
    """The complete answer to a list question, of kind "list"; an empty set is said to be empty."""
    met = [m for m in searcher.measures if holds(asked.condition, m)]
    if asked.over == "measure":
        met = [m for m in met if m.applicable or asked.condition == NotApplicable()]
    if not met:
        return _nothing(asked)
    if asked.by:
        return _compose_groups(searcher, asked, met)
    if asked.over == "measure":
        return _compose_measures(searcher, asked, met)
    return _compose_items(searcher, asked, met)


def _nothing(asked: ListQuestion) -> Composed:
    unit = "条" if asked.over == "measure" else "项"
    said = (
        f"没有符合条件的{_noun(asked)}：{describe(asked.condition)}的{_noun(asked)}一{unit}也没有。"
    )
    return Composed("list", f"0{unit}", said, (), ())


def _noun(asked: ListQuestion) -> str:
    return "举措" if asked.over == "measure" else "事项"


def _subject(asked: ListQuestion) -> str:
    said = describe(asked.condition)
    return f"{said}的{_noun(asked)}" if said else f"全部{_noun(asked)}"


def _items(measures: Sequence[Measure]) -> tuple[ItemId, ...]:
    return tuple(dict.fromkeys((m.document, m.item) for m in measures))


def _rows(measures: Sequence[Measure]) -> list[Measure]:
    """The first of the measures of each row."""
    return list({(m.document, m.item, m.row): m for m in reversed(measures)}.values())[::-1]


def _compose_items(searcher: Searcher, asked: ListQuestion, met: Sequence[Measure]) -> Composed:
    rows, items = _rows(met), _items(met)
    citations = tuple(
        cite(searcher.documents, m, field_of(asked.condition, m), n) for n, m in enumerate(rows, 1)
    )
    lines: dict[ItemId, str] = {}
    for row, citation in zip(rows, citations, strict=True):
        item = (row.document, row.item)
        start = lines.get(item) or f"第{row.item}项 {row.title}"
        lines[item] = f"{start}（{_columns(row)}）[{citation.n}]"
    short = f"{len(items)}项" if asked.counted else _short_items(items, rows)
    head = f"{_subject(asked)}共{len(items)}项{_outside(rows)}："
    return Composed("list", short, head + _listed(searcher, lines), items, citations)


def _compose_measures(searcher: Searcher, asked: ListQuestion, met: Sequence[Measure]) -> Composed:
    citations = tuple(cite(searcher.documents, m, "text", n) for n, m in enumerate(met, 1))
    lines: dict[tuple[str, str], str] = {}
    for measure, citation in zip(met, citations, strict=True):
        text = measure.text if len(measure.text) <= SHOWN else measure.text[:SHOWN] + "……"
        name = measure.id.partition(":")[2]
        told = f"{name} {text}（{_columns(measure)}）[{citation.n}]"
        lines[measure.document, name] = told
    names = "、".join(name for _, name in lines)
    short = names if len(names) <= LONGEST and not asked.counted else f"{len(met)}条"
    items = _items(met)
    head = f"{_subject(asked)}共{len(met)}条，属于{len(items)}项："
    return Composed("list", short, head + _listed(searcher, lines), items, citations)


def _compose_groups(searcher: Searcher, asked: ListQuestion, met: Sequence[Measure]) -> Composed:
    groups: dict[str, list[Measure]] = {}
    for measure in met:
        for name in _group_names(measure, asked.by):
            groups.setdefault(name, []).append(measure)
    sized = {name: _size(asked, members) for name, members in groups.items()}
    names = sorted(groups) if asked.by == "due" else list(groups)
    if asked.order or asked.by in ("lead", "responsible"):
        names.sort(key=lambda name: sized[name] if asked.order == "least" else -sized[name])
    citations: list[Citation] = []
    lines: list[str] = []
    for n, name in enumerate(names, 1):
        field = FIELDS[asked.by]
        citations.append(cite(searcher.documents, groups[name][0], field, n))
        label = say_month(name) if asked.by == "due" else name
        numbers = _numbers(_items(groups[name]))
        lines.append(f"{label}：{sized[name]}{_unit(asked)}（第{numbers}项）[{n}]")
    head = f"{_subject(asked)}按{GROUPS[asked.by]}计："
    short = f"{len(names)}个{GROUPS[asked.by]}"
    if asked.order and names:
        best = [name for name in names if sized[name] == sized[names[0]]]
        labels = "、".join(say_month(b) if asked.by == "due" else b for b in best)
        size = f"{sized[names[0]]}{_unit(asked)}"
        told = f"{labels}（{size}）"
        short = told if len(told) <= LONGEST else f"{len(best)}个并列，各{size}"
    answer = (
        "\n".join((head, *lines)) if lines else f"{_subject(asked)}没有写明{GROUPS[asked.by]}。"
    )
    return Composed("list", short if lines else None, answer, _items(met), tuple(citations))


def _group_names(measure: Measure, by: str) -> tuple[str, ...]:
    if by == "lead":
        return measure.lead_units
    if by == "responsible":
        return measure.responsible_units
    name = measure.due if by == "due" else measure.aspect
    return (name,) if name else ()


def _size(asked: ListQuestion, members: Sequence[Measure]) -> int:
    return len(members) if asked.over == "measure" else len(_items(members))


def _unit(asked: ListQuestion) -> str:
    return "条" if asked.over == "measure" else "项"


def _columns(measure: Measure) -> str:
    """What stands in the lead and due columns: 市法院，2022年6月."""
    if not measure.applicable:
        return "文件注明不涉及本地"
    due = say_month(measure.due) if measure.due else ""
    scope = f"{measure.scope.rstrip('：:，')}：" if measure.scope else ""
    return (
        scope + "，".join(part for part in ("、".join(measure.lead_units), due) if part)
        or "未写单位"
    )


def _outside(rows: Sequence[Measure]) -> str:
    """A note on items that a condition takes in although they don't concern the place."""
    outside = _items([row for row in rows if not row.applicable])
    if not outside or all(not row.applicable for row in rows):
        return ""
    return f"（其中第{_numbers(outside)}项文件注明不涉及本地）"


def _short_items(items: Sequence[ItemId], rows: Sequence[Measure]) -> str:
    """The numbers, with the title of a single item, if they are short; else the count."""
    title = f"第{rows[0].item}项 {rows[0].title}"
    if len(items) == 1 and len(title) <= LONGEST:
        return title
    numbers = f"第{_numbers(items)}项"
    several = len({document for document, _ in items}) > 1
    return f"{len(items)}项" if several or len(numbers) > LONGEST else numbers


def _numbers(items: Sequence[ItemId]) -> str:
    return "、".join(str(item) for _, item in items)


def _listed(
    searcher: Searcher, lines: dict[tuple[str, int], str] | dict[tuple[str, str], str]
) -> str:
    """One line each, under its document's title where there are several documents."""
    several = len({document for document, _ in lines}) > 1
    told: list[str] = []
    seen = ""
    for (document, _), line in lines.items():
        if several and document != seen:
            told.append(f"《{searcher.documents[document].title}》")
            seen = document
        told.append(line)
    return "\n" + "\n".join(told)
