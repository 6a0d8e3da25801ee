"""`--batch`: an object with `qid` and `query` a line in, a result with that `qid` a line out."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import InputError
from service.console import emit


def run_batch(path: Path, answer: Callable[[str, Sequence[str]], dict[str, Any]]) -> None:
    """One result a line, in order; a question that cannot be answered gives its error.

    `answer` is given the query and the line's earlier `turns`.
    """
    for record in _read_batch(path):
        try:
            result = answer(record["query"], record["turns"])
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
        problem = ""
        try:
            record = json.loads(line)
        except ValueError:
            problem = "不是合法的 JSON"
        else:
            problem = _problem(record)
        if problem:
            raise InputError(
                f'{path} 第 {place} 行{problem}；应写成 {{"qid": "1", "query": "问题"}}'
            )
        yield {"qid": record["qid"], "query": record["query"], "turns": record.get("turns", [])}


def _problem(record: Any) -> str:
    """What is wrong with a line's value, if anything."""
    if not isinstance(record, dict):
        return "不是 JSON 对象"
    missing = [key for key in ("qid", "query") if key not in record]
    if missing:
        return f"缺少 {'、'.join(missing)}"
    if not isinstance(record["query"], str):
        return "的 query 不是字符串"
    turns = record.get("turns", [])
    told = isinstance(turns, list) and all(isinstance(turn, str) for turn in turns)
    return "" if told else "的 turns 不是字符串的列表"
