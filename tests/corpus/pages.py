"""A maker of small PDFs: texts and rules at places, and tables of them.

Characters are of the font STSong-Light, which every PDF reader knows, as wide as high.
"""

from collections.abc import Sequence

WIDTH, HEIGHT = 400, 600
SIZE = 10


def text(x: float, y: float, words: str, size: float = SIZE) -> str:
    """Words whose left top corner is at a place, as a page's content."""
    coded = words.encode("utf-16-be").hex()
    return f"BT /F {size} Tf {x} {HEIGHT - y - size} Td <{coded}> Tj ET\n"


def rule(x0: float, y0: float, x1: float, y1: float) -> str:
    """A line from one place to another."""
    return f"{x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S\n"


def frame(x0: float, y0: float, x1: float, y1: float, words: Sequence[str] = ()) -> str:
    """A cell with lines of words in it, two points from its left edge."""
    corners = [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    lines = (text(x0 + 2, y0 + 2 + place * (SIZE + 4), line) for place, line in enumerate(words))
    return "".join([*(rule(*corner) for corner in corners), *lines])


def table(y: float, edges: Sequence[float], rows: Sequence[Sequence[str]]) -> str:
    """Rows of 40 points between the edges of columns; a cell's lines parted by "/"."""
    return "".join(
        frame(edges[i], y + 40 * place, edges[i + 1], y + 40 * place + 40, cell.split("/"))
        for place, row in enumerate(rows)
        for i, cell in enumerate(row)
    )


def pdf(*contents: str) -> bytes:
    """A PDF of pages of these contents."""
    count = len(contents)
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
        "/DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor << /Type "
        "/FontDescriptor /FontName /STSong-Light /FontBBox [0 -120 1000 880] /Ascent 880 "
        "/Descent -120 >> >>",
    ]
    for i, content in enumerate(contents):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {6 + 2 * i} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    body, offsets = "%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{item}\nendobj\n"
    xref = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{xref}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")
