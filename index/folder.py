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
        SetupError: the parent folder cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise SetupError(
            f"数据文件夹 {target.parent} 不能写入（{error.strerror}）；"
            "请改权限，或用 --data / WENCE_DATA 换一个文件夹"
        ) from error
    try:
        yield beside
        beside.chmod(0o755)
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
    finally:
        shutil.rmtree(beside, ignore_errors=True)
