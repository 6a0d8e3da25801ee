"""The log on stderr: a line for people, or JSON with the request's id for what collects it."""

import logging
import re
import sys
from typing import Literal, TextIO
from uuid import uuid4

from asgi_correlation_id import CorrelationIdFilter, CorrelationIdMiddleware
from pythonjsonlogger.json import JsonFormatter
from starlette.types import ASGIApp

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[\w-]{8,64}", re.ASCII)  # a request id that a proxy may give
FIELDS = ("levelname", "name", "message", "correlation_id")
NAMES = {"levelname": "level", "name": "logger", "correlation_id": "request_id"}

Form = Literal["text", "json"]


def write_log(level: str, form: Form) -> None:
    """Let the process log to stderr, unless it does so already."""
    logging.basicConfig(level=level, handlers=[make_handler(form, sys.stderr)])
    # Its warning about every odd header would let callers fill the log.
    logging.getLogger("asgi_correlation_id").setLevel(logging.ERROR)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells each request


def make_handler(form: Form, stream: TextIO) -> logging.Handler:
    """What writes the log's lines.

    In JSON each line is one object: `time` in UTC, `level`, `logger`, `message`, `request_id`
    (null outside of requests), what the line is about, and `exc_info` with a defect's trace.
    """
    handler = logging.StreamHandler(stream)
    if form == "json":
        handler.addFilter(CorrelationIdFilter())
        handler.setFormatter(
            JsonFormatter(FIELDS, rename_fields=NAMES, timestamp="time", json_ensure_ascii=False)
        )
    else:
        handler.setFormatter(logging.Formatter("wence: %(message)s"))
    return handler


def identified(app: ASGIApp) -> ASGIApp:
    """The application with an id for each request, in its answer and its log lines alike."""
    return CorrelationIdMiddleware(
        app,
        header_name=HEADER,
        generator=lambda: uuid4().hex[:16],
        validator=lambda given: bool(GIVEN.fullmatch(given)),
    )
