"""Tests of what stands before the application: headers, limits, hosts, keys, the staff's pages."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.errors import InputError, NotFoundError, SetupError
from corpus.measures import Parsed
from index.search import Searcher
from service.app import Guard, app_over
from service.cli import commands
from service.guard.access import HERE, SESSIONS, STAFF, Access, Sessions
from service.guard.keys import FILE, Key, Keys
from service.guard.limits import Limits
from service.guard.watch import ALWAYS

PROBLEM = "application/problem+json"
Made = Callable[..., TestClient]


@pytest.fixture
def made(small: Parsed, searcher_of: Callable[..., Searcher]) -> Made:
    """A function that makes a client over the small list behind a guard."""
    searcher = searcher_of(small)

    def make(
        limits: Limits | None = None,
        access: Access | None = None,
        *,
        client: tuple[str, int] = ("203.0.113.7", 50000),
        host: str = "127.0.0.1",
    ) -> TestClient:
        app = app_over(searcher, guard=Guard.of(limits or Limits(), access or Access()))
        return TestClient(
            app, base_url=f"http://{host}", client=client, raise_server_exceptions=False
        )

    return make


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """No keys yet."""
    return Keys(tmp_path)


def metric(client: TestClient, line: str) -> bool:
    """Whether the metrics hold a line that begins so."""
    return any(found.startswith(line) for found in client.get("/metrics").text.splitlines())


# Headers, defects and their meters


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/api/search?q=x", 200),
        ("/api/search", 422),
        ("/nowhere", 404),
        ("/docs", 200),
        ("/redoc", 200),
        ("/openapi.json", 200),
        ("/static/style.css", 200),
        ("/static/none", 404),
        ("/healthz", 200),
        ("/broken", 500),
    ],
)
def test_every_answer_has_its_headers_and_stands_in_the_meters(
    made: Made, path: str, status: int
) -> None:
    client = made()
    add_broken(client)
    response = client.get(path)
    assert response.status_code == status
    assert ALWAYS.items() <= dict(response.headers).items() | {
        (name, response.headers[name]) for name in ALWAYS
    }
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src 'self' 'unsafe" not in policy
    assert len(response.headers["x-request-id"]) == 16
    assert "access-control-allow-origin" not in response.headers
    assert f'status="{status}"' in client.get("/metrics").text


def add_broken(client: TestClient) -> None:
    def broken() -> None:
        raise RuntimeError("secret")

    app: Any = client.app
    app.add_api_route("/broken", broken)


def test_defect_is_a_problem_without_its_trace_and_is_logged_with_the_request_id(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    client = made()
    add_broken(client)
    response = client.get("/broken", headers={"X-Request-ID": "from-the-proxy-1"})
    assert response.status_code == 500
    assert response.headers["content-type"] == PROBLEM
    assert response.headers["x-request-id"] == "from-the-proxy-1"
    assert "secret" not in response.text
    assert "secret" in caplog.text
    assert metric(client, 'wence_request_seconds_count{route="/broken",status="500"} 1.0')


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b c d e f g", "<script>alert</script>"])
def test_request_id_of_another_form_is_not_taken_over(made: Made, given: str) -> None:
    answered = made().get("/healthz", headers={"X-Request-ID": given})
    assert answered.headers["x-request-id"] != given


def test_docs_page_allows_its_own_scripts_by_hash(made: Made) -> None:
    response = made().get("/docs")
    assert "<script>" in response.text
    assert "'sha256-" in response.headers["content-security-policy"]


# Limits


def test_body_over_the_limit_is_413_before_it_is_read(made: Made) -> None:
    client = made(Limits(body=1000))
    response = client.post("/api/ask", content=b"x" * 1001)
    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert client.post("/api/ask", json={"question": "执照"}).status_code == 200
    assert metric(client, 'wence_requests_refused_total{limit="body"} 1.0')


def test_body_without_a_length_is_read_no_further_than_the_limit(made: Made) -> None:
    sent: list[int] = []

    def body() -> Iterator[bytes]:
        for n in range(100):
            sent.append(n)
            yield b"x" * 1000

    assert made(Limits(body=5000)).post("/api/ask", content=body()).status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "9" * 30])
def test_body_with_a_false_length_is_413(made: Made, length: str) -> None:
    response = made().post("/api/ask", content=b"{}", headers={"Content-Length": length})
    assert response.status_code == 413


def test_body_that_does_not_come_is_408(made: Made) -> None:
    app = made(Limits(body_seconds=0.05)).app
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/ask",
        "raw_path": b"/api/ask",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("203.0.113.7", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    started = time.monotonic()
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 408
    assert time.monotonic() - started < 10


def test_too_many_requests_of_one_caller_are_429_with_retry_after_and_others_go_on(
    made: Made,
) -> None:
    client = made(Limits(rate="3/minute"))
    statuses = [client.get("/api/search?q=x").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    refused = client.get("/api/search?q=x")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == PROBLEM
    assert client.get("/healthz").status_code == 200
    client._transport.client = ("203.0.113.8", 1)  # type: ignore[attr-defined]
    assert client.get("/api/search?q=x").status_code == 200


def test_callers_of_one_ipv6_network_are_one(made: Made) -> None:
    client = made(Limits(rate="1/minute"), client=("2001:db8::1", 1))
    assert client.get("/api/search?q=x").status_code == 200
    client._transport.client = ("2001:db8::ffff", 1)  # type: ignore[attr-defined]
    assert client.get("/api/search?q=x").status_code == 429
    client._transport.client = ("2001:db8:0:1::1", 1)  # type: ignore[attr-defined]
    assert client.get("/api/search?q=x").status_code == 200


def add_slow(client: TestClient, entered: threading.Event, leave: threading.Event) -> None:
    def slow() -> str:
        entered.set()
        leave.wait(30)
        return "done"

    app: Any = client.app
    app.add_api_route("/slow", slow)


def test_more_requests_at_once_than_allowed_are_503_with_retry_after(made: Made) -> None:
    client = made(Limits(concurrent=1))
    entered, leave = threading.Event(), threading.Event()
    add_slow(client, entered, leave)
    statuses: list[int] = []
    with client:
        first = threading.Thread(target=lambda: statuses.append(client.get("/slow").status_code))
        first.start()
        assert entered.wait(30)
        refused = client.get("/api/search?q=x")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert client.get("/healthz").text == "ok"
        leave.set()
        first.join()
        assert statuses == [200]
        assert client.get("/api/search?q=x").status_code == 200


def test_answer_that_takes_too_long_is_503_in_time(made: Made) -> None:
    client = made(Limits(seconds=0.1))
    entered, leave = threading.Event(), threading.Event()
    add_slow(client, entered, leave)
    threading.Timer(1.0, leave.set).start()
    response = client.get("/slow")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


# Keys


def test_keys_are_kept_as_hashes_in_a_file_for_their_owner_alone(
    keys: Keys, tmp_path: Path
) -> None:
    token = keys.add("监控", "staff")
    assert token not in (tmp_path / FILE).read_text(encoding="utf-8")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    found = Keys(tmp_path).find(token)
    assert found is not None
    assert (found.name, found.scope) == ("监控", "staff")
    assert keys.find(token + "x") is None
    assert keys.find("\udcff") is None


def test_key_revoked_by_another_process_is_no_key_any_more(keys: Keys, tmp_path: Path) -> None:
    token = keys.add("a", "read")
    assert keys.find(token)
    Keys(tmp_path).revoke("a")
    assert keys.find(token) is None


def test_keys_name_the_fault_of_what_they_refuse(keys: Keys, tmp_path: Path) -> None:
    keys.add("a", "read")
    with pytest.raises(InputError, match="已有名为“a”的密钥"):
        keys.add("a", "read")
    with pytest.raises(InputError, match="只能由"):
        keys.add("a b", "read")
    with pytest.raises(InputError, match="没有权限“root”"):
        keys.add("b", "root")
    with pytest.raises(NotFoundError, match="没有名为“b”的密钥；现有 a"):
        keys.revoke("b")
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(SetupError, match="已损坏"):
        keys.all()


@pytest.mark.parametrize(
    ("scope", "may"),
    [("read", (True, False, False)), ("staff", (True, True, False)), ("admin", (True, True, True))],
)
def test_key_of_a_scope_may_what_those_below_may(scope: str, may: tuple[bool, ...]) -> None:
    key = Key("a", scope, "", "")
    assert tuple(key.may(wanted) for wanted in ("read", "staff", "admin")) == may


# The staff's pages


@pytest.mark.parametrize("path", STAFF)
def test_staff_page_from_elsewhere_wants_a_staff_key(made: Made, keys: Keys, path: str) -> None:
    client = made(access=Access(keys, local=False, staff="key"))
    bare = client.get(path)
    assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
    assert bare.headers["content-type"] == PROBLEM
    bearer = {
        name: {"Authorization": f"Bearer {keys.add(name, name)}"} for name in ("read", "staff")
    }
    assert client.get(path, headers=bearer["read"]).status_code == 403
    assert client.get(path, headers=bearer["staff"]).status_code == 200
    assert client.get(path + "/", headers={}, follow_redirects=False).status_code in (401, 404)
    keys.revoke("staff")
    assert client.get(path, headers=bearer["staff"]).status_code == 401
    assert client.get("/api/search?q=x").status_code == 200


@pytest.mark.parametrize(
    ("client_host", "host", "headers", "status"),
    [
        ("127.0.0.1", "127.0.0.1", {}, 200),
        ("::1", "localhost", {}, 200),
        ("203.0.113.7", "127.0.0.1", {}, 401),
        ("127.0.0.1", "wence.example", {}, 401),  # through a proxy, or by DNS rebinding
        ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("127.0.0.1", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 401),
    ],
)
def test_staff_page_is_free_on_this_machine_alone(
    made: Made, keys: Keys, client_host: str, host: str, headers: dict[str, str], status: int
) -> None:
    access = Access(keys, local=True, staff="key")
    client = made(access=access, client=(client_host, 1), host=host)
    assert client.get("/api/gaps", headers=headers).status_code == status


def test_staff_pages_may_be_off_or_open(made: Made, keys: Keys) -> None:
    assert made(access=Access(keys, staff="off")).get("/gaps").status_code == 404
    assert made(access=Access(keys, staff="open")).get("/gaps").status_code == 200


def test_host_that_is_not_served_is_refused(made: Made, keys: Keys) -> None:
    access = Access(keys, hosts=HERE, local=True, staff="key")
    assert made(access=access).get("/").status_code == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example"):
        assert made(access=access, host=host).get("/").status_code == 400


def test_staff_log_in_on_the_page_with_a_key_and_out_again(made: Made, keys: Keys) -> None:
    client = made(access=Access(keys, staff="key"))
    page = {"Accept": "text/html"}
    assert client.get("/gaps", headers=page).url.path == "/login"
    assert "密钥" in client.get("/gaps", headers=page).text
    wrong = client.post("/login", data={"key": "wrong", "to": "/gaps"})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
    reading = client.post("/login", data={"key": keys.add("r", "read"), "to": "/gaps"})
    assert reading.status_code == 403
    sent = {"key": keys.add("s", "staff"), "to": "//evil.example"}
    opened = client.post("/login", data=sent, follow_redirects=False)
    assert (opened.status_code, opened.headers["location"]) == (303, "/gaps")
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert sent["key"] not in cookie
    assert client.get("/gaps", headers=page).status_code == 200
    client.post("/logout")
    assert client.get("/gaps", headers=page).url.path == "/login"


def test_login_posted_by_another_site_is_refused(made: Made, keys: Keys) -> None:
    client = made(access=Access(keys, staff="key"))
    sent = {"key": keys.add("s", "staff")}
    response = client.post("/login", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


def test_session_ends_with_its_hours_its_key_and_the_number_kept(keys: Keys) -> None:
    now = 0.0
    sessions = Sessions(now=lambda: now)
    keys.add("s", "staff")
    key = keys.named("s")
    assert key is not None
    first = sessions.open(key)
    assert sessions.name_of(first) == "s"
    now = 13 * 3600
    assert sessions.name_of(first) == ""
    again = sessions.open(key)
    for _ in range(SESSIONS):
        sessions.open(key)
    assert sessions.name_of(again) == ""


def test_limits_and_access_are_one_for_all_applications_of_a_guard(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    guard = Guard.of(Limits(rate="2/minute"), Access())
    apps: list[FastAPI] = [app_over(searcher_of(small), guard=guard) for _ in range(2)]
    statuses = [TestClient(apps[n % 2]).get("/api/search?q=x").status_code for n in range(3)]
    assert statuses == [200, 200, 429]


def test_keys_commands_add_list_and_revoke(tmp_path: Path) -> None:
    def call(*arguments: str) -> Any:
        given = ["keys", *arguments, "--data", str(tmp_path), "--json"]
        return json.loads(CliRunner().invoke(commands, given).output)

    made = call("add", "监控", "--scope", "staff")
    assert Keys(tmp_path).find(made["key"])
    assert [(one["name"], one["scope"]) for one in call("list")] == [("监控", "staff")]
    assert call("revoke", "监控") == {"revoked": "监控"}
    assert call("list") == []
