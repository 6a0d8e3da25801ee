"""The rest of what was once thrown at the service: odd names, kinds, contents, neighbours.

With `hostile` they are the kinds of the attack's 130 files. `python -m tests.corpus.oddities
FOLDER` writes them.
"""

import io
import os
import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.corpus.hostile import HEAD, ROW, cell, letter, packed, pages, paragraph, pdf, workbook

LINE = "第一条 内容。\n"
TABLE = f"{HEAD}\n1,办税,网上缴纳,市税务局\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2040)
GOOD = ROW + f'<row r="2">{cell("A2", "1")}{cell("B2", "网上缴纳")}</row>'


def formula(cached: str) -> bytes:
    """A workbook with a formula, and what was computed of it."""
    value = f"<v>{cached}</v>" if cached else ""
    row = f'<row r="2">{cell("A2", "1")}<c r="B2" t="str"><f>A2&amp;"x"</f>{value}</c></row>'
    return packed(workbook(ROW + row))


def with_link(target: str) -> bytes:
    """A Word file whose template lies elsewhere."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    )
    return packed({**letter(paragraph(LINE)), "word/_rels/document.xml.rels": rels})


def drawn(content: bytes, box: bytes = b"[0 0 595 842]", more: bytes = b"") -> bytes:
    """A PDF of one page with that content."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R%s>>" % (box, more),
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        ]
    )


CONTENTS: dict[str, Callable[[], bytes]] = {
    "good.xlsx": lambda: packed(workbook(GOOD)),
    "good.docx": lambda: packed(letter(paragraph(LINE) * 2)),
    "good.pdf": lambda: pages(1),
    "mergedoff.xlsx": lambda: packed(
        workbook(GOOD, after='<mergeCells><mergeCell ref="ZZ9:A1"/></mergeCells>')
    ),
    "ssrf.docx": lambda: with_link("http://127.0.0.1:9/template.dotm"),
    "ole.xlsx": lambda: OLE,
    "ole.docx": lambda: OLE,
    "macro.xlsm": lambda: packed({**workbook(GOOD), "xl/vbaProject.bin": b"\x01\x02"}),
    "renamed.xlsx": lambda: packed({**workbook(GOOD), "xl/vbaProject.bin": b"\x01\x02"}),
    "empty.xlsx": lambda: b"",
    "uncomputed.xlsx": lambda: formula(""),
    "computed.xlsx": lambda: formula("1x"),
    "errors.xlsx": lambda: packed(
        workbook(ROW + '<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>')
    ),
    "orphan.docx": lambda: packed(
        letter(
            "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>"
            + paragraph("x")
            + "</w:tc></w:tr></w:tbl>"
        )
    ),
    "utf16be.csv": lambda: TABLE.encode("utf-16-be"),
    "bom.csv": lambda: TABLE.encode("utf-8-sig"),
    "doublebom.csv": lambda: "\ufeff".encode() + TABLE.encode("utf-8-sig"),
    "mixed2.txt": lambda: "问策".encode("gb18030") + "问策问策问".encode() + b"\xff",
    "surrogate.txt": lambda: b"a\n\xed\xa0\x80\n",
    "latin1.txt": lambda: "a\né".encode("latin-1"),
    "bidi.txt": lambda: f"第一条 \u202e内容\u202c。\n{LINE}".encode(),
    "manyquotes.tsv": lambda: ("序号\t举措\n1\t" + "“" * 20_000 + "\n").encode(),
    "tabs.txt": lambda: b"\t" * 100_000,
    "commas.csv": lambda: (b"," * 2_000 + b"\n") * 20,
    "numbers.txt": lambda: "".join(f"{n}. 做\n" for n in range(1, 3_000)).encode(),
    "xss.tsv": lambda: "序号\t举措\n1\t<script>alert(1)</script>\n".encode(),
    "rot13.html": lambda: b'<meta charset="rot13"><p>x</p>',
    "utf7.html": lambda: b'<meta charset="utf-7"><p>+ADw-script+AD4-</p>',
    "unicode.html": lambda: b'<meta charset="unicode_escape"><p>\\u0041</p>',
    "charref.html": lambda: b"<p>&#31;&#xD800;&#1114112;</p>",
    "entity.html": lambda: "<p>第一条 &nbsp;&hellip;内容&lt;。</p>".encode(),
    "iframe.html": lambda: (
        '<iframe src="file:///etc/passwd"></iframe><p>第一条 内容。</p>'.encode()
    ),
    "brokenxref.pdf": lambda: drawn(b"BT ET").replace(b"startxref\n", b"startxref\n9"),
    "noxref.pdf": lambda: drawn(b"BT ET").split(b"xref")[0],
    "truncated.pdf": lambda: drawn(b"BT ET " * 300)[:400],
    "nopages.pdf": lambda: pdf([b"<</Type/Catalog>>"]),
    "badbox.pdf": lambda: drawn(b"", b"[/a /b 1 2]"),
    "deepdict.pdf": lambda: drawn(b"", more=b"/X" + b"<</X" * 3_000 + b" 1" + b">>" * 3_000),
    "locked.pdf": lambda: drawn(b"").replace(b"/Root", b"/Encrypt<</Filter/Standard/V 9>>/Root"),
    "rules.pdf": lambda: drawn(b"".join(b"%d 0 m %d 800 l S " % (n, n) for n in range(800))),
    "unknown.abc": lambda: TABLE.encode(),
    "word.doc": lambda: OLE,
    "image.png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(99),
    "data.json": lambda: b'{"a": [1, 2]}',
}
NAMES = (
    "-n.txt",
    "空 格 名.txt",
    "new\nline.txt",
    "长" * 80 + ".txt",
    ".._..txt",
    "a..txt",
    os.fsdecode(b"\xff\xfe.txt"),
    "<script>.txt",
    "\x1b[31m.txt",
    ".txt",
    "'; rm -rf ~.txt",
)


def pickled() -> bytes:
    """An array file that holds a pickle."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        head = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
        about = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
        archive.writestr("query.npy", head + about.ljust(117) + b"\n" + pickle.dumps(print))
    return stream.getvalue()


# What lies beside a source, or in its place.
BESIDE: dict[str, dict[str, bytes]] = {
    "control": {"source.txt": LINE.encode(), "document.json": b'{"title": "a\\u001b[31m"}'},
    "number": {"source.txt": LINE.encode(), "document.json": b'{"id": 7}'},
    "question": {
        "source.txt": LINE.encode(),
        "questions.jsonl": b'{"target": "1.1.1", "questions": [""]}\n',
    },
    "target": {
        "source.txt": LINE.encode(),
        "questions.jsonl": b'{"target": "99.1.1", "questions": ["x"]}\n',
    },
    "unanswerable": {"source.txt": LINE.encode(), "unanswerable.jsonl": b"\xff\xfe"},
    "badlines": {"source.txt": LINE.encode(), "unanswerable.jsonl": b'{"target": 7}\nnull\n'},
    "adapter": {"source.txt": LINE.encode(), "adapter.npz": b"PK\x03\x04" + bytes(50)},
    "bomb": {"source.txt": LINE.encode(), "adapter.npz": packed({"query.npy": bytes(310 << 20)})},
    "noadapter": {"source.txt": LINE.encode(), "adapter.npz": b""},
    "pickle": {"source.txt": LINE.encode(), "adapter.npz": pickled()},
}


def write_places(folder: Path) -> tuple[Path, ...]:
    """Links, pipes, devices and folders where a document is looked for."""
    (folder / "real.txt").write_text(LINE, encoding="utf-8")
    made = {name: folder / name for name in ("link.txt", "loop", "zero.txt", "pipe.txt")}
    made["link.txt"].symlink_to(folder / "real.txt")
    made["loop"].symlink_to(made["loop"])
    made["zero.txt"].symlink_to("/dev/zero")
    os.mkfifo(made["pipe.txt"])
    for name in ("itself", "sourcedir", "empty"):
        made[name] = folder / name
        made[name].mkdir()
    (made["itself"] / "source.txt").symlink_to(made["itself"])
    (made["sourcedir"] / "source.txt").mkdir()
    made["shadow.txt"] = Path("/etc/hosts")
    return tuple(made.values())


def write_oddities(folder: Path) -> None:
    """Write every file and folder."""
    for name, make in CONTENTS.items():
        (folder / name).write_bytes(make())
    for name in NAMES:
        (folder / name).write_text(LINE, encoding="utf-8")
    for name, files in BESIDE.items():
        (folder / name).mkdir(exist_ok=True)
        for inner, content in files.items():
            (folder / name / inner).write_bytes(content)
    write_places(folder)


if __name__ == "__main__":
    write_oddities(Path(sys.argv[1]))
