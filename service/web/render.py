"""Rendering: the template environment and the one way to send a page."""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from index.query import LIMIT
from index.search import Searcher
from service.labels import PLAIN, column_of
from service.web import views

HERE = Path(__file__).parent
STATIC = HERE / "static"


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
        "month": views.month,
        "percent": views.percent,
        "place": views.place,
        "heading": views.heading,
        "address_of": views.address_of,
        "facts_of": views.facts_of,
        "wide": views.wide,
        "column_of": column_of,
        "plain_label": PLAIN,
        "limit": LIMIT,
        "hash_shown": views.HASH_SHOWN,
    }
    return made


templates = _environment()


def show(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """Send a template as a page; `documents` is given to every one.

    `here` among the values is the address of the page's entry in the navigation, `q` the
    question that its links to the ask and the find page carry; both may be left out.
    """
    searcher: Searcher = request.app.state.searcher
    page = templates.get_template(name).render(
        documents=searcher.documents, retention=request.app.state.retention_days, **values
    )
    return HTMLResponse(page, status)
