"""POST /v1/embeddings: the vectors of the model that the index was built with.

The model wants to know whether a text is asked or searched: the model's id tells. The official
JavaScript client asks for base64 unless told otherwise, and can't read numbers in its place.
"""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from numpy.typing import NDArray

from corpus.errors import InputError
from index.embed import Embedder
from index.query import LIMIT
from service.api.openai.chat import refuse
from service.api.openai.requests import (
    PASSAGE,
    QUERY,
    EmbeddingRequest,
    RefusedError,
    check_model,
    read_body,
)

MOST = 256  # texts in one request
LONGEST = 4 * LIMIT  # characters of one
router = APIRouter()


@router.post("/v1/embeddings", summary="向量（OpenAI 兼容）")
async def post_embeddings(request: Request) -> JSONResponse:
    """A vector for each text, in order."""
    try:
        asked = await read_body(request, EmbeddingRequest)
        check_model(asked.model, (QUERY, PASSAGE))
        if asked.encoding_format not in (None, "float", "base64"):
            raise RefusedError("encoding_format 应是 float 或 base64", param="encoding_format")
        texts = _texts(asked.input)
        embedder: Embedder = request.app.state.searcher.embedder
        encode = embedder.encode_queries if asked.model == QUERY else embedder.encode_passages
        vectors = await run_in_threadpool(encode, texts)
        if asked.dimensions not in (None, vectors.shape[1]):
            raise RefusedError(f"dimensions 只能是 {vectors.shape[1]}", param="dimensions")
    except InputError as error:
        return refuse(error)
    packed = asked.encoding_format == "base64"
    data = [
        {"object": "embedding", "index": at, "embedding": _written(vector, packed=packed)}
        for at, vector in enumerate(vectors)
    ]
    read = sum(map(len, texts))
    usage: Mapping[str, int] = {"prompt_tokens": read, "total_tokens": read}
    return JSONResponse({"object": "list", "data": data, "model": asked.model, "usage": usage})


def _texts(given: Any) -> list[str]:
    """The texts of an input.

    Raises:
        RefusedError: numbers of tokens, nothing, too much, or something else.
    """
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise RefusedError("input 应是一段文字，或几段文字的列表", param="input")
    if not all(isinstance(text, str) for text in texts):
        said = (
            "input 里是词元编号；这里只收文字。"
            "LangChain 请设 check_embedding_ctx_length=False，再发文字"
        )
        raise RefusedError(said, param="input")
    if len(texts) > MOST:
        raise RefusedError(f"一次最多 {MOST} 段，给出的是 {len(texts)} 段", param="input")
    for at, text in enumerate(texts):
        if not text.strip() or len(text) > LONGEST:
            said = f"第 {at + 1} 段是空的，或超过 {LONGEST} 字"
            raise RefusedError(said, param="input")
    return texts


def _written(vector: NDArray[np.float32], *, packed: bool) -> str | list[float]:
    """A vector as numbers, or as base64 of its little-endian 32-bit floats."""
    if packed:
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(number) for number in vector]
