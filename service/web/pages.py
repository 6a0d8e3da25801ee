"""The pages: ask, find, and one for each measure."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from corpus.document import Measure
from corpus.errors import InputError
from index.search import Searcher
from service.web import ask, find, views
from service.web.find_form import FindForm
from service.web.render import STATIC, show, templates

__all__ = ["STATIC", "pages", "templates"]

RELATED = 6

pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
pages.include_router(ask.router)
pages.include_router(find.router)


@pages.get("/favicon.ico")
def show_icon() -> Response:
    """The icon, for those who ask where it always used to be."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@pages.get("/m/{name}")
def show_measure(request: Request, name: str) -> Response:
    """A measure's page; an id that names no measure gives a page that says so."""
    searcher: Searcher = request.app.state.searcher
    try:
        measure = searcher.measure(name)
    except InputError as missing:
        return show(request, "missing.html", 404, error=str(missing))
    document = searcher.documents[measure.document]
    beside = [m for m in searcher.measures if m.document == measure.document]
    at = beside.index(measure)
    return show(
        request,
        "measure.html",
        card=views.card(searcher, measure),
        row=views.rows_of(searcher, [measure])[0],
        document=document,
        position=(at + 1, len(beside)),
        before=beside[at - 1] if at else None,
        after=beside[at + 1] if at + 1 < len(beside) else None,
        passage=views.passage(document, measure),
        questions=views.questions(searcher, measure),
        related=searcher.related(measure.id, k=RELATED),
        among=_among(measure),
    )


def _among(measure: Measure) -> tuple[tuple[str, str], ...]:
    """Where a measure stands, outermost first: labels with the address of the list they head."""
    item = str(measure.item)
    steps = [(measure.aspect, {"aspect": (measure.aspect,)})] if measure.aspect else []
    if measure.title:
        steps.append((f"第{item}项", {"document": (measure.document,), "item": (item,)}))
    return tuple((label, FindForm(chosen=chosen).address()) for label, chosen in steps)
