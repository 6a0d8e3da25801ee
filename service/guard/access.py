"""Who may see what: known hosts only, and the staff's pages for the staff.

On this machine itself no key is needed: the service is bound to loopback, the caller is there, no
proxy stands between, and the address bar names loopback too. Everywhere else the staff's pages
want a key of the scope `staff`, as a bearer token or by a session after logging in.
"""

import ipaddress
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.guard.keys import Key, Keys
from service.web.problems import failed

STAFF = ("/gaps", "/api/gaps", "/metrics")
HERE = ("localhost", "127.0.0.1", "[::1]")
COOKIE = "wence_session"
HOURS = 12.0
SESSIONS = 1_000
DOORS = ("/mcp", "/v1", "/dify")  # tell a false key in their clients' own words, by their gate
PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host")

Staff = Literal["key", "open", "off"]


class Sessions:
    """Who is logged in, in memory: a restart logs everybody out."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._open: dict[str, tuple[str, float]] = {}

    def open(self, key: Key) -> str:
        """A new session of a key; the oldest ones give way."""
        while len(self._open) >= SESSIONS:
            del self._open[next(iter(self._open))]
        session = secrets.token_urlsafe(32)
        self._open[session] = (key.name, self._now() + HOURS * 3600)
        return session

    def name_of(self, session: str) -> str:
        """The name of the session's key; empty where there is no such session any more."""
        name, end = self._open.get(session, ("", 0.0))
        return name if self._now() < end else ""

    def close(self, session: str) -> None:
        """End a session."""
        self._open.pop(session, None)


@dataclass(frozen=True)
class Access:
    """What is asked of callers: the host names that are served, empty for any, and for the staff.

    `local` says that the service is bound to loopback.
    """

    keys: Keys | None = None
    hosts: tuple[str, ...] = ()
    local: bool = False
    staff: Staff = "open"
    sessions: Sessions = field(default_factory=Sessions)

    def key_of(self, request: Request) -> Key | None:
        """The key that a request shows by its header or its session, None for a false one."""
        if self.keys is None:
            return None
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.keys.find(token.strip())
        name = self.sessions.name_of(request.cookies.get(COOKIE, ""))
        return self.keys.named(name) if name else None

    def is_here(self, request: Request) -> bool:
        """Whether the request comes from this very machine, and through nothing else."""
        return (
            self.local
            and _host_of(request) in HERE
            and request.client is not None
            and is_loopback(request.client.host)
            and not any(name in request.headers for name in PROXIED)
        )


class Guarded:
    """ASGI middleware that lets in whom an access allows."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "http":
            request = Request(scope, receive)
            refusal = self._refusal(request)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        access = self._access
        host = _host_of(request)
        if access.hosts and host not in access.hosts:
            return failed(
                request, 400, "请求有误", "这里不用这个主机名；请管理员把它写进 WENCE_HOSTS"
            )
        key = access.key_of(request)
        bearing = request.headers.get("authorization", "").lower().startswith("bearer ")
        if bearing and key is None and access.keys is not None and not door_of(request.url.path):
            return _unknown(request, "不认识这个密钥，或已撤销")
        if key is not None:
            request.scope["wence.key"] = key.name
        if request.url.path.rstrip("/") not in STAFF or access.staff == "open":
            return None
        if access.staff == "off":
            return failed(request, 404, "没有找到", f"没有这个地址 {request.url.path}")
        if access.is_here(request) or (key is not None and key.may("staff")):
            return None
        if key is not None:
            return failed(request, 403, "没有权限", f"密钥“{key.name}”没有 staff 权限")
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/login?to={quote(request.url.path)}", 303)
        return _unknown(request, "这里要密钥：Authorization: Bearer …（wence keys add 给出）")


def door_of(path: str) -> str:
    """The door that a path belongs to; empty for other paths."""
    found = (door for door in DOORS if path == door or path.startswith(door + "/"))
    return next(found, "")


def _unknown(request: Request, detail: str) -> Response:
    response = failed(request, 401, "要密钥", detail)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _host_of(request: Request) -> str:
    """The host that the request names, without its port, in lower case."""
    host = request.headers.get("host", "").lower()
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
