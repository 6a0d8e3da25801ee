"""Errors → responses: problem details, or a page where a browser asked for one."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from corpus.errors import InputError, NotFoundError, WenceError
from service.web.mistakes import tell_invalid, tell_refused
from service.web.render import show

PROBLEM = "application/problem+json"


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
        detail = f"这个地址不接受 {request.method} 请求；可用 {headers.get('Allow', '其他方法')}"
        response = failed(request, status, "请求有误", detail)
    else:
        response = failed(request, status, "请求有误", tell_refused(status, error.detail))
    response.headers.update(headers)
    return response


async def _on_defect(request: Request, _: Exception) -> Response:
    return failed(request, 500, "程序出错", "这是程序的缺陷，已记入日志；请稍后再试")
