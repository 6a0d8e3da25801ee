"""白话: what each measure says in plain words, as data beside a document.

`plain.jsonl` holds one line a measure: `{"id": "hz-2022:1.1.1", "plain": "…"}`. The sentences are
told above the source and are no part of it: they are never cited, searched or embedded.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.document import Measure
from corpus.errors import DocumentError

FILE = "plain.jsonl"
LONGEST = 400  # characters: two sentences and some room


def read_plain(path: Path, document: str, measures: Sequence[Measure]) -> Mapping[str, str]:
    """The plain words of each measure that has some, by its id, in document order.

    A missing file is an empty one.

    Raises:
        DocumentError: a line that is no such JSON, an unknown id, one given twice, or a text that
            is empty, not printable or too long.
    """
    if not path.is_file():
        return {}
    known = {m.id for m in measures}
    found: dict[str, str] = {}
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name} 第 {place} 行"
        name, text = _parse_line(line, where)
        if name not in known:
            raise DocumentError(f"{where}：文档 {document} 里没有举措“{name}”")
        if name in found:
            raise DocumentError(f"{where}：举措“{name}”的白话给了两次")
        found[name] = text
    return {m.id: found[m.id] for m in measures if m.id in found}


def plain_line(name: str, text: str) -> str:
    """A line of the file, its end included."""
    return json.dumps({"id": name, "plain": text}, ensure_ascii=False) + "\n"


def _parse_line(line: str, where: str) -> tuple[str, str]:
    try:
        record: dict[str, Any] = json.loads(line)
        name, text = record["id"], record["plain"]
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            f'{where}：应为 {{"id": "hz-2022:1.1.1", "plain": "…"}}（{error}）'
        ) from error
    if not isinstance(name, str) or not isinstance(text, str):
        raise DocumentError(f"{where}：id 和 plain 都应是字符串")
    if not text.strip() or not text.isprintable() or len(text) > LONGEST:
        raise DocumentError(f"{where}：白话是空的、含换行或控制字符，或超过 {LONGEST} 字")
    return name, text.strip()
