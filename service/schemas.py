"""Requests and responses of the HTTP interface, as in the contract."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from corpus.document import Measure
from corpus.errors import InputError
from corpus.measures import split_units
from corpus.schema import Schema, is_blank
from index.filters import Filters
from index.fuse import MODES
from index.query import LIMIT, SURROGATE
from index.search import MOST, Hit, Searcher
from service.answer import Answer
from service.answer.ask import TURNS
from service.cite import cite
from service.conditions import ORGANS, Condition, from_records, to_records
from service.read.names import Names


def _whole(text: str) -> str:
    """Refuse what is too long, and lone surrogates, which cannot be sent back."""
    if len(text) > LIMIT:
        raise ValueError(f"问题或条件太长（{len(text)} 字）；请缩短到 {LIMIT} 字以内")
    if SURROGATE.search(text):
        raise ValueError("含有不成对的代理字符，不是合法的 Unicode 文本")
    return text


def _number(value: object) -> object:
    """Refuse true and "1" for a number: JSON has numbers of its own."""
    if isinstance(value, bool | str):
        raise ValueError("应是整数")
    return value


Text = Annotated[
    str, AfterValidator(_whole), WithJsonSchema({"type": "string", "maxLength": LIMIT})
]

# The bounds below stand in the description alone: the searcher checks them, in its own words.
Asked = Annotated[
    str,
    AfterValidator(_whole),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LIMIT}),
]
Many = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST})]
Mode = Annotated[str, AfterValidator(_whole), WithJsonSchema({"enum": list(MODES)})]
Turns = Annotated[tuple[Text, ...], Field(json_schema_extra={"maxItems": TURNS})]


class FilterSet(BaseModel):
    """Filters of a search; what is left out asks nothing."""

    model_config = ConfigDict(extra="forbid")

    document: Text = ""
    aspect: Text = ""
    item: Annotated[int, BeforeValidator(_number)] = Field(default=0, ge=0)
    lead: Text = ""
    responsible: Text = ""
    due_from: Text = ""
    due_to: Text = ""
    applicable: bool | None = Field(default=None, strict=True)

    def to_filters(self) -> Filters:
        """The same as the Searcher takes them."""
        return Filters(**{name: getattr(self, name) for name in FilterSet.model_fields})


class FilterQuery(FilterSet):
    """Filters in an address, which holds only words."""

    item: int = Field(default=0, ge=0)
    applicable: bool | None = None


class SearchQuery(FilterQuery):
    """A query with its filters in the address."""

    q: Asked
    k: Many = 10
    mode: Mode = "hybrid"


class SearchRequest(BaseModel):
    """A query with its filters."""

    model_config = ConfigDict(extra="forbid")

    query: Asked
    k: Annotated[Many, BeforeValidator(_number)] = 10
    mode: Mode = "hybrid"
    filters: FilterSet = FilterSet()


class AskRequest(BaseModel):
    """A question; `turns` are up to six earlier ones, oldest first.

    `conditions`, as an answer gives them, are taken in place of reading them.
    """

    model_config = ConfigDict(extra="forbid")

    question: Asked
    turns: Turns = ()
    k: Annotated[Many, BeforeValidator(_number)] = 10
    conditions: tuple[dict[str, Any], ...] | None = None

    def where(self) -> Condition | None:
        """The conditions to take in place of those that the question says.

        Raises:
            InputError: they have another form than an answer's own.
        """
        return None if self.conditions is None else where_of(self.conditions)


def where_of(records: Sequence[dict[str, Any]]) -> Condition:
    """The condition that an answer's records tell.

    Raises:
        InputError: they have another form than an answer's own.
    """
    try:
        return from_records(records)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError("条件应原样取自一个回答的 conditions，可以去掉其中几条") from error


def read_conditions(said: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """An answer's records out of an address, each written as JSON.

    Raises:
        InputError: one is no JSON object, or longer than any question.
    """
    try:
        records = [json.loads(one) for one in said if len(one) <= LIMIT]
    except (ValueError, RecursionError) as error:
        raise InputError("地址里的条件（c）不是 JSON；请从回答里的条件点起") from error
    if len(records) < len(said) or not all(isinstance(one, dict) for one in records):
        raise InputError("地址里的条件（c）不是 JSON 对象，或者太长；请从回答里的条件点起")
    return tuple(records)


def measure_json(searcher: Searcher, measure: Measure) -> dict[str, Any]:
    """A measure in the contract's form, with its plain words, None where it has none."""
    record = {key: value for key, value in measure.to_record().items() if key != "spans"}
    return record | {"plain": searcher.index.plain.get(measure.id)}


def hit_json(searcher: Searcher, hit: Hit) -> dict[str, Any]:
    """A hit in the contract's form; highlights are offsets into the measure's `text`."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "measure": measure_json(searcher, hit.measure),
        "highlights": [{"start": span.start, "end": span.end} for span in hit.highlights],
        "matched_view": hit.matched_view,
        "matched_text": hit.matched_text,
        "signals": vars(hit.signals),
        "citation": vars(cite(searcher.documents, hit.measure, "text")),
    }


def answer_json(searcher: Searcher, answer: Answer) -> dict[str, Any]:
    """An answer in the contract's form."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "kind": answer.kind,
        "answerable": answer.answerable,
        "standing": answer.standing,
        "confidence": answer.confidence,
        "short_answer": answer.short_answer,
        "answer": answer.answer,
        "notice": answer.notice,
        "conditions": to_records(answer.where, schema_of(searcher, answer)),
        "unread": list(answer.unread),
        "items": [{"document": document, "item": item} for document, item in answer.items],
        "citations": [vars(citation) for citation in answer.citations],
        "hits": [hit_json(searcher, hit) for hit in answer.hits],
        "nearest": [hit_json(searcher, hit) for hit in answer.nearest],
    }


def schema_of(searcher: Searcher, answer: Answer) -> Schema:
    """The columns by whose names an answer's conditions are told: its first document's."""
    named = [document for document, _ in answer.items] or list(searcher.documents)
    return searcher.index.schemas[named[0]]


def schema_json(searcher: Searcher, names: Names, document: str) -> dict[str, Any]:
    """A document's columns in the contract's form, with what their cells list."""
    rows = {m.order[:3]: m for m in searcher.measures if m.document == document}
    columns = []
    for column in searcher.index.schemas[document].columns:
        found = Counter(
            value
            for row in rows.values()
            for cell in row.columns
            if cell.name == column.name and not is_blank(cell.value)
            for value in (split_units(cell.value) if column.role in ORGANS else (cell.value,))
        )
        values = [
            {"value": value, "aliases": names.aliases(value), "count": count}
            for value, count in found.most_common()
        ]
        columns.append({"name": column.name, "role": column.role, "values": values})
    return {"columns": columns}


def search_json(
    searcher: Searcher, query: str, *, k: int, mode: str, filters: Filters
) -> dict[str, Any]:
    """Search and give the contract's response, but for its `took_ms`."""
    result = searcher.search(query, k=k, mode=mode, filters=filters)
    return {
        "query": result.query,
        "normalized": result.normalized,
        "filters": vars(filters),
        "hits": [hit_json(searcher, hit) for hit in result.hits],
    }
