"""Files made to hurt a reader: damaged, lying, endless, or huge once they are unpacked.

Run as `python -m tests.corpus.hostile FOLDER` to have them all on disk.
"""

import io
import json
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

MEGABYTE = 1 << 20
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = "序号,事项,主要举措,牵头单位"


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of those parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(rows: str, before: str = "", after: str = "") -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet of those rows."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/s.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="a" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="a" '
        f'Type="{OFFICE}/worksheet" Target="s.xml"/></Relationships>',
        "xl/s.xml": f'{before}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>{after}'
        "</worksheet>",
    }


def cell(place: str, text: str) -> str:
    """A cell of a sheet with its text within."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def letter(body: str, before: str = "") -> dict[str, str | bytes]:
    """The parts of a Word file with that body."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="a" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body>'
        "</w:document>",
    }


def paragraph(text: str) -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def wide_cell(span: str) -> str:
    """A table of one cell that claims to cover so many columns."""
    return (
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>'
        f"{paragraph('x')}</w:tc></w:tr></w:tbl>"
    )


def encrypted(parts: dict[str, str | bytes]) -> bytes:
    """A zip file whose entries say that they are encrypted."""
    data = bytearray(packed(parts))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def with_method(parts: dict[str, str | bytes], method: int) -> bytes:
    """A zip file whose entries say that they are compressed by that method."""
    data = bytearray(packed(parts))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = data.find(mark)
        while start >= 0:
            data[start + at : start + at + 2] = struct.pack("<H", method)
            start = data.find(mark, start + 4)
    return bytes(data)


def damaged(parts: dict[str, str | bytes]) -> bytes:
    """A zip file whose compressed bytes are not what they were."""
    data = bytearray(packed(parts))
    start = data.find(b"\x00", 60) + 8
    data[start : start + 200] = bytes(255 - byte for byte in data[start : start + 200])
    return bytes(data)


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
ELSEWHERE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of numbered objects, the first of which is its root."""
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + tail % (len(objects) + 1, len(out))


def pages(count: int) -> bytes:
    """A PDF of so many empty pages."""
    kids = b" ".join(b"%d 0 R" % (n + 3) for n in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    tree = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * count])


def stream_bomb(size: int) -> bytes:
    """A PDF of one page whose content unpacks to so many bytes."""
    import zlib

    content = zlib.compress(b"q " * (size // 2), 9)
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        ]
    )


def bomb(size: int) -> bytes:
    """A part that says nothing, at length."""
    return b"<x>" + b" " * size + b"</x>"


ROW = f'<row r="1">{cell("A1", "序号")}{cell("B1", "主要举措")}</row>'

# What is made in no time; each must be read or refused quickly.
SMALL: dict[str, Callable[[], bytes]] = {
    "empty.txt": lambda: b"",
    "spaces.txt": lambda: b" \n" * 1000,
    "nul.txt": lambda: b"a\0b",
    "utf16.txt": lambda: "问".encode("utf-16"),
    "mixed.txt": lambda: "问策问策".encode() + b"\xff\xfe",
    "escape.txt": lambda: b"a\x1b[31mb",
    "longnumber.txt": lambda: f"第{'9' * 5000}条 内容".encode(),
    "longitem.tsv": lambda: f"序号\t举措\n{'9' * 5000}\t做\n".encode(),
    "brackets.tsv": lambda: f"序号\t举措\n1\t{'〈' * 3000}\n".encode(),
    "departments.tsv": lambda: f"序号\t举措\t牵头单位\n1\t做\t{'等部门' * 30000}\n".encode(),
    "quotes.csv": lambda: (HEAD + "\n" + '"' * 100_001).encode(),
    "formula.csv": lambda: (HEAD + "\n1,a,=cmd|' /C calc'!A0,局\n").encode(),
    "binary.pdf": lambda: bytes(range(256)) * 40,
    "truncated.xlsx": lambda: packed(workbook(ROW))[:400],
    "truncated.docx": lambda: packed(letter(paragraph("x")))[:300],
    "damaged.xlsx": lambda: damaged(workbook(ROW)),
    "damaged.docx": lambda: damaged(letter(paragraph("x" * 999))),
    "locked.xlsx": lambda: encrypted(workbook(ROW)),
    "locked.docx": lambda: encrypted(letter(paragraph("x"))),
    "method.xlsx": lambda: with_method(workbook(ROW), 99),
    "letter.xlsx": lambda: packed(letter(paragraph("x"))),
    "workbook.docx": lambda: packed(workbook(ROW)),
    "plain.docx": lambda: packed({"a": "b"}),
    "slip.xlsx": lambda: packed({**workbook(ROW), "../../../evil": "x"}),
    "entities.xlsx": lambda: packed(workbook(cell("A1", "&a11;"), ENTITIES)),
    "entities.docx": lambda: packed(letter(paragraph("&a11;"), ENTITIES)),
    "outside.docx": lambda: packed(letter(paragraph("&e;"), ELSEWHERE)),
    "outside.xlsx": lambda: packed(workbook(cell("A1", "&e;"), ELSEWHERE)),
    "number.xlsx": lambda: packed(workbook('<row r="1"><c r="A1"><v>1e999</v></c></row>')),
    "date.xlsx": lambda: packed(workbook('<row r="1"><c r="A1" t="d"><v>9e9-1</v></c></row>')),
    "spanbad.docx": lambda: packed(letter(wide_cell("x"))),
    "nested.docx": lambda: packed(letter("<w:p>" * 5000 + "</w:p>" * 5000)),
    "deep.html": lambda: b"<div>" * 100_000,
    "tables.html": lambda: b"<table><tr><td>" * 3000,
    "comment.html": lambda: b"<!--" + b"x" * MEGABYTE,
    "script.html": lambda: b"<script>" * 50_000,
    "undefined.html": lambda: b'<meta charset="undefined"><p>x</p>',
    "idna.html": lambda: b'<meta charset="idna"><p>x</p>',
    "rowspan.html": lambda: b"<table><tr><td rowspan=" + b"9" * 5000 + b">a<td>b</table>",
    "nobox.pdf": lambda: pages(1).replace(b"/MediaBox[0 0 595 842]", b""),
    "noroot.pdf": lambda: b"%PDF-1.4\n%%EOF",
    "loop.pdf": lambda: pdf([b"<</Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
    "count.pdf": lambda: pages(1).replace(b"/Count 1", b"/Count 999999999"),
}
# What is huge, or becomes so: each must end within the cage's limits.
LARGE: dict[str, Callable[[], bytes]] = {
    "span.docx": lambda: packed(letter(wide_cell("20000000"))),
    "wide.html": lambda: b"<table>" + b"<tr><td colspan=1000>x</td></tr>" * 20_000 + b"</table>",
    "spans.html": lambda: (
        b"<table>" + b"<tr><td rowspan=0 colspan=1000>x</td></tr>" * 2000 + b"</table>"
    ),
    "unpacked.xlsx": lambda: packed({**workbook(ROW), "xl/x.xml": bomb(301 * MEGABYTE)}),
    "sheet.xlsx": lambda: packed(workbook(" " * (200 * MEGABYTE))),
    "body.docx": lambda: packed(letter(" " * (200 * MEGABYTE))),
    "far.xlsx": lambda: packed(workbook(f'<row r="1048576">{cell("XFD1048576", "x")}</row>')),
    "merged.xlsx": lambda: packed(
        workbook(ROW, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    ),
    "rows.xlsx": lambda: packed(
        workbook("".join(f'<row r="{n}">{cell(f"A{n}", "x")}</row>' for n in range(1, 1_000_001)))
    ),
    "rows.csv": lambda: (HEAD + "\n" + "1,a,做,局\n" * 1_000_000).encode(),
    "long.txt": lambda: ("第一条 内容。\n" * 5_000_000).encode(),
    "line.txt": lambda: ("内容" * 8_000_000).encode(),
    "pages.pdf": lambda: pages(3000),
    "stream.pdf": lambda: stream_bomb(400 * MEGABYTE),
}
# Folders: what lies beside a source.
FOLDERS: dict[str, dict[str, bytes]] = {
    "deepjson": {"source.txt": b"x", "document.json": b"[" * 100_000},
    "surrogate": {"source.txt": "一、内容".encode(), "document.json": b'{"title": "\\ud800"}'},
    "badutf": {"source.txt": b"x", "document.json": b'{"title": "\xff"}'},
    "list": {"source.txt": b"x", "document.json": b"[]"},
    "outside": {"source.txt": b"x", "document.json": json.dumps({"id": "../../x"}).encode()},
    "asked": {"source.txt": "第一条 内容。".encode(), "questions.jsonl": b"[" * 100_000},
    "nosource": {"questions.jsonl": b""},
}


def write_all(folder: Path) -> None:
    """Write every file and folder."""
    for name, make in (SMALL | LARGE).items():
        (folder / name).write_bytes(make())
    for name, files in FOLDERS.items():
        (folder / name).mkdir(exist_ok=True)
        for inner, content in files.items():
            (folder / name / inner).write_bytes(content)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
