"""Damaged documents by the thousand: each is read, or refused in one line that names it.

A child is forked for each instead of starting Python anew: the code and its limits are the cage's.
What a seed gives never changes; a seed that found something is kept in KEPT for good.

Run as `python -m tests.stress.fuzz FIRST COUNT` to see what those seeds give.
"""

import io
import json
import os
import random
import signal
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import docx  # noqa: F401 (what readers import late is imported once, before the forks)
import lxml.html  # noqa: F401
import openpyxl  # noqa: F401
import pdfplumber  # noqa: F401

import corpus.measures
import corpus.questions
import corpus.read  # noqa: F401
from corpus.cage import Cage, _result, main
from corpus.errors import DocumentError
from tests.corpus.hostile import ROW, cell, letter, packed, pages, paragraph, workbook

CAGE = Cage(seconds=5, memory=1 << 30)
KEPT = (8202,)  # a PDF that takes longer than it may on a busy machine
TABLE = (
    "序号\t事项\t主要举措\t牵头单位\t完成时间\n"
    "1\t办税\t缴纳\t市局\t2022年6月\n2\t开店\t迁址\t市局\t长期\n"
)
ROWS = ROW + f'<row r="2">{cell("A2", "1")}{cell("B2", "网上缴纳")}</row>'
BASES: dict[str, bytes] = {
    "a.tsv": TABLE.encode(),
    "a.csv": TABLE.replace("\t", ",").encode("gb18030"),
    "a.txt": "某办法\n第一条 为了便民。\n第二条 可以网上申请（一）甲；（二）乙。\n".encode(),
    "a.html": "<table><tr><th>序号<th>举措<tr><td rowspan=2>1<td>做</table>".encode(),
    "a.xlsx": packed(workbook(ROWS)),
    "a.docx": packed(letter(paragraph("第一条 内容。") + paragraph("第二条 内容。"))),
    "a.pdf": pages(2),
}
TOKENS = (
    b"\x00", b"\xff\xfe", b"9" * 400, b"<" * 50, b"]]>", b"&a;", b"\t" * 200, b"\n\n",
    "〈".encode() * 40, "第".encode() * 30, "一、".encode(),
    b"rowspan=99999", b'r="XFD1048576"', b"obj", b"\xed\xa0\x80",
)  # fmt: skip


def damage(data: bytes, chance: random.Random) -> bytes:
    """Bytes with up to eight changes: flipped, cut out, doubled, or with something put in."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(changed) + 1)
        length = chance.choice((1, 2, 8, 60))
        match chance.randrange(5):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[place : place + length]
            case 2:
                changed[place:place] = changed[place : place + length] * chance.choice((1, 3, 50))
            case 3:
                changed[place:place] = chance.choice(TOKENS)
            case _:
                changed = changed[:place] if chance.random() < 0.2 else changed
    return bytes(changed)


def file_of(seed: int) -> tuple[str, bytes]:
    """The name and the bytes of a seed's file; office files are damaged within as often."""
    chance = random.Random(seed)  # noqa: S311 (the seed is the point)
    name = chance.choice(sorted(BASES))
    data = BASES[name]
    if name.endswith((".xlsx", ".docx")) and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
        part = chance.choice(sorted(parts))
        parts[part] = damage(parts[part], chance)
        return name, packed({**parts})
    return name, damage(data, chance)


def read_forked(path: Path) -> str:
    """The line that refuses a file; empty where it is read.

    Raises:
        AssertionError: it is refused in another way than by one line that names it.
    """
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if child == 0:
            signal.alarm(CAGE.seconds + 5)
            os.dup2(out.fileno(), 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            sys.stdout = os.fdopen(1, "w")
            os._exit(main([str(CAGE.seconds), str(CAGE.memory), str(path)]))
        _, status = os.waitpid(child, 0)
        try:
            code = os.waitstatus_to_exitcode(status)
            late = code == -signal.SIGALRM  # where the cage's own clock would have killed it
            _result(path.name, CAGE, -signal.SIGKILL if late else code, out)
        except DocumentError as error:
            line = str(error)
            assert line.isprintable(), line
            assert "Traceback" not in line, line
            assert path.stem in line, line
            assert "停了" not in line, line
            return line
    return ""


def try_files(first: int, count: int) -> dict[str, int | float | str]:
    """Read the files of so many seeds; how many were read and refused, and what was neither."""
    told: Counter[str] = Counter()
    found: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in (*KEPT, *range(first, first + count)):
            name, data = file_of(seed)
            path = Path(folder) / name
            path.write_bytes(data)
            try:
                told["read" if read_forked(path) == "" else "refused"] += 1
            except AssertionError as error:
                found[seed] = str(error)
    return {
        "files": len(KEPT) + count,
        "read": told["read"],
        "refused": told["refused"],
        "found": len(found),
        "told": json.dumps(found, ensure_ascii=False),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(try_files(int(sys.argv[1]), int(sys.argv[2])), indent=1) + "\n")
