"""Tests of replacing a folder whole or not at all."""

import shutil
from pathlib import Path

import pytest

from corpus.errors import SetupError
from index.folder import replace_folder


def _old(parent: Path) -> Path:
    target = parent / "index"
    target.mkdir()
    (target / "a").write_text("old", encoding="utf-8")
    return target


def test_replace_folder_block_that_ends_well_swaps_it_in(tmp_path: Path) -> None:
    target = _old(tmp_path)
    with replace_folder(target) as beside:
        (beside / "b").write_text("new", encoding="utf-8")
        assert (target / "a").read_text(encoding="utf-8") == "old"
    assert [path.name for path in target.iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_replace_folder_new_target_is_made_with_its_parents(tmp_path: Path) -> None:
    with replace_folder(tmp_path / "x" / "y") as beside:
        (beside / "b").write_text("new", encoding="utf-8")
    assert (tmp_path / "x" / "y" / "b").is_file()


def _write_half(target: Path, error: type[BaseException]) -> None:
    with replace_folder(target) as beside:
        (beside / "b").write_text("half", encoding="utf-8")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, OSError, KeyboardInterrupt])
def test_replace_folder_interrupted_block_leaves_the_old(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = _old(tmp_path)
    with pytest.raises((error, SetupError)):
        _write_half(target, error)
    assert (target / "a").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_replace_folder_swap_that_fails_leaves_the_old(tmp_path: Path) -> None:
    target = _old(tmp_path)
    with pytest.raises(SetupError, match="No such file"), replace_folder(target) as beside:
        shutil.rmtree(beside)
    assert (target / "a").read_text(encoding="utf-8") == "old"


def test_replace_folder_parent_that_is_a_file_says_how_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(SetupError, match=r"不能写入.*WENCE_CACHE"),
        replace_folder(tmp_path / "file" / "index"),
    ):
        pass
