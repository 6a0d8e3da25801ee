"""Evaluation files line by line: every complaint names the file and the line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import InputError

In = TypeVar("In")
Out = TypeVar("Out")


class Line:
    """One JSON object of a JSON Lines file; reading a field checks its form."""

    def __init__(self, path: Path, number: int, fields: Mapping[str, Any]) -> None:
        """`number` counts from 1."""
        self.path = path
        self.number = number
        self.fields = fields

    def error(self, message: str) -> InputError:
        """The complaint about this line."""
        return bad_line(self.path, self.number, message)

    def text(self, key: str, default: str | None = None) -> str:
        """A string field; without a default it must be there and hold more than whitespace."""
        value = self.fields.get(key, default)
        if not isinstance(value, str):
            raise self.error(f"缺少字符串字段 {key}")
        if default is None and not value.strip():
            raise self.error(f"字段 {key} 是空的")
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise self.error(f"字段 {key} 含有残缺的字符（孤立的代理项）")
        return value

    def id(self, key: str) -> str:
        """An id: a string without whitespace, since run files part their columns by it."""
        value = self.text(key)
        if len(value.split()) != 1 or value != value.strip():
            raise self.error(f"编号 {value!r} 里不能有空白")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of non-empty strings; without a default it must be there and not be empty."""
        values = self.items(key, default)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.error(f"字段 {key} 里只能是非空字符串")
        return tuple(values)

    def items(self, key: str, default: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
        """A list field; without a default it must be there and not be empty."""
        values = self.fields.get(key, default)
        if not isinstance(values, list | tuple) or (default is None and not values):
            raise self.error(f"缺少字段 {key}（非空的列表）")
        return tuple(values)

    def each(self, convert: Callable[[In], Out], values: Iterable[In]) -> tuple[Out, ...]:
        """Convert values of this line; what `convert` complains about gets the line's number."""
        try:
            return tuple(map(convert, values))
        except InputError as error:
            raise self.error(str(error)) from error


def bad_line(path: Path, number: int, message: str) -> InputError:
    """The complaint about line `number` (from 1) of a file."""
    return InputError(f"{path} 第 {number} 行：{message}")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that hold text, numbered from 1.

    Raises:
        InputError: no such file, or a line that is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"读不了 {path}（{error.strerror}）；请检查路径") from error
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            line = raw.decode("utf-8").removesuffix("\r")
        except UnicodeDecodeError as error:
            raise bad_line(path, number, "不是 UTF-8；请把文件另存为 UTF-8") from error
        if line.strip():
            yield number, line


def read_objects(path: Path) -> Iterator[Line]:
    """The objects of a JSON Lines file.

    Raises:
        InputError: no such file, or a line that is not a JSON object.
    """
    for number, text in read_lines(path):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise bad_line(path, number, f"不是合法的 JSON（{error}）") from error
        if not isinstance(fields, dict):
            raise bad_line(path, number, "应是一个 JSON 对象 {…}")
        yield Line(path, number, fields)
