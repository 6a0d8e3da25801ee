"""Requests and responses of the HTTP interface, as in the contract."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from corpus.document import Measure
from index.filters import Filters
from index.search import Hit, Searcher
from service.answer import Answer
from service.cite import cite


def _whole(text: str) -> str:
    """Refuse lone surrogates: they are no characters and cannot be sent back."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("含有不成对的代理字符，不是合法的 Unicode 文本")
    return text


Text = Annotated[str, AfterValidator(_whole)]


class FilterSet(BaseModel):
    """Filters of a search; what is left out asks nothing."""

    model_config = ConfigDict(extra="forbid")

    document: Text = ""
    aspect: Text = ""
    item: int = Field(default=0, ge=0)
    lead: Text = ""
    responsible: Text = ""
    due_from: Text = ""
    due_to: Text = ""
    applicable: bool | None = None

    def to_filters(self) -> Filters:
        """The same as the Searcher takes them."""
        return Filters(**{name: getattr(self, name) for name in FilterSet.model_fields})


class SearchQuery(FilterSet):
    """A query with its filters in the address."""

    q: Text
    k: int = 10
    mode: Text = "hybrid"


class SearchRequest(BaseModel):
    """A query with its filters."""

    model_config = ConfigDict(extra="forbid")

    query: Text
    k: int = 10
    mode: Text = "hybrid"
    filters: FilterSet = FilterSet()


class AskRequest(BaseModel):
    """A question; `turns` are up to six earlier ones, oldest first."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    turns: tuple[Text, ...] = ()
    k: int = 10


def measure_json(measure: Measure) -> dict[str, Any]:
    """A measure in the contract's form."""
    return {key: value for key, value in measure.to_record().items() if key != "spans"}


def hit_json(searcher: Searcher, hit: Hit) -> dict[str, Any]:
    """A hit in the contract's form; highlights are offsets into the measure's `text`."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "measure": measure_json(hit.measure),
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
        "confidence": answer.confidence,
        "short_answer": answer.short_answer,
        "answer": answer.answer,
        "notice": answer.notice,
        "items": [{"document": document, "item": item} for document, item in answer.items],
        "citations": [vars(citation) for citation in answer.citations],
        "hits": [hit_json(searcher, hit) for hit in answer.hits],
        "nearest": [hit_json(searcher, hit) for hit in answer.nearest],
    }


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
