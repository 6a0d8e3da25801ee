"""What can be asked of a service: one function a question, giving the request to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from corpus.errors import InputError
from service.client.shapes import (
    Answer,
    Columns,
    Condition,
    Documents,
    Found,
    Listed,
    Measure,
    RelatedList,
    Shape,
)

T = TypeVar("T", bound=Shape)
FILTERS = (
    "document",
    "aspect",
    "item",
    "lead",
    "responsible",
    "due_from",
    "due_to",
    "applicable",
)


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request and the shape of its response; every call only reads, so it may be repeated."""

    method: str
    path: str
    shape: type[T]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Any] | None = None


def search_call(query: str, k: int, mode: str, filters: Mapping[str, Any]) -> Call[Found]:
    """Ranked hits. Raises: InputError, a filter that there is not."""
    body = {"query": query, "k": k, "mode": mode, "filters": _known(filters)}
    return Call("POST", "/api/search", Found, body=body)


def ask_call(
    question: str, turns: Sequence[str], k: int, conditions: Sequence[Condition] | None
) -> Call[Answer]:
    """An answer or a refusal."""
    body: dict[str, Any] = {"question": question, "turns": list(turns), "k": k}
    if conditions is not None:
        body["conditions"] = [one.model_dump(mode="json") for one in conditions]
    return Call("POST", "/api/ask", Answer, body=body)


def measure_call(name: str) -> Call[Measure]:
    """One measure."""
    return Call("GET", f"/api/measures/{quote(name, safe=':')}", Measure)


def related_call(name: str, k: int) -> Call[RelatedList]:
    """Measures of other items that belong beside one."""
    path = f"/api/measures/{quote(name, safe=':')}/related"
    return Call("GET", path, RelatedList, query={"k": k})


def list_call(limit: int, offset: int, filters: Mapping[str, Any]) -> Call[Listed]:
    """All measures that meet the filters. Raises: InputError, a filter that there is not."""
    asked = {name: _written(value) for name, value in _known(filters).items()}
    query = {"limit": limit, "offset": offset, **asked}
    return Call("GET", "/api/measures", Listed, query=query)


def schema_call(name: str) -> Call[Columns]:
    """The columns of a document."""
    return Call("GET", f"/api/documents/{quote(name)}/schema", Columns)


def documents_call() -> Call[Documents]:
    """All documents."""
    return Call("GET", "/api/documents", Documents)


def _known(filters: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(filters) - set(FILTERS))
    if unknown:
        raise InputError(f"不认识的条件 {'、'.join(unknown)}；可用 {'、'.join(FILTERS)}")
    return {name: value for name, value in filters.items() if value not in (None, "")}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
