"""The gate before the doors for programs: keys, and the host names that MCP may be called by.

Each door tells a refusal in the form that its clients read.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.web.problems import problem

GUARDED = ("/mcp", "/v1", "/dify")
LOCAL = ("127.0.0.1", "localhost", "[::1]")
MALFORMED = "Authorization 的写法应是“Bearer 密钥”"
REFUSED = "密钥不对"


class Gate:
    """Middleware that lets a request to a guarded path through, or answers it itself.

    Without keys everyone is let in; `hosts` are names, without ports, beside the local ones.
    """

    def __init__(self, app: ASGIApp, keys: Sequence[str], hosts: Sequence[str]) -> None:
        self._app = app
        self._keys = [key.encode() for key in keys]
        self._hosts = frozenset((*LOCAL, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or answer."""
        door = _door(scope["path"]) if scope["type"] == "http" else ""
        if door and scope["method"] != "OPTIONS":  # a browser asks first without its key
            headers = Headers(scope=scope)
            refusal = self._stranger(headers) if door == "/mcp" else None
            refusal = refusal or self._unkeyed(headers, door)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _stranger(self, headers: Mapping[str, str]) -> JSONResponse | None:
        """Whether it is called by a name of our own: a foreign page's name may point here."""
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if name.lower() in self._hosts:
            return None
        detail = f"MCP 不接受主机名“{name[:80]}”；请把它加进环境变量 WENCE_HOSTS，再重启服务"
        return problem(421, "主机名不在名单里", detail)

    def _unkeyed(self, headers: Mapping[str, str], door: str) -> JSONResponse | None:
        if not self._keys:
            return None
        given = headers.get("authorization", "")
        scheme, _, key = given.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return _refuse(door, MALFORMED, malformed=True)
        sent = key.strip().encode("utf-8", "surrogateescape")
        if not any([hmac.compare_digest(sent, known) for known in self._keys]):  # noqa: C419
            return _refuse(door, REFUSED, malformed=False)
        return None


def _door(path: str) -> str:
    found = (door for door in GUARDED if path == door or path.startswith(door + "/"))
    return next(found, "")


def _refuse(door: str, said: str, *, malformed: bool) -> JSONResponse:
    """401 with a challenge; Dify's contract wants 403 and codes of its own."""
    if door == "/dify":
        code = 1001 if malformed else 1002
        return JSONResponse({"error_code": code, "error_msg": said}, 403)
    response = problem(401, "没有权限", said)
    if door == "/v1":
        response = JSONResponse(
            openai_error(said, kind="authentication_error", code="invalid_api_key"), 401
        )
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def openai_error(
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
