"""Errors → responses: problem details, or a page where a browser asked for one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from corpus.errors import InputError, NotFoundError, WenceError
from service.web.mistakes import tell_invalid, tell_refused
from service.web.render import show

PROBLEM = "application/problem+json"
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
# What any path may answer beside its own, for the description of the interface.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": told, "content": {PROBLEM: {"schema": _PROBLEM}}}
    for status, told in {
        400: "请求读不懂，或用了这里不用的主机名",
        401: "要密钥，或不认识这个密钥",
        403: "没有权限，或从别的网站提交",
        404: "没有找到",
        405: "这个地址不接受这种请求",
        408: "请求体没有按时送到",
        413: "请求太大",
        422: "请求有误",
        429: "请求太频繁；Retry-After 是几秒后再试",
        503: "现在答不了；Retry-After 是几秒后再试",
    }.items()
}


def handle_errors(app: FastAPI) -> None:
    """Let an application answer its errors as told here."""
    app.add_exception_handler(WenceError, _on_wence_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_defect)


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """Problem details, RFC 9457."""
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status_code=status,
        media_type=PROBLEM,
    )


def failed(request: Request, status: int, title: str, detail: str) -> Response:
    """Problem details; a page where a browser asked for one outside the interface."""
    for_browser = "text/html" in request.headers.get("accept", "")
    if for_browser and not request.url.path.startswith("/api/"):
        return show(request, "absent.html", status, here="", title=title, error=detail)
    return problem(status, title, detail)


async def _on_wence_error(request: Request, error: Exception) -> Response:
    if isinstance(error, NotFoundError):
        return failed(request, 404, "没有找到", str(error))
    if isinstance(error, InputError):
        return failed(request, 422, "请求有误", str(error))
    return failed(request, 503, "服务未就绪", str(error))


async def _on_invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    return failed(request, 422, "请求有误", tell_invalid(found))


async def _on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _on_defect(request, error)
    status, headers = error.status_code, error.headers or {}
    if status == HTTPStatus.NOT_FOUND:
        response = failed(request, status, "没有找到", f"没有这个地址 {request.url.path}")
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {**headers, "Allow": _allowed(request)}
        detail = f"这个地址不接受 {request.method} 请求；可用 {headers['Allow']}"
        response = failed(request, status, "请求有误", detail)
    else:
        response = failed(request, status, "请求有误", tell_refused(status, error.detail))
    response.headers.update(headers)
    return response


def _allowed(request: Request) -> str:
    """The methods of all routes of an address; the framework names those of the first alone."""
    allowed = [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return ", ".join(allowed)


async def _on_defect(request: Request, _: Exception) -> Response:
    return failed(request, 500, "程序出错", "这是程序的缺陷，已记入日志；请稍后再试")
