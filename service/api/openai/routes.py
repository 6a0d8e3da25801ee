"""The routes of OpenAI's interface."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from corpus.errors import InputError
from service.api.openai import chat, embeddings
from service.api.openai.chat import refuse
from service.api.openai.requests import MODELS, check_model

CREATED = 1_760_000_000  # a fixed moment: clients only want a number
router = APIRouter()
router.include_router(chat.router)
router.include_router(embeddings.router)


@router.get("/v1/models", summary="模型（OpenAI 兼容）")
def get_models() -> dict[str, Any]:
    """What can be asked: the chat and the two roles of the embedding model."""
    return {"object": "list", "data": [_model(name) for name in MODELS]}


@router.get("/v1/models/{name}", summary="一个模型（OpenAI 兼容）")
def get_model(name: str) -> JSONResponse:
    """One of them."""
    try:
        check_model(name, MODELS)
    except InputError as error:
        return refuse(error)
    return JSONResponse(_model(name))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "wence"}
