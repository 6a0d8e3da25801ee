"""Folders that are replaced whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import SetupError


@contextmanager
def replace_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target`; swap it in when the block ends well.

    A block that fails leaves `target` as it was. Two renames make the swap, so a reader that
    has the old files open keeps them.

    Raises:
        SetupError: the parent folder cannot be written, or its disk is full.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            yield beside
            beside.chmod(0o755)
            _swap(beside, target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise SetupError(
            f"缓存文件夹 {target.parent} 不能写入（{error.strerror or error}）；"
            "请腾出空间或改权限，或用 WENCE_CACHE 换一个文件夹"
        ) from error


def _swap(beside: Path, target: Path) -> None:
    """Put a folder in the place of another, or leave that where it was."""
    old = beside.with_name(beside.name + "-old")
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(beside, target)
    except OSError:
        if old.exists():
            os.replace(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)
