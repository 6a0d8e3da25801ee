"""The gate: who is let in, and how each door says no."""

import httpx2
import pytest

from tests.service.api.conftest import KEY

BODIES = {
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "ping"},
    "/v1/chat/completions": {"model": "wence", "messages": [{"role": "user", "content": "办税"}]},
    "/v1/embeddings": {"model": "wence-query", "input": "办税"},
    "/dify/retrieval": {"knowledge_id": "", "query": "办税"},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("given", ["", "Bearer", f"Basic {KEY}", KEY])
def test_malformed_key_is_refused_in_the_words_of_the_door(
    locked: str, path: str, given: str
) -> None:
    response = httpx2.post(
        locked + path, json=BODIES[path], headers=ACCEPT | {"Authorization": given}
    )
    if path.startswith("/dify"):
        assert response.status_code == 403
        assert response.json()["error_code"] == 1001
    else:
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "Bearer" in response.text


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("key", ["wrong", KEY[:-1], KEY + "x", "k-READ-1"])
def test_wrong_key_is_refused(locked: str, path: str, key: str) -> None:
    headers = ACCEPT | {"Authorization": f"Bearer {key}"}
    response = httpx2.post(locked + path, json=BODIES[path], headers=headers)
    assert response.status_code == (403 if path.startswith("/dify") else 401)
    if path.startswith("/v1"):
        assert response.json()["error"]["code"] == "invalid_api_key"
    if path.startswith("/dify"):
        assert response.json()["error_code"] == 1002


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("key", [KEY, "k-other"])
def test_right_key_is_let_in(locked: str, path: str, key: str) -> None:
    headers = ACCEPT | {"Authorization": f"bearer {key}"}
    response = httpx2.post(locked + path, json=BODIES[path], headers=headers)
    assert response.status_code == 200, response.text


def test_page_and_interface_stay_open_where_doors_are_locked(locked: str) -> None:
    assert httpx2.get(locked + "/healthz").status_code == 200
    assert httpx2.get(locked + "/api/search", params={"q": "办税"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_mcp_called_by_a_foreign_name_says_which_setting_to_mend(site: str, host: str) -> None:
    headers = ACCEPT | {"Host": host}
    response = httpx2.post(site + "/mcp", json=BODIES["/mcp"], headers=headers)
    assert response.status_code == 421
    assert "WENCE_HOSTS" in response.json()["detail"]


@pytest.mark.parametrize("host", ["wence.example", "wence.example:443", "localhost:1", "[::1]:1"])
def test_mcp_called_by_a_name_of_its_own_is_let_in(locked: str, host: str) -> None:
    headers = ACCEPT | {"Host": host, "Authorization": f"Bearer {KEY}"}
    assert httpx2.post(locked + "/mcp", json=BODIES["/mcp"], headers=headers).status_code == 200


def test_mcp_called_from_a_foreign_page_is_refused(site: str) -> None:
    headers = ACCEPT | {"Origin": "https://evil.example"}
    assert httpx2.post(site + "/mcp", json=BODIES["/mcp"], headers=headers).status_code == 403
