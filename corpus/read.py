"""Bytes → text → table rows and paragraphs with offsets; alone knows formats.

The list's own form is a tab-led export of a Word table: each cell starts a line with a tab, a
blank line before a tab starts a new row, and a cell may run over several lines.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import DOCUMENT_ID, Document, Span
from corpus.errors import DocumentError

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
METADATA = {"id", "title", "issuer", "date", "origin"}
SOURCE, SIDECAR = "source.txt", "document.json"


@dataclass(frozen=True)
class Cell:
    """A table cell: its span without surrounding whitespace (empty cells: start = end)."""

    span: Span


@dataclass(frozen=True)
class Sheet:
    """A document taken apart: paragraphs outside tables, and table rows, both in order."""

    paragraphs: tuple[Span, ...]
    rows: tuple[tuple[Cell, ...], ...]


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8 (with or without a byte order mark) or GB18030; all newlines become LF.

    Damaged UTF-8 is told from GB18030 by what stands before the first bad byte: in GB18030
    text, UTF-8 fails within the first few characters outside ASCII.

    Raises:
        DocumentError: neither encoding fits; the message names the byte offset.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sound = data[: error.start].decode("utf-8")
        if sum(not c.isascii() for c in sound) >= 3:
            raise DocumentError(
                f"{name}：UTF-8 文本在第 {error.start} 字节处损坏或被截断；请换一份完整的文件"
            ) from error
        text = _decode_gb18030(data, name)
    bad = CONTROL.search(text)
    if bad is not None:
        offset = len(text[: bad.start()].encode("utf-8"))
        raise DocumentError(
            f"{name}：第 {offset} 字节附近有控制字符 U+{ord(bad[0]):04X}，不是文本文件"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_gb18030(data: bytes, name: str) -> str:
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{name}：第 {error.start} 字节处既不是 UTF-8 也不是 GB18030；请另存为 UTF-8"
        ) from error


def read_document(path: Path) -> Document:
    """Read a text file, or a folder that holds `source.txt` and `document.json`.

    A file alone takes its id from its name and its title from its first line.

    Raises:
        DocumentError: nothing there, not readable as text, empty, or bad metadata.
    """
    source = path / SOURCE if path.is_dir() else path
    if not source.is_file():
        raise DocumentError(f"找不到文档 {source}；请给出文本文件，或含 {SOURCE} 的文件夹")
    text = decode(source.read_bytes(), source.name)
    if not text.strip():
        raise DocumentError(f"{source.name}：文件里没有文字")
    metadata = _read_metadata(path) if path.is_dir() else {}
    first = next(line.strip() for line in text.splitlines() if line.strip())
    identity = metadata.get("id", path.stem)
    if not DOCUMENT_ID.fullmatch(identity):
        raise DocumentError(f"文档编号“{identity}”只能由文字、数字、点、横线组成")
    return Document(
        id=identity,
        title=metadata.get("title", first),
        issuer=metadata.get("issuer", ""),
        date=metadata.get("date", ""),
        origin=metadata.get("origin", source.name),
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def _read_metadata(folder: Path) -> dict[str, str]:
    path = folder / SIDECAR
    if not path.is_file():
        return {"id": folder.name}
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DocumentError(f"{path}：不是合法的 JSON（{error}）") from error
    if not isinstance(metadata, dict):
        raise DocumentError(f"{path}：应为一个 JSON 对象")
    unknown = set(metadata) - METADATA
    if unknown:
        raise DocumentError(
            f"{path}：不认识的键 {'、'.join(sorted(unknown))}；可用 {'、'.join(sorted(METADATA))}"
        )
    return {key: str(value) for key, value in metadata.items()}


def read_sheet(text: str) -> Sheet:
    """Take a text apart into paragraphs and tab-led table rows, with offsets."""
    paragraphs: list[Span] = []
    rows: list[list[Span]] = []
    offset, gap = 0, True
    for line in text.splitlines(keepends=True):
        start, offset = offset, offset + len(line)
        if line.startswith("\t"):
            if gap or not rows:
                rows.append([])
            rows[-1].append(Span(start + 1, offset))
            gap = False
        elif not line.strip():
            gap = True
        elif rows:
            rows[-1][-1] = Span(rows[-1][-1].start, offset)
            gap = False
        else:
            paragraphs.append(trim(text, Span(start, offset)))
    return Sheet(
        tuple(paragraphs),
        tuple(tuple(Cell(trim(text, span)) for span in row) for row in rows),
    )


def trim(text: str, span: Span) -> Span:
    """The span without the whitespace at both its ends."""
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip())
    return Span(start, max(start, span.start + len(inner.rstrip())))


def lines(text: str, span: Span) -> Sequence[Span]:
    """The spans of the lines within a span that hold text, each without surrounding whitespace."""
    found: list[Span] = []
    offset = span.start
    for line in text[span.start : span.end].splitlines(keepends=True):
        if line.strip():
            found.append(trim(text, Span(offset, offset + len(line))))
        offset += len(line)
    return found
