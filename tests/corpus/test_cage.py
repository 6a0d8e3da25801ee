"""Tests of reading in a cage: whatever a file does, it costs one line and the cage's limits."""

import random
from pathlib import Path

import pytest

from corpus.cage import Cage, read_caged
from corpus.document import Document
from corpus.errors import DocumentError
from corpus.read import read_document
from tests.corpus.hostile import FOLDERS, LARGE, ROW, SMALL, letter, packed, paragraph, workbook

CAGE = Cage(seconds=8, memory=1 << 30)


def read_or_refuse(path: Path) -> Document | str:
    """The document, or the one line that says why there is none."""
    try:
        return read_caged(path, CAGE)
    except DocumentError as error:
        line = str(error)
        assert "\n" not in line
        assert line.isprintable()
        assert "Traceback" not in line
        assert path.stem in line or "文档编号" in line or "questions.jsonl" in line, line
        return line


def test_read_caged_gives_what_reading_gives(list_folder: Path) -> None:
    assert read_caged(list_folder, Cage()) == read_document(list_folder)


@pytest.mark.parametrize("name", SMALL)
def test_hostile_file_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SMALL[name]())
    read_or_refuse(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", FOLDERS)
def test_hostile_folder_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for inner, content in FOLDERS[name].items():
        (folder / inner).write_bytes(content)
    read_or_refuse(folder)


@pytest.mark.dear
@pytest.mark.parametrize("name", LARGE)
def test_huge_file_ends_within_the_cage(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(LARGE[name]())
    read_or_refuse(tmp_path / name)


@pytest.mark.parametrize("name", ["outside.docx", "outside.xlsx"])
def test_entity_of_another_file_is_not_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SMALL[name]())
    read = read_or_refuse(tmp_path / name)
    assert "root:" not in (read if isinstance(read, str) else read.text)


def test_endless_reading_is_stopped_and_told(tmp_path: Path) -> None:
    (tmp_path / "span.docx").write_bytes(LARGE["span.docx"]())
    with pytest.raises(DocumentError, match=r"span\.docx：.*(WENCE_READ_SECONDS|WENCE_READ_MB)"):
        read_caged(tmp_path / "span.docx", Cage(seconds=2))


def test_file_that_unpacks_to_too_much_is_told_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "unpacked.xlsx").write_bytes(LARGE["unpacked.xlsx"]())
    with pytest.raises(DocumentError, match=r"unpacked\.xlsx：解开有 301 MB，最多 300 MB"):
        read_caged(tmp_path / "unpacked.xlsx", CAGE)


@pytest.mark.dear
@pytest.mark.parametrize("seed", range(20))
def test_fuzzed_file_is_read_or_refused_in_one_line(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 (the seed is the point)
    kinds = {
        "a.xlsx": packed(workbook(ROW)),
        "a.docx": packed(letter(paragraph("第一条 内容。"))),
        "a.html": "<table><tr><th>序号<th>举措<tr><td>1<td>做</table>".encode(),
        "a.txt": "第一条 内容。\n第二条 内容。\n".encode(),
    }
    for name, whole in kinds.items():
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / name).write_bytes(data)
        read_or_refuse(tmp_path / name)
