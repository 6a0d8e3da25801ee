"""Backups of a data folder: one zip file with the current index and the feedback, and its hashes.

Restoring checks every hash first and then writes a new version of the index, so that what was
served before can still be rolled back to.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from corpus.errors import IndexMissingError, InputError, SetupError
from index.store import check_version
from index.versions import current, new_version
from service.feedback.store import FILE as FEEDBACK
from service.settings import Settings

FORMAT = 1
ABOUT = "backup.json"
INDEX = "index/"
LARGEST = 4 << 30  # bytes of one file in a backup


def back_up(settings: Settings, file: Path) -> dict[str, Any]:
    """Write a backup and give what it says of itself: the format and the hash of each file.

    Raises:
        IndexMissingError, IndexMismatchError: there is no sound index.
        SetupError: the backup cannot be written.
    """
    version = current(settings.index)
    if version is None:
        raise IndexMissingError(f"{settings.index} 里没有索引可备份；请先运行 wence build")
    check_version(version)
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".wence-") as beside:
            files = {INDEX + path.name: path for path in sorted(version.iterdir())}
            feedback = settings.data / FEEDBACK
            if feedback.is_file() and not settings.database:
                files[FEEDBACK] = Path(beside) / FEEDBACK
                _copy_database(feedback, files[FEEDBACK])
            about = {
                "format": FORMAT,
                "files": {name: _hash(path.read_bytes()) for name, path in files.items()},
            }
            whole = Path(beside) / "backup.zip"
            with ZipFile(whole, "w", ZIP_DEFLATED) as archive:
                archive.writestr(ABOUT, json.dumps(about, indent=1) + "\n")
                for name, path in files.items():
                    archive.write(path, name)
            read_backup(whole)
            os.replace(whole, file)
    except (OSError, sqlite3.Error) as error:
        raise SetupError(f"写不了备份 {file}（{error}）；请换一个文件夹") from error
    return about


def read_backup(file: Path) -> dict[str, bytes]:
    """The files of a backup by name, each checked against its hash.

    Raises:
        InputError: it is no backup, or was changed.
    """
    try:
        with ZipFile(file) as archive:
            about = json.loads(archive.read(ABOUT))
            if about["format"] != FORMAT:
                raise InputError(f"{file} 是第 {about['format']} 版备份，本程序读第 {FORMAT} 版")
            return {
                name: _read_checked(archive, name, checksum)
                for name, checksum in about["files"].items()
            }
    except OSError as error:
        raise InputError(f"读不了 {file}（{error.strerror or error}）") from error
    except (BadZipFile, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise InputError(f"{file} 不是完好的 wence 备份（{error}）；请换一份") from error


def _read_checked(archive: ZipFile, name: str, checksum: str) -> bytes:
    plain = name.removeprefix(INDEX)
    if Path(plain).name != plain or plain.startswith("."):
        raise ValueError(f"不该有的文件名 {name!r}")
    if archive.getinfo(name).file_size > LARGEST:
        raise ValueError(f"{name} 太大")
    data = archive.read(name)
    if _hash(data) != checksum:
        raise ValueError(f"{name} 与它的校验值不符")
    return data


def restore(settings: Settings, file: Path, *, feedback: bool) -> dict[str, Any]:
    """Make a backup's index the current version, and on demand its feedback the feedback.

    Raises:
        InputError: it is no backup, was changed, or has no feedback.
        SetupError: the data folder cannot be written; the index is of another program.
    """
    files = read_backup(file)
    if feedback and (FEEDBACK not in files or settings.database):
        why = "WENCE_DATABASE 指向别的库" if settings.database else "备份里没有反馈库"
        raise InputError(f"{why}，不能恢复反馈；请去掉 --feedback")
    with new_version(settings.index) as beside:
        for name, data in files.items():
            if name.startswith(INDEX):
                (beside / name.removeprefix(INDEX)).write_bytes(data)
        manifest = check_version(beside)
    if feedback:
        _restore_database(files, settings.data / FEEDBACK)
    return manifest


def _restore_database(files: Mapping[str, bytes], target: Path) -> None:
    """Copy through the database's own locks, so that a running service sees old or new."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".wence-") as beside:
        source = Path(beside) / FEEDBACK
        source.write_bytes(files[FEEDBACK])
        try:
            _copy_database(source, target)
        except sqlite3.Error as error:
            raise SetupError(f"写不了反馈库 {target}（{error}）；请先停下服务再恢复") from error


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
