"""The find page: the measures that a query and the facets leave; and the same as files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from corpus.errors import InputError, NotFoundError
from index.search import Searcher
from service.facets import BY_NAME
from service.labels import facet_labels, shares
from service.web import export
from service.web.ask import mended
from service.web.find_form import FindForm, chips, read_find, shown, sorts
from service.web.listing import FLOOR, PAGE, Listing, find
from service.web.numbers import read_number
from service.web.render import show
from service.web.views import Card, card, percent

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OPEN = 10  # so many values of a facet are in sight, the chosen ones always; the rest on demand
AROUND = 2  # pages linked on either side of the one that is shown
PANEL = ("document", "aspect", "due", "lead", "responsible", "applicable")


@dataclass(frozen=True)
class Value:
    """A value of a facet: `count` measures have it under the other facets."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A facet of the panel; `rest` are the values out of sight."""

    name: str
    label: str
    values: tuple[Value, ...]
    rest: tuple[Value, ...]


@router.get("/find")
def show_find(request: Request) -> Response:
    """The find page; every state of it is in its address."""
    searcher: Searcher = request.app.state.searcher
    form: FindForm = FindForm(request.query_params.get("q", ""))
    listing: Listing | None = None
    cards: tuple[Card, ...] = ()
    error, status = "", 200
    try:
        form = read_find(request.query_params)
        listing = find(searcher, form)
        cards = cards_on(searcher, listing, form.page)
    except InputError as refused:
        listing, error = None, str(refused)
        status = 404 if isinstance(refused, NotFoundError) else 422
    labels = labels_for(searcher, form)
    return show(
        request,
        "find.html",
        status,
        here="/find",
        q=form.q,
        form=form,
        listing=listing,
        cards=cards,
        error=error,
        chips=chips(form, labels),
        facets=panel(listing, form, labels, needless(searcher, form)) if listing else (),
        read=_read(searcher, form.q) if listing and form.asked else "",
        sorts=sorts(labels, asked=form.asked),
        pages=window(form.page, listing.pages) if listing else (),
        floor=percent(FLOOR),
        size=PAGE,
    )


def labels_for(searcher: Searcher, form: FindForm) -> dict[str, str]:
    """The names of the facets to show: those of the chosen documents' own columns, or of all."""
    schemas = searcher.index.schemas
    chosen = [name for name in form.of("document") if name in schemas]
    return facet_labels(schemas, chosen)


def _read(searcher: Searcher, typed: str) -> str:
    """How a query was read, where a reader would see a difference; else empty."""
    place = read_number(typed, searcher.measures)
    return place.said if place else mended(searcher, typed)


def window(page: int, pages: int) -> tuple[int, ...]:
    """The page numbers to link: the first, the last and those around; 0 stands for a gap."""
    near = [n for n in range(1, pages + 1) if n in (1, pages) or abs(n - page) <= AROUND]
    linked: list[int] = []
    for n in near:
        last = linked[-1] if linked else 0
        gap = [] if n - last < 2 else [n - 1] if n - last == 2 else [0]
        linked += [*gap, n]
    return tuple(linked)


def cards_on(searcher: Searcher, listing: Listing, page: int) -> tuple[Card, ...]:
    """The cards of a page.

    Raises:
        NotFoundError: there is no such page.
    """
    words = listing.words
    return tuple(
        card(searcher, entry.measure, hit=entry.hit, words=words) for entry in listing.on(page)
    )


def panel(
    listing: Listing, form: FindForm, labels: Mapping[str, str], left_out: Collection[str] = ()
) -> tuple[Facet, ...]:
    """The facets with their counts, but for those to leave out.

    Chosen values stay in sight, with a count of 0 where the other facets leave them nothing.
    """
    facets = []
    for name in PANEL:
        counts = dict(listing.facets[name])
        counts |= {value: 0 for value in form.of(name) if value not in counts}
        counts = dict(sorted(counts.items())) if name in BY_NAME else counts
        values = [
            Value(value, shown(name, value), counts[value], value in form.of(name))
            for value in counts
        ]
        if values and (name not in left_out or form.of(name)):
            seen = tuple(v for at, v in enumerate(values) if at < OPEN or v.chosen)
            rest = tuple(v for v in values if v not in seen)
            few = () if len(rest) == 1 else rest
            facets.append(Facet(name, labels[name], seen if few else tuple(values), few))
    return tuple(facets)


def needless(searcher: Searcher, form: FindForm) -> frozenset[str]:
    """The facets that tell nothing.

    The documents where there is one; the organs that share where no document that is listed has
    a column of its own for them.
    """
    one = {"document"} if len(searcher.documents) == 1 else set()
    schemas = searcher.index.schemas
    listed = [schemas[name] for name in form.of("document") if name in schemas]
    none = set() if shares(listed or schemas.values()) else {"responsible"}
    return frozenset(one | none)


@router.get("/find.csv")
def get_csv(request: Request) -> Response:
    """What the find page lists, over all its pages, as CSV."""
    return _file(request, "csv")


@router.get("/find.xlsx")
def get_xlsx(request: Request) -> Response:
    """What the find page lists, over all its pages, as a workbook."""
    return _file(request, "xlsx")


def _file(request: Request, kind: str) -> Response:
    """Raises: InputError, NotFoundError, which the application tells as problem details."""
    searcher: Searcher = request.app.state.searcher
    form = read_find(request.query_params)
    listing = find(searcher, form)
    table = export.table_of(listing.entries, searcher)
    if kind == "csv":
        content, media = export.to_csv(table), "text/csv; charset=utf-8"
    else:
        about = export.about(form, listing, searcher.documents, labels_for(searcher, form))
        content, media = export.to_xlsx(table, about), export.XLSX
    name = f"wence-{len(listing.entries)}.{kind}"
    return Response(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
