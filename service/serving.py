"""The running service: one application per version of the index, and which one answers now.

A request is answered from its first byte to its last by the application that it came to, so no
answer mixes two versions; those that come after a switch get the new one.
"""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio.to_thread
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from corpus.errors import SetupError, WenceError
from index.embed import Embedder
from index.search import Searcher
from index.store import MANIFEST
from index.versions import current
from service.api.doors import doors_of
from service.app import Guard, app_over, guard_of
from service.contacts import read_contacts
from service.doctor import check_arms
from service.feedback.store import open_store_of
from service.guard.access import is_loopback
from service.guard.keys import Keys
from service.library import open_reader_of, open_searcher
from service.llm.generate import open_generator
from service.settings import Settings

HEADER_SECONDS = 15.0  # for a request's head to arrive
STOP_SECONDS = 20  # for running answers, once the service is told to stop
CONNECTIONS = 1_000
DAY = 86_400
# Answers compute; more at once than this only keep the event loop from its turn.
THREADS = max(2, 2 * (os.cpu_count() or 1))

Stamp = tuple[Path | None, int]
log = logging.getLogger("wence")


class Service:
    """The ASGI application that `wence serve` runs."""

    def __init__(self, settings: Settings, host: str = "127.0.0.1") -> None:
        """Open the index, the model, the feedback and the language model's client.

        Raises:
            SetupError: one of them cannot be opened; or the staff's pages would be open to all.
        """
        check_staff(settings, host)
        self._settings = settings
        self._guard: Guard = guard_of(settings, host)
        self._store = open_store_of(settings)
        self._generator = open_generator(settings)
        self._stamp = stamp_of(settings.index)
        searcher = _open_sound(settings, None)
        self._embedder = searcher.embedder
        self._reader = open_reader_of(settings)
        self.app: FastAPI = self._app_over(searcher)

    def _app_over(self, searcher: Searcher) -> FastAPI:
        return app_over(
            searcher,
            self._store,
            self._generator,
            self._reader,
            guard=self._guard,
            doors=doors_of(self._settings),
            contacts=read_contacts(self._settings.data),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application of the current version."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        look = asyncio.Event()
        with suppress(NotImplementedError, RuntimeError, ValueError):  # not in the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, look.set)
        watching = asyncio.create_task(self._watch(look))
        forgetting = asyncio.create_task(self._forget())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in (watching, forgetting):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._store.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _forget(self) -> None:
        """Delete what was kept for long enough, now and every day."""
        while True:
            try:
                gone = await asyncio.to_thread(self._store.keep_days, self._settings.retention_days)
                log.info("删去了 %d 行早先的问题与评价", gone)
            except WenceError as error:
                log.warning("没有删去早先的问题与评价：%s", error)
            await asyncio.sleep(DAY)

    async def _watch(self, look: asyncio.Event) -> None:
        """Take up a new version soon after it is there, and at once when told by SIGHUP."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.reload_seconds):
                    await look.wait()
            told = look.is_set()
            look.clear()
            stamp = stamp_of(self._settings.index)
            if stamp != self._stamp or told:
                self._stamp = stamp
                await asyncio.to_thread(self._take_up)

    def _take_up(self) -> None:
        """Switch to the current version; where it cannot be opened the old one goes on."""
        try:
            searcher = _open_sound(self._settings, self._embedder)
            self.app = self._app_over(searcher)
        except WenceError as error:
            self._guard.meters.reloads.labels("failed").inc()
            log.error("新的索引没有换上，仍用原来的：%s", error)
            return
        self._guard.meters.reloads.labels("done").inc()
        log.info("换上了新的索引：%s", "、".join(searcher.documents))
        gc.collect()  # the old application holds itself in circles


def _open_sound(settings: Settings, embedder: Embedder | None) -> Searcher:
    """Open the index and try it: an index whose arms find nothing is not served.

    Raises:
        SetupError: as `open_searcher`; or it does not find its own words.
    """
    searcher = open_searcher(settings, embedder)
    if missing := check_arms(searcher):
        raise SetupError(f"索引用原文的话查不到原文（{missing}）；请运行 wence build 重建")
    return searcher


def stamp_of(pointer: Path) -> Stamp:
    """What changes when the current version does."""
    version = current(pointer)
    try:
        return version, (version / MANIFEST).stat().st_mtime_ns if version else 0
    except OSError:
        return version, 0


def check_staff(settings: Settings, host: str) -> None:
    """Refuse to serve the staff's pages to a network without a key.

    Raises:
        SetupError: there is no staff key, and nothing says that none is wanted.
    """
    if is_loopback(host) or settings.staff != "key":
        return
    if not any(key.may("staff") for key in Keys(settings.data).all()):
        raise SetupError(
            f"要监听 {host}，而还没有工作人员的密钥：请先运行 wence keys add 名称 --scope staff，"
            "或用 WENCE_STAFF=off 关掉提问记录与指标（=open 是让谁都能看）"
        )


class TimedProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on a request's head that does not come, and on too many callers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._clock: asyncio.TimerHandle | None = None
        if len(self.connections) > CONNECTIONS:
            transport.close()
        self._start()

    def data_received(self, data: bytes) -> None:
        """Stop the clock once a request's head is whole; start it with the next one."""
        if self.cycle is None or self.cycle.response_complete:
            self._start()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def _start(self) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(HEADER_SECONDS, self._hang_up)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _hang_up(self) -> None:
        self._clock = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def serve(
    app: ASGIApp, settings: Settings, host: str, port: int, run: Callable[..., None] | None = None
) -> None:
    """Serve until told to stop; running answers are then given time to end."""
    (run or uvicorn.run)(
        app,
        host=host,
        port=port,
        http=TimedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,  # its own would write to stdout
        access_log=False,  # it would write questions and addresses
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies or None,
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=64 * 1024,
    )
