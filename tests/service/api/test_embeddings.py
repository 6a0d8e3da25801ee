"""OpenAI's embeddings through the official client, and what can't be embedded."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import numpy as np
import openai
import pytest

from index.search import Searcher


@pytest.fixture
def client(site: str) -> Iterator[openai.OpenAI]:
    """The official client."""
    with openai.OpenAI(base_url=f"{site}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def test_embeddings_of_both_roles_are_the_models_own(
    client: openai.OpenAI, real_searcher: Searcher
) -> None:
    texts = ["一照多址怎么办理", "网上缴税"]
    embedder = real_searcher.embedder
    roles = {"wence-query": embedder.encode_queries, "wence-passage": embedder.encode_passages}
    for model, encode in roles.items():
        given = client.embeddings.create(model=model, input=texts)  # base64, as the client asks
        assert [e.index for e in given.data] == [0, 1]
        np.testing.assert_allclose([e.embedding for e in given.data], encode(texts), atol=1e-5)


def test_embeddings_as_floats_and_base64_are_the_same(site: str) -> None:
    body = {"model": "wence-query", "input": "办税"}
    url = f"{site}/v1/embeddings"
    floats = httpx2.post(url, json=body | {"encoding_format": "float"}).json()["data"][0]
    packed = httpx2.post(url, json=body | {"encoding_format": "base64"}).json()["data"][0]
    unpacked = np.frombuffer(base64.b64decode(packed["embedding"]), "<f4")
    np.testing.assert_array_equal(unpacked, np.asarray(floats["embedding"], np.float32))
    plain = httpx2.post(url, json=body).json()["data"][0]  # no format: numbers
    assert plain == floats


@pytest.mark.parametrize(
    ("body", "said_"),
    [
        ({"input": [1, 2, 3]}, "词元编号"),
        ({"input": [[1, 2], [3]]}, "check_embedding_ctx_length=False"),
        ({"input": []}, "列表"),
        ({"input": ""}, "空的"),
        ({"input": ["办税", " "]}, "第 2 段"),
        ({"input": ["税"] * 257}, "256"),
        ({"input": "税" * 9000}, "8000"),
        ({"input": "税", "model": "text-embedding-3-small"}, "wence-query"),
        ({"input": "税", "encoding_format": "int8"}, "encoding_format"),
        ({"input": "税", "dimensions": 8}, "384"),
        ({}, "input"),
    ],
)
def test_embedding_request_that_cannot_be_met_says_why(
    site: str, body: dict[str, Any], said_: str
) -> None:
    response = httpx2.post(f"{site}/v1/embeddings", json={"model": "wence-query"} | body)
    assert response.status_code in (400, 404)
    assert said_ in response.json()["error"]["message"]
