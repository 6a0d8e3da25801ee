"""Filters over the columns: what a search is narrowed to, checked against the measures."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from corpus.document import Measure
from corpus.errors import InputError, NotFoundError
from corpus.text import parse_month
from index.organs import all_organs, leading_organs, sharing_organs

MONTH = re.compile(r"\d{4} *[-./年] *\d{1,2} *月?")
NAMED = 3  # so many names are given beside one that is not there


@dataclass(frozen=True)
class Filters:
    """What hits must meet; empty fields ask nothing. Months are `2022-06`, ends included.

    Units match by part of their name: 税务局 finds 国家税务总局杭州市税务局. A single column of
    organs answers both `lead` and `responsible`.
    """

    document: str = ""
    aspect: str = ""
    item: int = 0
    lead: str = ""
    responsible: str = ""
    due_from: str = ""
    due_to: str = ""
    applicable: bool | None = None


EVERY = Filters()  # met by all measures


def meets(measure: Measure, filters: Filters) -> bool:
    """Whether a measure meets all filters."""
    return (
        filters.document in ("", measure.document)
        and filters.aspect in measure.aspect
        and filters.item in (0, measure.item)
        and (not filters.lead or any(filters.lead in u for u in leading_organs(measure)))
        and (
            not filters.responsible
            or any(filters.responsible in u for u in sharing_organs(measure))
        )
        and (not filters.due_from or measure.due >= filters.due_from)
        and (not filters.due_to or "" < measure.due <= filters.due_to)
        and filters.applicable in (None, measure.applicable)
    )


def check_filters(
    filters: Filters, measures: Sequence[Measure], documents: Collection[str]
) -> Filters:
    """The filters with their months as the columns have them: 2022年6月 becomes 2022-06.

    Raises:
        InputError: a month that names none.
        NotFoundError: a filter that no measure could ever meet; the message says what there is.
    """
    if filters.document:
        check_document(filters.document, documents)
    units = sorted({organ for m in measures for organ in all_organs(m)})
    for unit in (filters.lead, filters.responsible):
        _check_part("单位", unit, units)
    _check_part("方面", filters.aspect, list(dict.fromkeys(m.aspect for m in measures if m.aspect)))
    items = [m.item for m in measures if filters.document in ("", m.document)]
    if filters.item and filters.item not in items:
        raise NotFoundError(f"没有第 {filters.item} 项；有第 {min(items)}–{max(items)} 项")
    return replace(filters, due_from=_month(filters.due_from), due_to=_month(filters.due_to))


def check_document(name: str, documents: Collection[str]) -> None:
    """Refuse the id of a document that is not there.

    Raises:
        NotFoundError: it isn't; the message says which are.
    """
    if name not in documents:
        raise NotFoundError(f"没有文档“{name}”；现有 {'、'.join(documents)}")


def _check_part(noun: str, part: str, names: Sequence[str]) -> None:
    if not part or any(part in name for name in names):
        return
    near = get_close_matches(part, names, n=NAMED, cutoff=0.3)
    what = "最接近的有" if near else "例如"
    said = "、".join(near or names[:NAMED])
    raise NotFoundError(f"没有名称含“{part}”的{noun}" + (f"；{what} {said}" if said else ""))


def _month(text: str) -> str:
    month = parse_month(text) if MONTH.fullmatch(text) else ""
    if text and not month:
        raise InputError(f"月份“{text}”的写法应如 2022-06 或 2022年6月")
    return month
