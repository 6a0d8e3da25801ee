"""Tests of odd documents: each is read, or refused in one line, and leaves nothing behind."""

from pathlib import Path

import pytest

from corpus.cage import Cage
from corpus.errors import WenceError
from service.library import read_source
from tests.corpus.hostile import FOLDERS, LARGE, SMALL
from tests.corpus.oddities import BESIDE, CONTENTS, NAMES, write_places
from tests.corpus.test_cage import read_or_refuse

CAGE = Cage(seconds=8)
PLACES = 8


def source_or_line(path: Path) -> str:
    """Read a document with all that lies beside it; the line that refuses it, or nothing."""
    try:
        read_source(path, CAGE)
    except WenceError as error:
        line = str(error)
        assert line.isprintable(), line
        return line
    return ""


def test_files_are_as_many_as_the_attack_had() -> None:
    kinds = (SMALL, LARGE, FOLDERS, CONTENTS, NAMES, BESIDE)
    assert sum(len(kind) for kind in kinds) + PLACES >= 130


@pytest.mark.parametrize("name", CONTENTS)
def test_odd_content_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(CONTENTS[name]())
    read_or_refuse(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_odd_name_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("第一条 内容。\n", encoding="utf-8")
    source_or_line(tmp_path / name)


@pytest.mark.parametrize("name", BESIDE)
def test_odd_neighbour_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for inner, content in BESIDE[name].items():
        (folder / inner).write_bytes(content)
    source_or_line(folder)


def test_place_that_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    places = write_places(tmp_path)
    assert len(places) == PLACES
    told = {path.name: source_or_line(path) for path in places}
    refused = ("loop", "zero.txt", "pipe.txt", "itself", "sourcedir", "empty")
    assert told["link.txt"] == ""
    assert [name for name in refused if not told[name]] == []
