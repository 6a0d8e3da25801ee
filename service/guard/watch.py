"""The outer layer: every response gets its headers and its place in the log and the meters.

It also answers what the application fails at, so that a defect has headers and is counted too.
"""

import base64
import hashlib
import logging
import re
import time

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.guard.meters import Meters
from service.web.problems import failed

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DOCS = ("/docs", "/redoc")  # their pages start from inline scripts, allowed by their hashes
SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

log = logging.getLogger("wence")


class Watch:
    """ASGI middleware; only the request's id is given further out."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app, self._meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        started, status = time.perf_counter(), 0
        opened: list[Message] = []  # the start of a page whose policy waits for its body

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)  # a route that others embed says so itself
                if scope["path"] in DOCS:
                    opened.append(message)
                    return
                headers["Content-Security-Policy"] = STRICT
            elif opened:
                start = opened.pop()
                policy = _policy(message.get("body", b""))
                MutableHeaders(scope=start)["Content-Security-Policy"] = policy
                await send(start)
            await send(message)

        self._meters.running.inc()
        try:
            await self._app(scope, receive, sending)
        except Exception:  # a defect: told to the log, and to the reader without its trace
            log.exception("处理请求时出错")
            if status:
                raise
            detail = "这是程序的缺陷，已记入日志；请稍后再试"
            await failed(request, 500, "程序出错", detail)(scope, receive, sending)
        finally:
            taken = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unknown")
            self._meters.running.dec()
            self._meters.seconds.labels(route, status or 500).observe(taken)
            about = {
                "method": scope["method"],
                "route": route,
                "status": status or 500,
                "ms": round(taken * 1000, 1),
            }
            log.info("%(method)s %(route)s %(status)s %(ms).0f ms", about, extra=about)


def _policy(page: bytes) -> str:
    """The policy of a page of the interface's description: its own scripts, and no others."""
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode() + "'"
        for script in SCRIPT.findall(page)
    ]
    return (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; worker-src blob:; base-uri 'none'; frame-ancestors 'none'"
    )
