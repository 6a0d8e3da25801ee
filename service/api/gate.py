"""The gate before the doors for programs: keys, and the host names that MCP may be called by.

Each door tells a refusal in the form that its clients read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service.guard.access import door_of
from service.web.problems import problem

LOCAL = ("127.0.0.1", "localhost", "[::1]")
MALFORMED = "Authorization 的写法应是“Bearer 密钥”"
REFUSED = "不认识这个密钥，或已撤销"

Admits = Callable[[str], bool]


class Gate:
    """Middleware that lets a request to a guarded path through, or answers it itself.

    `admits` tells whether a key opens; without it everyone is let in. `hosts` are names, without
    ports, beside the local ones.
    """

    def __init__(self, app: ASGIApp, admits: Admits | None, hosts: Sequence[str]) -> None:
        self._app, self._admits = app, admits
        self._hosts = frozenset((*LOCAL, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or answer."""
        door = door_of(scope["path"]) if scope["type"] == "http" else ""
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
        if self._admits is None:
            return None
        given = headers.get("authorization", "")
        scheme, _, key = given.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return _refuse(door, MALFORMED, malformed=True)
        return None if self._admits(key.strip()) else _refuse(door, REFUSED, malformed=False)


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
