"""The web service: create_app(settings) and thin routes."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from index.filters import Filters, check_document
from index.reader import Reader
from index.search import Searcher
from service.answer import Answerer
from service.api.about import about_document, about_documents
from service.api.doors import Doors, doors_of, let_origins_in, open_doors
from service.contacts import Contact, read_contacts
from service.facets import count_facets
from service.feedback.noting import note_answer
from service.feedback.store import Store, open_store, open_store_of
from service.feedback.visitors import Visitors
from service.guard.access import HERE, Access, Guarded, is_loopback
from service.guard.keys import Keys
from service.guard.limits import Limited, Limiter, Limits
from service.guard.meters import Meters, make_meters
from service.guard.watch import Watch
from service.library import open_reader_of, open_searcher
from service.llm.generate import Extractive, Generator, open_generator, settle
from service.llm.stream import Counted, streams
from service.schemas import (
    AskRequest,
    SearchQuery,
    SearchRequest,
    answer_json,
    measure_json,
    schema_json,
    search_json,
)
from service.settings import Settings
from service.web.examples import choose_examples
from service.web.feedback import feedback
from service.web.login import router as login
from service.web.overview import overview
from service.web.pages import pages
from service.web.problems import handle_errors
from service.web.render import STATIC
from service.web.suggest import Suggester
from service.web.suggest import router as suggest

api = APIRouter()


@dataclass(frozen=True)
class Guard:
    """What stands before an application, and outlives it when the index changes."""

    meters: Meters
    limiter: Limiter
    access: Access
    visitors: Visitors
    retention_days: int = 180

    @classmethod
    def of(cls, limits: Limits, access: Access, retention_days: int = 180) -> "Guard":
        """A guard with meters and a count of visitors of its own."""
        meters = make_meters()
        return cls(meters, Limiter(limits, meters), access, Visitors(), retention_days)


def guard_of(settings: Settings, host: str) -> Guard:
    """The guard that the settings ask for, of a service that is bound to a host."""
    local = is_loopback(host)
    hosts = (*HERE, *settings.host_names) if local or settings.hosts else ()
    limits = Limits(
        body=settings.body_kb * 1024,
        seconds=settings.answer_seconds,
        concurrent=settings.concurrent,
        rate=settings.rate,
    )
    access = Access(Keys(settings.data), hosts, local, settings.staff)
    return Guard.of(limits, access, settings.retention_days)


def create_app(settings: Settings) -> FastAPI:
    """The application over the index of the settings' data folder.

    Raises:
        SetupError: there is no index, it does not match, the model or the language model's
            client is missing, the feedback database cannot be written, or the contacts are bad.
    """
    return app_over(
        open_searcher(settings),
        open_store_of(settings),
        open_generator(settings),
        open_reader_of(settings),
        doors=doors_of(settings),
        contacts=read_contacts(settings.data),
    )


def app_over(
    searcher: Searcher,
    store: Store | None = None,
    generator: Generator | None = None,
    reader: Reader | None = None,
    guard: Guard | None = None,
    doors: Doors | None = None,
    contacts: Sequence[Contact] = (),
) -> FastAPI:
    """The application over an open searcher.

    Without a store feedback is kept in memory only; without a generator answers are extractive;
    without a guard everybody may ask everything; without doors they stand open.
    """
    guard = guard or Guard.of(Limits(), Access())
    app = FastAPIOffline(  # its /docs asks nothing of the outside
        title="问策",
        description="政策举措检索与问答：返回排好序的举措与逐字引文。\n\n[回到问策](/)",
        version=version("wence"),
    )
    app.state.searcher = searcher
    app.state.answerer = Answerer(searcher, reader)
    app.state.suggester = Suggester(searcher)
    app.state.contacts = tuple(contacts)
    app.state.examples = choose_examples(searcher)
    app.state.registry = guard.meters.registry
    app.state.access = guard.access
    app.state.visitors = guard.visitors
    app.state.retention_days = guard.retention_days
    app.state.generator = Counted(generator or Extractive(), guard.meters)
    app.state.store = store or open_store()
    app.state.unnoted = guard.meters.unnoted
    app.state.unretrieved = guard.meters.unretrieved
    handle_errors(app)
    app.include_router(api)
    app.include_router(streams)
    app.include_router(feedback)
    app.include_router(login)
    app.include_router(overview)
    app.include_router(suggest)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    open_doors(app, doors or Doors())  # its gate stands nearest to the routes
    app.add_middleware(Limited, limiter=guard.limiter)
    app.add_middleware(Guarded, access=guard.access)
    let_origins_in(app, doors or Doors())
    app.add_middleware(Watch, meters=guard.meters)
    return app


def _searcher(request: Request) -> Searcher:
    searcher: Searcher = request.app.state.searcher
    return searcher


@api.post("/api/search", summary="检索举措")
def post_search(request: Request, body: SearchRequest) -> dict[str, Any]:
    """Ranked measures with citations."""
    return _search(_searcher(request), body.query, body.k, body.mode, body.filters.to_filters())


@api.get("/api/search", summary="检索举措（条件写在地址里）")
def get_search(request: Request, asked: Annotated[SearchQuery, Query()]) -> dict[str, Any]:
    """The same with the query in the address; filters by their names."""
    return _search(_searcher(request), asked.q, asked.k, asked.mode, asked.to_filters())


def _search(searcher: Searcher, query: str, k: int, mode: str, filters: Filters) -> dict[str, Any]:
    started = time.perf_counter()
    found = search_json(searcher, query, k=k, mode=mode, filters=filters)
    return found | {"took_ms": round((time.perf_counter() - started) * 1000, 3)}


@api.post("/api/ask", summary="提问：回答与引文，或者拒答与最接近的举措")
async def post_ask(request: Request, body: AskRequest, after: BackgroundTasks) -> dict[str, Any]:
    """An answer with citations, or a refusal with the nearest measures."""
    searcher = _searcher(request)
    ask = request.app.state.answerer.ask
    answer = await run_in_threadpool(
        ask, body.question, turns=body.turns, k=body.k, where=body.where()
    )
    asked = answer.understood if body.turns else body.question
    after.add_task(note_answer, request.app, asked, answer)
    done = await settle(request.app.state.generator, searcher, answer)
    return answer_json(searcher, done.answer)


@api.get("/api/measures/{name}", summary="一条举措")
def get_measure(request: Request, name: str) -> dict[str, Any]:
    """One measure."""
    return measure_json(_searcher(request), _searcher(request).measure(name))


@api.get("/api/measures/{name}/related", summary="其他事项里的相关举措与理由")
def get_related(request: Request, name: str, k: int = 10) -> dict[str, Any]:
    """Measures of other items that belong beside this one, each with a reason."""
    searcher = _searcher(request)
    found = searcher.related(name, k=k)
    return {
        "measure": searcher.measure(name).id,
        "related": [
            {"measure": measure_json(searcher, r.measure), "score": r.score, "reason": r.reason}
            for r in found
        ],
    }


@api.get("/api/documents", summary="全部文档")
def get_documents(request: Request) -> list[dict[str, Any]]:
    """All documents, without their texts."""
    return about_documents(_searcher(request))


@api.get("/api/documents/{name}", summary="一个文档与它的对账表")
def get_document(request: Request, name: str) -> dict[str, Any]:
    """A document with its ledger and hash."""
    searcher = _searcher(request)
    about = _about(searcher, name)
    return about | {"ledger": asdict(searcher.index.ledgers[name])}


@api.get("/api/documents/{name}/schema", summary="一个文档的列：名称、作用、取值与别名")
def get_schema(request: Request, name: str) -> dict[str, Any]:
    """The columns of a document under their own names."""
    searcher = _searcher(request)
    check_document(name, searcher.documents)
    return schema_json(searcher, request.app.state.answerer.names, name)


@api.get(
    "/api/documents/{name}/source",
    summary="全文，一切位置都按它计",
    response_class=PlainTextResponse,
)
def get_source(request: Request, name: str) -> PlainTextResponse:
    """The exact text that all offsets count in."""
    searcher = _searcher(request)
    _about(searcher, name)
    return PlainTextResponse(searcher.documents[name].text)


def _about(searcher: Searcher, name: str) -> dict[str, Any]:
    check_document(name, searcher.documents)
    return about_document(searcher, name)


@api.get("/api/facets", summary="各方面、单位、月份有多少举措")
def get_facets(request: Request) -> dict[str, dict[str, int]]:
    """How many measures each aspect, lead unit, responsible unit and due month has."""
    return count_facets(_searcher(request).measures)


@api.get("/healthz", summary="服务是否活着", response_class=PlainTextResponse)
async def healthz() -> str:
    """The process lives: said by the event loop itself, without a thread of the pool."""
    return "ok"


@api.get("/readyz", summary="索引是否就绪")
def readyz(request: Request) -> dict[str, Any]:
    """The index is open."""
    searcher = _searcher(request)
    return {"ready": True, "measures": len(searcher.measures), "model": searcher.index.model}


@api.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Request latencies in the Prometheus text format."""
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
