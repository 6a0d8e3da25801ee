"""Logging the staff in on the page, with a key."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.guard.access import COOKIE, HOURS, STAFF, Access
from service.web.feedback import refuse_foreign
from service.web.render import show

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/login")
def show_login(request: Request, to: str = "") -> Response:
    """The form that asks for a key."""
    return show(request, "login.html", here="", to=_safe(to), error="")


@router.post("/login", dependencies=[Depends(refuse_foreign)])
def post_login(
    request: Request, key: Annotated[str, Form()] = "", to: Annotated[str, Form()] = ""
) -> Response:
    """Open a session for a key that may see the staff's pages."""
    access: Access = request.app.state.access
    found = access.keys.find(key.strip()) if access.keys else None
    if found is None or not found.may("staff"):
        error = "不认识这个密钥，或它没有 staff 权限"
        return show(request, "login.html", 403, here="", to=_safe(to), error=error)
    response = RedirectResponse(_safe(to), 303)
    response.set_cookie(
        COOKIE,
        access.sessions.open(found),
        max_age=int(HOURS * 3600),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/logout", dependencies=[Depends(refuse_foreign)])
def post_logout(request: Request) -> Response:
    """End the session."""
    access: Access = request.app.state.access
    access.sessions.close(request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _safe(to: str) -> str:
    """One of the staff's own pages: a login leads nowhere else."""
    return to if to in STAFF else STAFF[0]
