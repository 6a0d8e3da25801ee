"""The structured filter: all measures that meet the conditions, in document order, none missing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from corpus.errors import InputError
from index.filters import Filters, check_filters, meets
from index.search import Searcher
from service.conditions import EVERYTHING, Condition, holds
from service.schemas import FilterQuery, Text, measure_json, read_conditions, where_of

MOST = 500  # measures in one response
router = APIRouter()


class ListQuery(FilterQuery):
    """Conditions, and which stretch of what meets them; `c` are an answer's, each as JSON."""

    c: tuple[Text, ...] = ()
    limit: int = Field(default=50, ge=0, le=MOST)
    offset: int = Field(default=0, ge=0, le=1_000_000)


def list_measures(
    searcher: Searcher,
    filters: Filters,
    where: Condition = EVERYTHING,
    *,
    limit: int = 50,
    offset: int = 0,
) -> dict[str, Any]:
    """The contract's `Listed`: how many meet filters and condition, all their items, a stretch.

    Raises:
        InputError, NotFoundError: filters that no measure could ever meet, or a wrong stretch.
    """
    if not 0 <= limit <= MOST or offset < 0:
        raise InputError(f"limit 应在 0 到 {MOST} 之间，offset 不小于 0")
    asked = check_filters(filters, searcher.measures, searcher.documents)
    met = [
        measure for measure in searcher.measures if meets(measure, asked) and holds(where, measure)
    ]
    items = dict.fromkeys((measure.document, measure.item) for measure in met)
    return {
        "total": len(met),
        "items": [{"document": document, "item": item} for document, item in items],
        "offset": offset,
        "measures": [measure_json(searcher, measure) for measure in met[offset : offset + limit]],
    }


@router.get("/api/measures", summary="按条件列出全部举措")
def get_measures(request: Request, asked: Annotated[ListQuery, Query()]) -> dict[str, Any]:
    """All measures that meet the conditions, computed from the columns, never from a ranking."""
    searcher: Searcher = request.app.state.searcher
    where = where_of(read_conditions(asked.c))
    filters = asked.to_filters()
    return list_measures(searcher, filters, where, limit=asked.limit, offset=asked.offset)
