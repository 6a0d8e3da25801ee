"""The pages: the search page and a page for each measure."""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus.errors import InputError, NotFoundError
from index.query import LIMIT
from index.search import Searcher
from service.facets import count_facets
from service.web import views
from service.web.form import COUNTS, Form, chips, month, read_form

HERE = Path(__file__).parent
STATIC = HERE / "static"
RELATED = 6

pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Assets are addressed by their content, so that a browser never keeps an old one.
    stamp = hashlib.sha256(
        b"".join(file.read_bytes() for file in sorted(STATIC.iterdir()) if file.is_file())
    ).hexdigest()[:8]
    made.globals |= {
        "stamp": stamp,
        "month": month,
        "percent": views.percent,
        "place": views.place,
        "heading": views.heading,
        "address_of": views.address_of,
        "names": views.FIELDS,
        "counts": COUNTS,
        "limit": LIMIT,
        "hash_shown": views.HASH_SHOWN,
    }
    return made


templates = _environment()


def _show(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    searcher: Searcher = request.app.state.searcher
    page = templates.get_template(name).render(documents=searcher.documents, **values)
    return HTMLResponse(page, status)


@pages.get("/")
def show_search(request: Request) -> Response:
    """The search page: with `q` an answer and ranked measures, without it examples."""
    searcher: Searcher = request.app.state.searcher
    form = read_form(request.query_params)
    found, error, status = None, "", 200
    if form.q is not None:
        try:
            found = views.look_up(searcher, form)
        except InputError as refused:
            error, status = str(refused), 404 if isinstance(refused, NotFoundError) else 422
    return _show(
        request,
        "search.html",
        status,
        form=form,
        found=found,
        error=error,
        chips=chips(form),
        facets=count_facets(searcher.measures),
        examples=views.examples(searcher),
        total=sum(m.applicable for m in searcher.measures),
    )


@pages.get("/m/{name}")
def show_measure(request: Request, name: str) -> Response:
    """A measure's page; an id that names no measure gives a page that says so."""
    searcher: Searcher = request.app.state.searcher
    try:
        measure = searcher.measure(name)
    except InputError as missing:
        return _show(request, "missing.html", 404, error=str(missing), form=Form())
    return _show(
        request,
        "measure.html",
        form=Form(),
        card=views.one_card(searcher, measure),
        document=searcher.documents[measure.document],
        passage=views.passage(searcher.documents[measure.document], measure),
        questions=views.questions(searcher, measure),
        related=searcher.related(measure.id, k=RELATED),
    )
