"""Sending and reading: when to try again, and what a response means."""

import random
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from pydantic import ValidationError

from corpus.errors import InputError, NotFoundError, SetupError, WenceError
from service.client.calls import Call
from service.client.shapes import Documents, Shape

T = TypeVar("T", bound=Shape)

AGAIN = (429, 502, 503, 504)  # the service is busy, restarting, or behind a gateway that is
FIRST = 0.2  # seconds before the second try; doubled before each further one
LONGEST = 10.0  # seconds before any try


def base_of(url: str) -> str:
    """The address of a service without a slash at its end.

    Raises:
        InputError: not an http(s) address.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise InputError(f"“{url[:80]}”不是服务的地址；写法如 http://127.0.0.1:8000")
    return url.rstrip("/")


def headers_of(key: str) -> dict[str, str]:
    """The headers of every request.

    Raises:
        InputError: a key with characters that can't be sent.
    """
    key = key.strip()
    if not key.isascii() or not key.isprintable():
        raise InputError("密钥里有不能发送的字符")
    return {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})


def pause(tried: int, headers: Mapping[str, str], *, chance: float | None = None) -> float:
    """Seconds to wait after `tried` failed tries (1, 2, …): full jitter, or as the service asks.

    Source: M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
    """
    asked = headers.get("retry-after", "")
    if asked.isascii() and asked.isdecimal():
        return min(LONGEST, float(asked[:6]))
    most: float = min(LONGEST, FIRST * 2 ** (tried - 1))
    return most * (random.random() if chance is None else chance)  # noqa: S311 (no secret)


def read(call: Call[T], status: int, content: Any, where: str) -> T:
    """The response in its shape.

    Raises:
        NotFoundError, InputError: what was asked can't be answered; the service's own words.
        SetupError: a key is missing or refused, or this is no such service.
    """
    if status >= 400:
        raise _failure(status, content, where)
    try:
        if call.shape is Documents:
            content = {"documents": content}
        return call.shape.model_validate(content)
    except ValidationError as error:
        raise SetupError(
            f"{where} 的回复不是问策的（{error.error_count()} 处不合）；请检查地址"
        ) from error


def _failure(status: int, content: Any, where: str) -> WenceError:
    said = content.get("detail") if isinstance(content, dict) else None
    if status in (401, 403):
        return SetupError(f"{where} 需要密钥，或密钥不对；请设置 WENCE_KEY")
    if isinstance(said, str) and status == 404:
        return NotFoundError(said)
    if isinstance(said, str) and status < 500:
        return InputError(said)
    return SetupError(f"{where} 出错（HTTP {status}）" + (f"：{said}" if said else "；请稍后再试"))


def content_of(response: httpx2.Response) -> Any:
    """The JSON of a response; None where it is none."""
    try:
        return response.json()
    except ValueError:
        return None


def unreachable(where: str, error: Exception) -> SetupError:
    """What to say where no response came."""
    kind = "超时" if isinstance(error, httpx2.TimeoutException) else "连不上"
    return SetupError(f"{kind}：{where}；请检查地址，以及服务是否在运行")
