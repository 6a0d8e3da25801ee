"""How much one caller and all together may ask: body, rate, requests at once, seconds.

Overload is told at once, by 429 or 503 with Retry-After: nothing waits in an unbounded queue.
"""

import asyncio
import ipaddress
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.guard.meters import Meters
from service.web.problems import failed

FREE = ("/healthz", "/readyz", "/metrics", "/static/", "/favicon.ico")
SITE = 64  # bits of an IPv6 address that tell one caller's network from another's
BUSY = 1  # seconds after which to try again


@dataclass(frozen=True)
class Limits:
    """What is allowed; `rate` is per caller, written as `1200/minute`, and empty for none."""

    body: int = 1024 * 1024
    body_seconds: float = 10.0
    seconds: float = 60.0
    concurrent: int = 64
    rate: str = ""


class Limiter:
    """Counts callers and running requests; one for a whole service."""

    def __init__(self, limits: Limits, meters: Meters) -> None:
        self.limits, self.meters = limits, meters
        self.running = 0
        self._rate: RateLimitItem | None = parse(limits.rate) if limits.rate else None
        self._callers = SlidingWindowCounterRateLimiter(MemoryStorage())

    def wait_for(self, caller: str) -> int:
        """Count a request; the seconds until the caller may ask again, 0 where it may now."""
        if self._rate is None or self._callers.hit(self._rate, caller):
            return 0
        reset = self._callers.get_window_stats(self._rate, caller).reset_time
        return max(1, math.ceil(reset - time.time()))


class Limited:
    """ASGI middleware that keeps to a limiter's limits."""

    def __init__(self, app: ASGIApp, limiter: Limiter) -> None:
        self._app, self._limiter = app, limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self._app(scope, receive, send)
            return
        limiter, limits = self._limiter, self._limiter.limits
        request = Request(scope, receive)
        refuse = _refusing(request, scope, receive, send, limiter.meters)
        if wait := limiter.wait_for(caller_of(request)):
            await refuse("rate", 429, f"请求太频繁；请在 {wait} 秒后再试", wait)
            return
        if limiter.running >= limits.concurrent:
            await refuse("concurrent", 503, "现在请求太多；请稍后再试", BUSY)
            return
        limiter.running += 1  # from here to the end of the work, not only of the response
        task = asyncio.ensure_future(self._serve(scope, receive, send, refuse))
        task.add_done_callback(lambda _: self._leave())
        await asyncio.shield(task)

    def _leave(self) -> None:
        self._limiter.running -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send, refuse: "Refuse") -> None:
        limits = self._limiter.limits
        length = Request(scope).headers.get("content-length", "0")
        too_long = f"请求太大；请缩短到 {limits.body // 1024} KB 以内"
        if not length.isdigit() or int(length) > limits.body:
            await refuse("body", 413, too_long, 0)
            return
        try:
            async with asyncio.timeout(limits.body_seconds):
                body = await _read(receive, limits.body)
        except TimeoutError:
            await refuse("body_seconds", 408, "请求体没有按时送到；请重试", 0)
            return
        if body is None:
            await refuse("body", 413, too_long, 0)
            return
        await self._answer(scope, _again(body, receive), send, refuse)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, refuse: "Refuse") -> None:
        """Answer in time; what is too slow goes on to its end, but nobody waits for it."""
        started = late = False

        async def sending(message: Message) -> None:
            nonlocal started
            if not late:
                started = True
                await send(message)

        task = asyncio.ensure_future(self._app(scope, receive, sending))
        await asyncio.wait({task}, timeout=self._limiter.limits.seconds)
        if not task.done() and not started:
            late = True
            await refuse("seconds", 503, "没有按时算出回答；请稍后再试", BUSY)
        await task


Refuse = Callable[[str, int, str, int], Awaitable[None]]


def _refusing(
    request: Request, scope: Scope, receive: Receive, send: Send, meters: Meters
) -> Refuse:
    """A function that answers with a problem, counted by the limit that it is about."""

    async def refuse(limit: str, status: int, detail: str, wait: int) -> None:
        meters.refused.labels(limit).inc()
        response: Response = failed(request, status, "请求被限制", detail)
        if wait:
            response.headers["Retry-After"] = str(wait)
        await response(scope, receive, send)

    return refuse


async def _read(receive: Receive, most: int) -> bytes | None:
    """The body, or None where it is longer than `most`; of a caller that left what there was."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
        if sum(map(len, parts)) > most:
            return None
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body first, and then what comes."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def caller_of(request: Request) -> str:
    """Who asks: a key's name, else the address; of IPv6 its network, which one caller holds."""
    if key := request.scope.get("wence.key"):
        return f"key {key}"
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, SITE), strict=False))
    return host
