"""GET /openapi-3.0.json: the two questions as an OpenAPI 3.0 file, for Coze-like importers."""

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.api.links import links_of
from service.api.schema30 import to_30
from service.client import shapes
from service.schemas import AskRequest, SearchRequest

ANSWERED: tuple[type[BaseModel], ...] = (shapes.Answer, shapes.Found, shapes.Problem)
REFERENCE = "#/components/schemas/"
router = APIRouter(include_in_schema=False)


@router.get("/openapi-3.0.json")
def get_plugin(request: Request) -> dict[str, Any]:
    """The file, with the address that the service is known by."""
    models = [(model, "serialization") for model in ANSWERED]
    models += [(model, "validation") for model in (AskRequest, SearchRequest)]
    _, made = models_json_schema(models, ref_template=REFERENCE + "{model}")  # type: ignore[arg-type]
    return {
        "openapi": "3.0.1",
        "info": {
            "title": "问策",
            "description": "政策举措的检索与问答：引文逐字可查，文件里没有就说没有。",
            "version": version("wence"),
        },
        "servers": [{"url": links_of(request).base}],
        "paths": {
            "/api/ask": _operation(
                "ask",
                "提问",
                "回答问题并给出引文；standing 为 near 是没有直接写明，refused 是文件里没有。",
                ("AskRequest", {"question": "一照多址由谁牵头"}),
                "Answer",
            ),
            "/api/search": _operation(
                "search",
                "检索举措",
                "按相关程度列出举措，score 是相关的概率。",
                ("SearchRequest", {"query": "一照多址", "k": 3}),
                "Found",
            ),
        },
        "components": {"schemas": to_30(made["$defs"])},
    }


def _operation(
    name: str, summary: str, description: str, asked: tuple[str, dict[str, Any]], answered: str
) -> dict[str, Any]:
    schema, example = asked
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "description": description,
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _named(schema), "example": example}},
            },
            "responses": {
                "200": {
                    "description": "成功",
                    "content": {"application/json": {"schema": _named(answered)}},
                },
                "422": {
                    "description": "请求有误",
                    "content": {"application/problem+json": {"schema": _named("Problem")}},
                },
            },
        }
    }


def _named(schema: str) -> dict[str, str]:
    return {"$ref": REFERENCE + schema}
