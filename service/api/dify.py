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
from index.search import Searcher
from index.tokens import RUN
from service.answer import Answer, Answerer
from service.api.conditions import Conditions, check, holds
from service.api.faults import tell_faults
from service.api.links import Links, heading, links_of, reading
from service.cite import cite
from service.feedback.noting import note_answer
from service.web.listing import FLOOR

ALL = ("", "all", "wence")  # knowledge ids that mean every document
USUAL, MOST = 10, 100
UNKNOWN, WRONG = 2001, 400

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
    if asked.metadata_condition is not None:
        check(asked.metadata_condition)
    k = min(asked.retrieval_setting.top_k or USUAL, MOST)
    least = max(FLOOR, asked.retrieval_setting.score_threshold or 0.0)
    narrowed = bool(asked.metadata_condition and asked.metadata_condition.conditions)
    if narrowed or (document and len(searcher.documents) > 1):
        found = searcher.search_all(asked.query, filters=Filters(document=document))
        hits = [hit for hit in found.hits if holds(asked.metadata_condition, hit.measure)]
        return [
            _record(searcher, hit.measure, hit.score, links)
            for hit in hits[:k]
            if hit.score >= least
        ]
    answer = answerer.ask(asked.query, k=k)
    note_answer(request.app, asked.query, answer)
    return [record for record in _records(searcher, answer, links) if record["score"] >= least][:k]


def _records(searcher: Searcher, answer: Answer, links: Links) -> list[dict[str, Any]]:
    """An answer as records: none for a refusal, a list whole before its measures."""
    if not answer.answerable:
        return []
    if answer.kind == "list":
        return [_list_record(answer, links), *_cited(searcher, answer, links)]
    return [_record(searcher, hit.measure, hit.score, links) for hit in answer.hits]


def _cited(searcher: Searcher, answer: Answer, links: Links) -> list[dict[str, Any]]:
    names = dict.fromkeys(citation.measure for citation in answer.citations)
    return [_record(searcher, searcher.measure(name), answer.confidence, links) for name in names]


def _list_record(answer: Answer, links: Links) -> dict[str, Any]:
    """A complete list, so that Dify's model need not put it together out of k records."""
    title = f"清单：{answer.understood or answer.question}"
    metadata = {"document_id": "list", "kind": "list", "url": links.asked(answer.question)}
    content = f"{title}\n{answer.answer}"
    return {"content": content, "score": answer.confidence, "title": title, "metadata": metadata}


def _record(searcher: Searcher, measure: Measure, score: float, links: Links) -> dict[str, Any]:
    citation = cite(searcher.documents, measure, "text")
    metadata = {
        "document_id": measure.id,  # records of one id are shown as one source
        "document": measure.document,
        "aspect": measure.aspect,
        "item": measure.item,
        "lead": "、".join(measure.lead_units),
        "responsible": "、".join(measure.responsible_units),
        "due": measure.due,
        "applicable": measure.applicable,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "sha256": citation.sha256,
        "url": links.page(measure.id),
    }
    return {
        "content": reading(searcher.documents[measure.document], measure),
        "score": score,
        "title": heading(measure),
        "metadata": metadata,
    }
