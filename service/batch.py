"""`--batch`: an object with `qid` and `query` a line in, a result with that `qid` a line out."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpus.errors import InputError
from service.console import emit


def run_batch(path: Path, answer: Callable[[str], dict[str, Any]]) -> None:
    """One result a line, in order; a question that cannot be answered gives its error."""
    for record in _read_batch(path):
        try:
            result = answer(record["query"])
        except InputError as error:
            result = {"error": str(error)}
        emit({"qid": record["qid"]} | result)


def _read_batch(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} 第 {error.start} 字节处不是 UTF-8；请另存为 UTF-8") from error
    for place, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            qid, query = record["qid"], record["query"]
            if not isinstance(query, str):
                raise TypeError("query 不是字符串")
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path} 第 {place} 行应为含 qid 与 query 的 JSON（{error}）"
            ) from error
        yield {"qid": qid, "query": query}
