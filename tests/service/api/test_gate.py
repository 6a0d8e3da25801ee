"""The gate: who is let in, and how each door says no."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from corpus.measures import Parsed
from index.search import Searcher
from service.app import Guard, app_over
from service.guard.access import Access
from service.guard.keys import Keys
from service.guard.limits import Limits
from tests.service.api.conftest import Locked

BODIES = {
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "ping"},
    "/v1/chat/completions": {"model": "wence", "messages": [{"role": "user", "content": "办税"}]},
    "/v1/embeddings": {"model": "wence-query", "input": "办税"},
    "/dify/retrieval": {"knowledge_id": "", "query": "办税"},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("given", ["", "Bearer", "Basic {}", "{}"])
def test_malformed_key_is_refused_in_the_words_of_the_door(
    locked: Locked, path: str, given: str
) -> None:
    response = httpx2.post(
        locked.url + path,
        json=BODIES[path],
        headers=ACCEPT | {"Authorization": given.format(locked.key)},
    )
    if path.startswith("/dify"):
        assert response.status_code == 403
        assert response.json()["error_code"] == 1001
    else:
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "Bearer" in response.text


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("key", ["wrong", "{}x", "wence_", "密钥"])
def test_wrong_key_is_refused(locked: Locked, path: str, key: str) -> None:
    sent = f"Bearer {key}".format(locked.key).encode()
    headers = [*((name.encode(), value.encode()) for name, value in ACCEPT.items())]
    response = httpx2.post(
        locked.url + path, json=BODIES[path], headers=[*headers, (b"Authorization", sent)]
    )
    assert response.status_code == (403 if path.startswith("/dify") else 401)
    if path.startswith("/v1"):
        assert response.json()["error"]["code"] == "invalid_api_key"
    if path.startswith("/dify"):
        assert response.json()["error_code"] == 1002


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("scope", ["key", "staff"])
def test_right_key_is_let_in(locked: Locked, path: str, scope: str) -> None:
    headers = ACCEPT | {"Authorization": f"bearer {getattr(locked, scope)}"}
    response = httpx2.post(locked.url + path, json=BODIES[path], headers=headers)
    assert response.status_code == 200, response.text


def test_revoked_key_is_refused_at_once(locked: Locked) -> None:
    given = locked.keys.add("passing", "read")
    headers = {"Authorization": f"Bearer {given}"}
    assert httpx2.get(f"{locked.url}/v1/models", headers=headers).status_code == 200
    locked.keys.revoke("passing")
    assert httpx2.get(f"{locked.url}/v1/models", headers=headers).status_code == 401


@pytest.mark.parametrize("path", BODIES)
def test_open_door_takes_whatever_key_a_client_fills_in(
    small: Parsed, searcher_of: Callable[..., Searcher], tmp_path: Path, path: str
) -> None:
    guard = Guard.of(Limits(), Access(Keys(tmp_path)))
    with TestClient(app_over(searcher_of(small), guard=guard), "http://127.0.0.1") as client:
        headers = ACCEPT | {"Authorization": "Bearer sk-whatever"}
        assert client.post(path, json=BODIES[path], headers=headers).status_code == 200


def test_page_and_interface_stay_open_where_doors_are_locked(locked: Locked) -> None:
    assert httpx2.get(locked.url + "/healthz").status_code == 200
    assert httpx2.get(locked.url + "/api/search", params={"q": "办税"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_mcp_called_by_a_foreign_name_says_which_setting_to_mend(site: str, host: str) -> None:
    headers = ACCEPT | {"Host": host}
    response = httpx2.post(site + "/mcp", json=BODIES["/mcp"], headers=headers)
    assert response.status_code == 421
    assert "WENCE_HOSTS" in response.json()["detail"]


@pytest.mark.parametrize("host", ["wence.example", "wence.example:443", "localhost:1", "[::1]:1"])
def test_mcp_called_by_a_name_of_its_own_is_let_in(locked: Locked, host: str) -> None:
    headers = ACCEPT | {"Host": host, "Authorization": f"Bearer {locked.key}"}
    assert httpx2.post(locked.url + "/mcp", json=BODIES["/mcp"], headers=headers).status_code == 200


def test_mcp_called_from_a_foreign_page_is_refused(site: str) -> None:
    headers = ACCEPT | {"Origin": "https://evil.example"}
    assert httpx2.post(site + "/mcp", json=BODIES["/mcp"], headers=headers).status_code == 403
