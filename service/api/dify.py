"""Dify's external knowledge: POST /dify/retrieval.

Its contract, and what its code does beside it: an empty body or an empty query is how a saved
connection is tried out and must be answered 200; `top_k` may be null; records of equal content
are dropped, so each begins with its id; an error is shown to nobody there, so it is logged here.
"""

import logging
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

from corpus.document import Measure
from corpus.errors import InputError
from corpus.text import normalise
from index.filters import Filters
from index.organs import leading_organs, sharing_organs
from index.search import Searcher
from index.tokens import RUN
from service.answer import Answer, Answerer
from service.api.conditions import Conditions, where_of
from service.api.faults import tell_faults
from service.api.links import Links, heading, links_of, reading
from service.cite import cite
from service.conditions import EVERYTHING, Condition, holds
from service.feedback.noting import note_answer
from service.web.listing import FLOOR

ALL = ("", "all", "wence")  # knowledge ids that mean every document
USUAL, MOST = 10, 100
UNKNOWN, WRONG = 2001, 400
BESIDE = ("measure", "title", "number")  # columns that a record tells elsewhere
NEAR = "注意：文件没有直接写明所问的，这是最接近的原文，不能当作答案。"

log = logging.getLogger("wence")
router = APIRouter()


class RetrievalSetting(BaseModel):
    """给出几条、至少多相关。"""

    top_k: int | None = Field(default=None, ge=1, description="至多几条；null 为 10", examples=[5])
    score_threshold: float | None = Field(
        default=None, ge=0, le=1, description="得分（相关的概率）至少多少", examples=[0.3]
    )


class Retrieval(BaseModel):
    """Dify 的检索请求。"""

    knowledge_id: str = Field(default="", description="文档编号；空或 all 为全部文档")
    query: str = Field(default="", description="问题")
    retrieval_setting: RetrievalSetting = Field(default=RetrievalSetting(), description="检索设置")
    metadata_condition: Conditions | None = Field(default=None, description="元数据条件")


@router.post("/dify/retrieval", summary="Dify 外部知识库")
async def post_retrieval(request: Request) -> JSONResponse:
    """The records for a query; none where the documents have no answer."""
    body = await request.body()
    try:
        asked = Retrieval.model_validate_json(body) if body.strip() else Retrieval()
        records = await run_in_threadpool(_retrieve, request, asked)
    except ValidationError as error:
        return _refuse(request, WRONG, tell_faults(error))
    except InputError as error:
        code = UNKNOWN if isinstance(error, UnknownKnowledgeError) else WRONG
        return _refuse(request, code, str(error))
    return JSONResponse({"records": records})


class UnknownKnowledgeError(InputError):
    """No document has the knowledge id."""


def _refuse(request: Request, code: int, said: str) -> JSONResponse:
    """400 whatever is wrong: 403, 404 and 502 would make saving a connection fail."""
    request.app.state.unretrieved.inc()
    log.warning("Dify 的检索没有成：%s", said)
    return JSONResponse({"error_code": code, "error_msg": said}, 400)


def _retrieve(request: Request, asked: Retrieval) -> list[dict[str, Any]]:
    answerer: Answerer = request.app.state.answerer
    searcher, links = answerer.searcher, links_of(request)
    document = "" if asked.knowledge_id in ALL else asked.knowledge_id
    if not RUN.search(normalise(asked.query)):  # nothing to look for, as when it is tried out
        return []
    if document and document not in searcher.documents:
        known = "、".join(searcher.documents)
        raise UnknownKnowledgeError(f"没有知识库“{document[:40]}”；可用 {known}，或 all（全部）")
    where = where_of(asked.metadata_condition, searcher.index.schemas.values())
    k = min(asked.retrieval_setting.top_k or USUAL, MOST)
    least = max(FLOOR, asked.retrieval_setting.score_threshold or 0.0)
    if where != EVERYTHING:
        records = _narrowed(searcher, asked.query, (document, where), links)
    else:
        answer = answerer.ask(asked.query, k=k)
        note_answer(request.app, asked.query, answer)
        records = _records(searcher, answer, document, links)
    return [record for record in records if record["score"] >= least][:k]


def _narrowed(
    searcher: Searcher, query: str, to: tuple[str, Condition], links: Links, note: str = ""
) -> list[dict[str, Any]]:
    """What is found in a document, or in all, among the measures that meet a condition."""
    document, where = to
    found = searcher.search_all(query, filters=Filters(document=document))
    hits = [hit for hit in found.hits if holds(where, hit.measure)]
    return [_record(searcher, hit.measure, hit.score, links, note) for hit in hits[:MOST]]


def _records(
    searcher: Searcher, answer: Answer, document: str, links: Links
) -> list[dict[str, Any]]:
    """An answer as records: none for a refusal, a list whole before its measures.

    A near answer's records say that they are none. Of one document among several only its own.
    """
    note = NEAR if answer.standing == "near" else ""
    if answer.standing == "refused":
        return []
    if answer.kind == "list" and _within(answer, document):
        return [_list_record(answer, links), *_cited(searcher, answer, links, note)]
    if document and len(searcher.documents) > 1:
        return _narrowed(searcher, answer.question, (document, EVERYTHING), links, note)
    hits = answer.hits or answer.nearest
    return [_record(searcher, hit.measure, hit.score, links, note) for hit in hits]


def _within(answer: Answer, document: str) -> bool:
    return not document or all(name == document for name, _ in answer.items)


def _cited(searcher: Searcher, answer: Answer, links: Links, note: str) -> list[dict[str, Any]]:
    named = dict.fromkeys(citation.measure for citation in answer.citations)
    cited = [searcher.measure(name) for name in named]
    return [_record(searcher, measure, answer.confidence, links, note) for measure in cited]


def _list_record(answer: Answer, links: Links) -> dict[str, Any]:
    """A complete list, so that Dify's model need not put it together out of k records."""
    title = f"清单：{answer.understood or answer.question}"
    metadata = {
        "document_id": "list",
        "kind": "list",
        "standing": "near" if answer.standing == "near" else "found",
        "url": links.asked(answer.question),
    }
    content = "\n".join(filter(None, (title, answer.notice, answer.answer)))
    return {"content": content, "score": answer.confidence, "title": title, "metadata": metadata}


def _record(
    searcher: Searcher, measure: Measure, score: float, links: Links, note: str = ""
) -> dict[str, Any]:
    citation = cite(searcher.documents, measure, "text")
    own = {cell.name: cell.value for cell in measure.columns if cell.role not in BESIDE}
    metadata = own | {
        "document_id": measure.id,  # records of one id are shown as one source
        "document": measure.document,
        "aspect": measure.aspect,
        "item": measure.item,
        "lead": "、".join(leading_organs(measure)),
        "responsible": "、".join(sharing_organs(measure)),
        "due": measure.due,
        "applicable": measure.applicable,
        "standing": "near" if note else "found",
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "sha256": citation.sha256,
        "url": links.page(measure.id),
    }
    told = reading(searcher, measure)
    first, _, rest = told.partition(
        "\n"
    )  # records of equal content are dropped: the id stays first
    return {
        "content": f"{first}\n{note}\n{rest}" if note else told,
        "score": score,
        "title": heading(measure),
        "metadata": metadata,
    }
