"""Versions of a folder, of which one is current: written beside, switched by one atomic rename.

index                    the pointer, a symbolic link to the current version
index-versions/000007    a version, whole from the moment that it has its number
index-versions/.new-…    one that is being written, or was when its writer was killed
index.lock               held by whoever writes

A kill at any moment leaves the pointer on the old version or on the new one. Readers take the
version once, by `current`, and read all of its files there.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import NotFoundError, SetupError

KEPT = 3  # versions: the current one, and those to roll back to
WAIT = 900.0  # seconds that a second writer waits for the first
NEW, OLD = ".new-", ".old-"
DIGITS = 6

log = logging.getLogger("wence")


def versions(pointer: Path) -> tuple[Path, ...]:
    """The whole versions behind a pointer, oldest first."""
    home = _home(pointer)
    if not home.is_dir():
        return ()
    return tuple(sorted(path for path in home.iterdir() if path.name.isdigit()))


def current(pointer: Path) -> Path | None:
    """The folder of the current version, its own path; None where there is none.

    A pointer that is lost counts as standing on the newest version; a plain folder, as earlier
    editions wrote it, is its own version.
    """
    if pointer.exists():
        return pointer.resolve()
    known = versions(pointer)
    return known[-1].resolve() if known else None


@contextmanager
def writing(pointer: Path, *, wait: float = WAIT) -> Iterator[None]:
    """Be the only writer: a second one waits, and says so; a thread may ask again while it is.

    Raises:
        SetupError: the other one is not done in time; the folder cannot be written.
    """
    path = pointer.with_name(f"{pointer.name}.lock")
    with _writable(pointer):
        pointer.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, is_singleton=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.warning("另一个程序正在写 %s，等它写完（最多 %.0f 秒）", pointer, wait)
            try:
                lock.acquire(timeout=wait)
            except Timeout as error:
                raise SetupError(f"另一个程序还在写 {pointer}；请等它结束再试") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def new_version(pointer: Path) -> Iterator[Path]:
    """Give an empty folder; it becomes the current version when the block ends well.

    A block that fails leaves everything as it was. What killed writers left is removed, and so
    are versions but for the newest `KEPT`.

    Raises:
        SetupError: as `writing`; the disk is full.
    """
    with writing(pointer):
        with _writable(pointer):
            _tidy(pointer)
            home = _home(pointer)
            home.mkdir(exist_ok=True)
            beside = Path(tempfile.mkdtemp(prefix=NEW, dir=home))
        try:
            with _writable(pointer):
                yield beside
                beside.chmod(0o755)
                _flush(beside)
                if pointer.is_dir() and not pointer.is_symlink():
                    _number(pointer, home)  # of an earlier edition
                version = _number(beside, home)
                switch(pointer, version)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        for old in versions(pointer)[:-KEPT]:
            _remove(old)


def switch(pointer: Path, version: Path) -> None:
    """Make one of the versions the current one; call it while `writing`."""
    link = pointer.with_name(f".{pointer.name}{NEW}{version.name}")
    link.unlink(missing_ok=True)
    link.symlink_to(Path(version.parent.name) / version.name, target_is_directory=True)
    os.replace(link, pointer)
    _flush_folder(pointer.parent)


def roll_back(pointer: Path, name: str = "") -> Path:
    """Make an earlier version the current one: the one before it, or the one of that name.

    Raises:
        NotFoundError: there is none.
        SetupError: as `writing`.
    """
    with writing(pointer), _writable(pointer):
        known, now = versions(pointer), current(pointer)
        named = {path.name: path for path in known}
        if name:
            version = named.get(name.rjust(DIGITS, "0"))
        else:
            before = [path for path in known if now is None or path.name < now.name]
            version = before[-1] if before else None
        if version is None:
            raise NotFoundError(
                f"没有可以退回的版本 {name}".rstrip() + f"；现有 {'、'.join(named) or '无'}"
            )
        switch(pointer, version)
    return version


def _home(pointer: Path) -> Path:
    return pointer.with_name(f"{pointer.name}-versions")


def _number(folder: Path, home: Path) -> Path:
    """Give a whole folder the next number."""
    numbers = [int(path.name) for path in home.iterdir() if path.name.isdigit()]
    version = home / f"{max(numbers, default=0) + 1:0{DIGITS}}"
    os.replace(folder, version)
    _flush_folder(home)
    return version


def _remove(version: Path) -> None:
    """Remove a version; it loses its number first, so that nobody takes a half one for whole."""
    hidden = version.with_name(OLD + version.name)
    os.replace(version, hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def _tidy(pointer: Path) -> None:
    """Remove what killed writers left, those of earlier editions included."""
    home = _home(pointer)
    left = [*home.glob(f"{NEW}*"), *home.glob(f"{OLD}*")] if home.is_dir() else []
    links = pointer.parent.glob(f".{pointer.name}{NEW}*")
    for path in (*left, *links, *pointer.parent.glob(f".{pointer.name}-*")):
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Wait until all files of a folder are on the disk."""
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _writable(pointer: Path) -> Iterator[None]:
    """Tell what the file system refuses in one line."""
    try:
        yield
    except OSError as error:
        raise SetupError(
            f"数据文件夹 {pointer.parent} 不能写入（{error.strerror or error}）；"
            "请腾出空间或改权限，或用 --data / WENCE_DATA 换一个文件夹"
        ) from error
