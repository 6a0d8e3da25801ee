"""A client of a running service, typed: `Wence`, and `AsyncWence` for asyncio.

    with Wence("http://127.0.0.1:8000") as wence:
        print(wence.ask("一照多址由谁牵头").short_answer)

Every call only reads, so that one that fails on the way is tried again.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from service.client.calls import (
    Call,
    ask_call,
    documents_call,
    list_call,
    measure_call,
    related_call,
    schema_call,
    search_call,
)
from service.client.shapes import (
    About,
    Answer,
    Citation,
    Column,
    Condition,
    Found,
    Hit,
    Listed,
    Measure,
    RelatedMeasure,
    Shape,
)
from service.client.wire import AGAIN, base_of, content_of, headers_of, pause, read, unreachable

__all__ = ["Answer", "AsyncWence", "Citation", "Found", "Hit", "Listed", "Measure", "Wence"]

T = TypeVar("T", bound=Shape)
PAGE = 500  # measures in one response at most


class Wence:
    """A service at an address; safe to share between threads.

    Its calls raise InputError (what was asked is wrong), NotFoundError, or SetupError (no
    connection, a key is missing), each with the service's own words.
    """

    def __init__(self, url: str, *, key: str = "", timeout: float = 30.0, retries: int = 2) -> None:
        """`timeout` is seconds a try, `retries` how often more it is tried.

        Raises:
            InputError: not an address, or a key that can't be sent.
        """
        self.url, self._retries = base_of(url), retries
        self._http = httpx2.Client(headers=headers_of(key), timeout=timeout)

    def search(self, query: str, *, k: int = 10, mode: str = "hybrid", **filters: Any) -> Found:
        """Ranked hits; filters are document, aspect, item, lead, responsible, due_from, due_to."""
        return self._send(search_call(query, k, mode, filters))

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        k: int = 10,
        conditions: Sequence[Condition] | None = None,
    ) -> Answer:
        """An answer with citations, the nearest passages, or a refusal: its `standing` tells.

        `turns` are earlier questions, oldest first; `conditions`, an answer's own or some of
        them, are taken in place of reading them.
        """
        return self._send(ask_call(question, turns, k, conditions))

    def measure(self, name: str) -> Measure:
        """One measure by its id; the document may be left out while it is unambiguous."""
        return self._send(measure_call(name))

    def related(self, name: str, *, k: int = 10) -> tuple[RelatedMeasure, ...]:
        """Measures of other items that belong beside one, each with a reason."""
        return self._send(related_call(name, k)).related

    def list_measures(self, *, limit: int = 50, offset: int = 0, **filters: Any) -> Listed:
        """All measures that meet the filters, in document order, a stretch of them at a time."""
        return self._send(list_call(limit, offset, filters))

    def every_measure(self, **filters: Any) -> Iterator[Measure]:
        """All measures that meet the filters, however many."""
        offset, total = 0, 1
        while offset < total:
            found = self.list_measures(limit=PAGE, offset=offset, **filters)
            yield from found.measures
            offset, total = offset + PAGE, found.total

    def documents(self) -> tuple[About, ...]:
        """All documents."""
        return self._send(documents_call()).documents

    def columns(self, name: str) -> tuple[Column, ...]:
        """The columns of a document under their own names, with what they hold."""
        return self._send(schema_call(name)).columns

    def source(self, name: str) -> str:
        """The exact text of a document, in which all offsets count."""
        call = Call("GET", f"/api/documents/{name}/source", Shape)
        response = self._respond(call)
        if response.is_error:
            read(call, response.status_code, content_of(response), self.url)
        return response.text

    def _send(self, call: Call[T]) -> T:
        response = self._respond(call)
        return read(call, response.status_code, content_of(response), self.url)

    def _respond(self, call: Call[Any]) -> httpx2.Response:
        """The response, after further tries where they may help."""
        for tried in range(1, self._retries + 2):
            last = tried > self._retries
            waited: dict[str, str] = {}
            try:
                response = self._http.request(
                    call.method, self.url + call.path, json=call.body, params=call.query
                )
                if last or response.status_code not in AGAIN:
                    return response
                waited = dict(response.headers)
            except httpx2.TransportError as error:
                if last:
                    raise unreachable(self.url, error) from error
            time.sleep(pause(tried, waited))
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncWence:
    """The same for asyncio; a cancelled call is cancelled on the way, too."""

    def __init__(self, url: str, *, key: str = "", timeout: float = 30.0, retries: int = 2) -> None:
        """As `Wence`. Raises: InputError."""
        self.url, self._retries = base_of(url), retries
        self._http = httpx2.AsyncClient(headers=headers_of(key), timeout=timeout)

    async def search(
        self, query: str, *, k: int = 10, mode: str = "hybrid", **filters: Any
    ) -> Found:
        """As `Wence.search`."""
        return await self._send(search_call(query, k, mode, filters))

    async def ask(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        k: int = 10,
        conditions: Sequence[Condition] | None = None,
    ) -> Answer:
        """As `Wence.ask`."""
        return await self._send(ask_call(question, turns, k, conditions))

    async def measure(self, name: str) -> Measure:
        """As `Wence.measure`."""
        return await self._send(measure_call(name))

    async def related(self, name: str, *, k: int = 10) -> tuple[RelatedMeasure, ...]:
        """As `Wence.related`."""
        return (await self._send(related_call(name, k))).related

    async def list_measures(self, *, limit: int = 50, offset: int = 0, **filters: Any) -> Listed:
        """As `Wence.list_measures`."""
        return await self._send(list_call(limit, offset, filters))

    async def documents(self) -> tuple[About, ...]:
        """As `Wence.documents`."""
        return (await self._send(documents_call())).documents

    async def columns(self, name: str) -> tuple[Column, ...]:
        """As `Wence.columns`."""
        return (await self._send(schema_call(name))).columns

    async def _send(self, call: Call[T]) -> T:
        for tried in range(1, self._retries + 2):
            last = tried > self._retries
            waited: dict[str, str] = {}
            try:
                response = await self._http.request(
                    call.method, self.url + call.path, json=call.body, params=call.query
                )
                if last or response.status_code not in AGAIN:
                    return read(call, response.status_code, content_of(response), self.url)
                waited = dict(response.headers)
            except httpx2.TransportError as error:
                if last:
                    raise unreachable(self.url, error) from error
            await asyncio.sleep(pause(tried, waited))
        raise AssertionError("the last try returns or raises")

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
