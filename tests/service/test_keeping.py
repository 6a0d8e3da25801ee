"""Tests of rollback, backup and restore."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from corpus.errors import IndexMismatchError, IndexMissingError, InputError
from index.datatypes import Index
from index.store import load_index, save_index
from index.versions import versions
from service.cli import commands
from service.feedback.store import FILE, open_store_of
from service.keeping import ABOUT, back_up, read_backup, restore
from service.settings import Settings


@pytest.fixture
def settings(small_index: Index, tmp_path: Path) -> Settings:
    """A data folder with an index and one question asked."""
    made = Settings(data=tmp_path / "data", cache=tmp_path)
    save_index(small_index, made.index, ["small.txt"])
    store = open_store_of(made)
    store.note_asked("公积金怎么提取", True, 0.9, "small:2")
    store.close()
    return made


def asked(settings: Settings) -> list[str]:
    """The questions in the feedback."""
    store = open_store_of(settings)
    try:
        return [one.question for one in store.asked()]
    finally:
        store.close()


def call(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(commands, [*arguments, "--data", str(settings.data)])


def test_restore_into_an_empty_folder_gives_the_same_index_and_feedback(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    back_up(settings, file)
    new = Settings(data=tmp_path / "new", cache=tmp_path)
    restore(new, file, feedback=True)
    assert asked(new) == ["公积金怎么提取"]
    before, after = ({p.name: p.read_bytes() for p in s.index.iterdir()} for s in (settings, new))
    assert before == after


def test_restore_without_feedback_leaves_what_was_asked_since(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    back_up(settings, file)
    store = open_store_of(settings)
    store.note_asked("执照", True, 0.9, "small:1")
    store.close()
    restore(settings, file, feedback=False)
    assert len(asked(settings)) == 2
    assert [path.name for path in versions(settings.index)] == ["000001", "000002"]
    restore(settings, file, feedback=True)
    assert asked(settings) == ["公积金怎么提取"]


def test_backup_with_any_byte_of_a_file_changed_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    file, changed = tmp_path / "backup.zip", tmp_path / "changed.zip"
    back_up(settings, file)
    with ZipFile(file) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[:-1] + b"?" if name.endswith("measures.jsonl") else data)
    with pytest.raises(InputError, match=r"measures\.jsonl 与它的校验值不符"):
        restore(settings, changed, feedback=False)
    assert len(versions(settings.index)) == 1


@pytest.mark.parametrize("name", ["../evil", "index/../../evil", "/evil", "index/.hidden"])
def test_backup_that_names_a_file_outside_is_refused(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "evil.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr(ABOUT, json.dumps({"format": 1, "files": {name: "0" * 64}}))
        archive.writestr(name, "x")
    with pytest.raises(InputError, match="不该有的文件名"):
        read_backup(file)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip"])
def test_backup_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(InputError, match="不是完好的 wence 备份"):
        read_backup(tmp_path / "x.zip")


def test_backup_of_a_damaged_or_missing_index_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    (settings.index / "measures.jsonl").write_text("x", encoding="utf-8")
    with pytest.raises(IndexMismatchError):
        back_up(settings, tmp_path / "backup.zip")
    with pytest.raises(IndexMissingError):
        back_up(Settings(data=tmp_path / "none", cache=tmp_path), tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


def test_backup_while_the_feedback_is_being_written_is_whole(
    settings: Settings, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(settings.data / FILE)) as writer:
        writer.execute("INSERT INTO wence_asked SELECT 'x', day, 'x', 1, 1, '', 1 FROM wence_asked")
        back_up(settings, tmp_path / "backup.zip")  # not committed: not in it
    new = Settings(data=tmp_path / "new", cache=tmp_path)
    restore(new, tmp_path / "backup.zip", feedback=True)
    assert asked(new) == ["公积金怎么提取"]


def test_commands_back_up_restore_and_roll_back(settings: Settings, tmp_path: Path) -> None:
    file = str(tmp_path / "backup.zip")
    assert "校验无误" in call(settings, "backup", file).output
    assert "已恢复 small" in call(settings, "restore", file).output
    listed = json.loads(call(settings, "rollback", "--list", "--json").output)
    assert [(one["version"], one["current"]) for one in listed] == [
        ("000001", False),
        ("000002", True),
    ]
    assert call(settings, "rollback").output == "→ 000001  small\n  000002  small\n"
    assert load_index(settings.index).documents.keys() == {"small"}
