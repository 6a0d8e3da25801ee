"""The OpenAPI document in Chinese, with the shapes of responses and examples that are true.

Routes say in English code what they do; what readers of /docs see stands here, in one table a
test holds complete. Examples are asked of the loaded documents themselves, at the first request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from index.filters import EVERY
from index.search import Searcher
from service.answer import Answerer
from service.api import dify
from service.api.about import about_documents
from service.api.listed import list_measures
from service.api.openai import requests as openai
from service.client import shapes
from service.schemas import answer_json, measure_json, search_json
from service.web.problems import PROBLEMS

REFERENCE = "#/components/schemas/"
BEARER = "key"
SENT: tuple[type[BaseModel], ...] = (
    dify.Retrieval,
    openai.ChatRequest,
    openai.EmbeddingRequest,
)
GIVEN: tuple[type[BaseModel], ...] = (
    shapes.Found,
    shapes.Answer,
    shapes.RelatedList,
    shapes.Listed,
    shapes.About,
    shapes.Columns,
    shapes.Problem,
)
NAMES: Mapping[str, str] = {
    "q": "问题",
    "query": "问题：公文话或大白话都行",
    "question": "问题",
    "turns": "前面问过的问题，先问的在前，最多 6 个",
    "t": "前面问过的问题，先问的在前，可重复",
    "k": "给出几条，1 到 100",
    "mode": "检索方式：hybrid、dense 或 bm25",
    "filters": "条件，全部要合",
    "document": "文档的编号",
    "aspect": "方面名称的一部分",
    "item": "事项的序号，0 为不限",
    "lead": "主要负责的单位，名称的一部分；文档不分牵头与参与时就是它的单位",
    "responsible": "参与的单位，名称的一部分",
    "due_from": "文档写的时间不早于这个月，如 2022-03",
    "due_to": "文档写的时间不晚于这个月，如 2022-06",
    "applicable": "是否涉及本地；不给为不限",
    "c": "条件，取自一个回答的 conditions，每条写成 JSON，可重复",
    "conditions": "条件，取自上一个回答的 conditions，可去掉几条；给了就不再从问题里读",
    "limit": "至多给出几条，0 到 500",
    "skip": "略过前几个",
    "offset": "从第几条起，从 0 算",
    "name": "编号",
    "since": "从哪一天起，如 2022-03-01",
    "least": "至少问过几次",
    "verdict": "评价：useful 有用、not_useful 没用、right 正确的是 measure",
    "measure": "举措编号",
    "shown": "当时列出的举措编号",
}
SCHEMAS: Mapping[str, str] = {
    "AskRequest": "一个问题。",
    "SearchRequest": "检索的问题与条件。",
    "FilterSet": "条件：留空的不限。",
    "FeedbackRequest": "对一个回答的评价。",
}


@dataclass(frozen=True)
class Told:
    """What is told of an operation: words, the shape of its response, where it isn't JSON its type.

    `many` is whether the response is a list of the shape; `sent` the shape of a body that the
    route reads by itself.
    """

    words: str
    shape: str = ""
    many: bool = False
    media: str = "application/json"
    sent: str = ""


CHAT = (
    "问题是最后一条消息，前面的提问用来理解追问。引文在 annotations 里，也在正文末尾。"
    "没有直接写明的照实说，拒答也是普通的回答。"
)
OPERATIONS: Mapping[str, Told] = {
    "post /api/search": Told("按相关程度列出举措，每条带逐字的引文。", "Found"),
    "get /api/search": Told("同上，问题与条件写在地址里。", "Found"),
    "post /api/ask": Told(
        "文件里有答案就给出回答与引文；没有直接写明就给最接近的原文（standing 为 near）；"
        "没有就拒答。",
        "Answer",
    ),
    "get /api/ask/stream": Told(
        "回答用 SSE 逐句给出：answer、sentence、done。", media="text/event-stream"
    ),
    "post /api/ask/stream": Told("同上，问题写在正文里。", media="text/event-stream"),
    "get /api/measures": Told("符合条件的全部举措，按文件顺序，由各列算出，不会漏。", "Listed"),
    "get /api/measures/{name}": Told(
        "按编号取一条举措；文档只有一个时可以省略文档部分。", "Measure"
    ),
    "get /api/measures/{name}/related": Told("其他事项里的相关举措，每条带理由。", "RelatedList"),
    "get /api/documents": Told("现有的文档，不含全文。", "About", many=True),
    "get /api/documents/{name}": Told("一个文档，连同声明与读出的对账。", "About"),
    "get /api/documents/{name}/schema": Told("一个文档的各列：列名、作用、取值与别名。", "Columns"),
    "get /api/documents/{name}/source": Told(
        "文档的全文；引文的起止都在其中。", media="text/plain"
    ),
    "get /api/facets": Told("各列的值各有多少条举措。"),
    "get /api/suggest": Told("与已经输入的文字相合的事项与常见问法。"),
    "get /api/gaps": Told("常问而没有答案的问题，按事项归并。"),
    "post /api/feedback": Told("记下一个评价；只按天计数。"),
    "get /healthz": Told("进程活着就回 ok。", media="text/plain"),
    "get /readyz": Told("索引已打开，可以提问。"),
    "post /dify/retrieval": Told(
        "Dify 的外部知识库接口。清单问题先给出完整的清单；没有直接写明时每条都注明；"
        "文件里没有答案时 records 为空。",
        sent="Retrieval",
    ),
    "post /v1/chat/completions": Told(CHAT, sent="ChatRequest"),
    "post /v1/embeddings": Told(
        "建索引所用的嵌入模型；问题与原文各用各的模型名。", sent="EmbeddingRequest"
    ),
    "get /v1/models": Told("可用的模型。"),
    "get /v1/models/{name}": Told("一个模型。"),
    "get /feeds/due.ics": Told("每行一个全天日程，在所写月份的最后一天。", media="text/calendar"),
    "get /feeds/due.atom": Told("时间写到本月为止的举措，新的在前。", media="application/atom+xml"),
    "get /feeds/due.rss": Told("同上，RSS 2.0。", media="application/rss+xml"),
}


OWN_FORMS = ("v1", "dify")  # whose errors have a form of their own


def describe(app: FastAPI) -> None:
    """Let an application give its OpenAPI document as told here; composed once."""

    @cache
    def compose() -> dict[str, Any]:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        return compose_document(made, _examples(app.state.answerer), keyed=app.state.keyed)

    app.openapi = compose  # type: ignore[method-assign]


def compose_document(
    made: Mapping[str, Any], examples: Mapping[str, Any], *, keyed: bool
) -> dict[str, Any]:
    """FastAPI's document with our words, shapes and examples in place of its own."""
    paths = {
        path: {
            method: _operation(f"{method} {path}", operation, examples, keyed=keyed)
            for method, operation in operations.items()
        }
        for path, operations in made["paths"].items()
    }
    unused = ("HTTPValidationError", "ValidationError")
    known = {n: s for n, s in made["components"]["schemas"].items() if n not in unused}
    schemas = {name: _schema(name, schema) for name, schema in {**known, **_shapes()}.items()}
    scheme = {
        "type": "http",
        "scheme": "bearer",
        "description": "服务设了 WENCE_DOORS=key 时需要，用 wence keys add 给出",
    }
    components = {"schemas": schemas, "securitySchemes": {BEARER: scheme}}
    return {**made, "paths": paths, "components": components}


def _shapes() -> dict[str, Any]:
    models = [(model, "serialization") for model in GIVEN] + [(m, "validation") for m in SENT]
    _, made = models_json_schema(models, ref_template=REFERENCE + "{model}")  # type: ignore[arg-type]
    found: dict[str, Any] = made["$defs"]
    return found


def _operation(
    name: str, operation: Mapping[str, Any], examples: Mapping[str, Any], *, keyed: bool
) -> dict[str, Any]:
    told = OPERATIONS.get(name, Told(operation.get("summary", "")))
    made = {key: value for key, value in operation.items() if key != "description"}
    made |= {"description": told.words, "responses": _responses(name, told, examples)}
    if "parameters" in made:
        made["parameters"] = [
            parameter | {"description": NAMES.get(parameter["name"], parameter["name"])}
            for parameter in made["parameters"]
        ]
    sent = f"{name} sent"
    if told.sent:
        schema = {"$ref": REFERENCE + told.sent}
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if sent in examples and "requestBody" in made:
        content = dict(made["requestBody"]["content"]["application/json"])
        content["example"] = examples[sent]
        made["requestBody"] = {
            **made["requestBody"],
            "content": {"application/json": content},
        }
    if keyed and told.sent:
        made["security"] = [{BEARER: []}]
    return made


def _responses(name: str, told: Told, examples: Mapping[str, Any]) -> dict[str, Any]:
    reference: dict[str, Any] = {"$ref": REFERENCE + told.shape} if told.shape else {}
    schema = {"type": "array", "items": reference} if told.many else reference
    content: dict[str, Any] = {"schema": schema or {}}
    if told.media == "text/event-stream":
        content = {}  # what an event holds is told in words
    elif told.media != "application/json":
        content["schema"] = {"type": "string"}
    if name in examples:
        content["example"] = examples[name]
    done = {"200": {"description": "成功", "content": {told.media: content}}}
    if any(f" /{door}/" in name for door in OWN_FORMS):
        other = {"description": "请求有误；写法是它自己的约定", "content": {"application/json": {}}}
        return done | {str(status): other for status in PROBLEMS}
    return done | {str(status): problem for status, problem in PROBLEMS.items()}


def _schema(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(schema)
    if name in SCHEMAS:
        made["description"] = SCHEMAS[name]
    if "properties" in made:
        made["properties"] = {
            key: value if "description" in value else {**value, "description": NAMES.get(key, key)}
            for key, value in made["properties"].items()
        }
    return made


def _examples(answerer: Answerer) -> dict[str, Any]:
    """What is sent and given, of the first measure that is loaded: by operation."""
    searcher: Searcher = answerer.searcher
    if not searcher.measures:
        return {}
    first = searcher.measures[0]
    words = first.title or first.text[:20]
    question = f"{words}由谁牵头"
    found = search_json(searcher, words, k=1, mode="hybrid", filters=EVERY)
    about = about_documents(searcher)
    chat = {"model": openai.MODEL, "messages": [{"role": "user", "content": question}]}
    return {
        "post /api/search sent": {"query": words, "k": 1},
        "post /api/search": found,
        "get /api/search": found,
        "post /api/ask sent": {"question": question, "k": 1},
        "post /api/ask": answer_json(searcher, answerer.ask(question, k=1)),
        "post /api/ask/stream sent": {"question": question},
        "get /api/measures": list_measures(searcher, EVERY, limit=1),
        "get /api/measures/{name}": measure_json(searcher, first),
        "get /api/documents": about,
        "post /dify/retrieval sent": {
            "knowledge_id": first.document,
            "query": question,
            "retrieval_setting": {"top_k": 3, "score_threshold": 0.3},
        },
        "post /v1/chat/completions sent": chat,
        "post /v1/embeddings sent": {"model": openai.QUERY, "input": question},
    }
