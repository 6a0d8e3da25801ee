"""GET /embed.js, the box; GET /embed, a page that shows it and how it is put on a page."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from service.api.links import links_of

STATIC = Path(__file__).parent / "static"
HOUR = "public, max-age=3600"
router = APIRouter(include_in_schema=False)


@router.get("/embed.js")
def get_box() -> Response:
    """The box; any page may load it, whether it may ask is for WENCE_ORIGINS to say."""
    headers = {"Cache-Control": HOUR, "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(STATIC / "box.js", media_type="text/javascript", headers=headers)


@router.get("/embed.css")
def get_style() -> Response:
    """The style of the page that shows it."""
    return FileResponse(STATIC / "demo.css", media_type="text/css")


@router.get("/embed")
def show_demo(request: Request) -> Response:
    """The page that shows it, with the address to copy."""
    page = (STATIC / "demo.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("{{base}}", links_of(request).base))
