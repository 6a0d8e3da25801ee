"""Bytes → documents: encodings, and the files of a document's folder."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from corpus.document import DOCUMENT_ID, Document
from corpus.errors import DocumentError
from corpus.html import SUFFIXES as HTML
from corpus.html import read_html
from corpus.office import READERS as OFFICE
from corpus.office import read_office
from corpus.pdf import read_pdf

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
READERS: dict[str, Callable[[Path], str]] = {
    **dict.fromkeys(OFFICE, read_office),
    **dict.fromkeys(HTML, read_html),
    ".pdf": read_pdf,
}
METADATA = {"id", "title", "issuer", "date", "origin"}
SOURCES = tuple(f"source{suffix}" for suffix in (".txt", ".csv", ".tsv", *READERS))
SIDECAR = "document.json"
KINDS = "文本、CSV、XLSX、DOCX、HTML 或 PDF 文件"
CELL = re.compile(r'"((?:[^"]|"")*+)"(?=[\t,]|$)|[^\t,]+')
SAVE = "请另存为 UTF-8 文本、CSV、XLSX 或 DOCX"


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
    return _checked(text, name)


def _checked(text: str, name: str) -> str:
    """The text with LF for all newlines, if it holds no control characters.

    Raises:
        DocumentError: it does, so it is no text.
    """
    bad = CONTROL.search(text)
    if bad is not None:
        offset = len(text[: bad.start()].encode("utf-8"))
        raise DocumentError(
            f"{name}：第 {offset} 字节附近有控制字符 U+{ord(bad[0]):04X}，不是文本文件；{SAVE}"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_gb18030(data: bytes, name: str) -> str:
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{name}：第 {error.start} 字节处既不是 UTF-8 也不是 GB18030；{SAVE}"
        ) from error


def read_document(path: Path) -> Document:
    """Read a file, or a folder that holds `source.txt` (or .csv, …) and `document.json`.

    A file alone takes its id from its name and its title from its first line, or from its name
    too where that line is the row of a table.

    Raises:
        DocumentError: nothing there, not readable as text, empty, or bad metadata.
    """
    source = _source(path) if path.is_dir() else path
    if not source.is_file():
        raise DocumentError(
            f"找不到文档 {source}；请给出{KINDS}，或含 {SOURCES[0]} 等源文件的文件夹"
        )
    read = READERS.get(source.suffix.lower())
    if read is not None:
        text = _checked(read(source), source.name)
    else:
        text = decode(source.read_bytes(), source.name)
    if not text.strip():
        raise DocumentError(f"{source.name}：文件里没有文字")
    metadata = _read_metadata(path) if path.is_dir() else {}
    first = next(line for line in text.splitlines() if line.strip())
    cells = {_written(cell) for cell in CELL.finditer(first.strip())} - {""}
    identity = metadata.get("id", path.stem)
    if not DOCUMENT_ID.fullmatch(identity):
        raise DocumentError(f"文档编号“{identity}”只能由文字、数字、点、横线组成")
    return Document(
        id=identity,
        title=metadata.get("title", cells.pop() if len(cells) == 1 else path.stem),
        issuer=metadata.get("issuer", ""),
        date=metadata.get("date", ""),
        origin=metadata.get("origin", source.name),
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        commas=source.suffix.lower() == ".csv",
    )


def _written(cell: re.Match[str]) -> str:
    """A cell's text without the quotes that enclose it."""
    return (cell[0] if cell[1] is None else cell[1].replace('""', '"')).strip()


def _source(folder: Path) -> Path:
    """The first source file that is there, or where it should be."""
    places = [folder / name for name in SOURCES]
    return next((place for place in places if place.is_file()), places[0])


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
