"""Tests of versions with one pointer: one writer, kills at every step, rolling back."""

import errno
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import NotFoundError, SetupError
from index.versions import KEPT, current, new_version, roll_back, versions, writing


def write(pointer: Path, text: str) -> None:
    with new_version(pointer) as beside:
        (beside / "a").write_text(text, encoding="utf-8")
        (beside / "b").write_text(text, encoding="utf-8")


def read(pointer: Path) -> str:
    folder = current(pointer)
    assert folder is not None
    a, b = ((folder / name).read_text(encoding="utf-8") for name in "ab")
    assert a == b
    return a


def write_half(pointer: Path, error: BaseException) -> None:
    with new_version(pointer) as beside:
        (beside / "a").write_text("half", encoding="utf-8")
        raise error


def test_new_version_becomes_current_and_only_so_many_are_kept(tmp_path: Path) -> None:
    pointer = tmp_path / "x" / "index"
    assert current(pointer) is None
    for n in range(KEPT + 2):
        write(pointer, str(n))
        assert read(pointer) == str(n)
    assert [path.name for path in versions(pointer)] == ["000003", "000004", "000005"]
    assert (pointer / "a").read_text(encoding="utf-8") == "4"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_new_version_interrupted_leaves_the_old(tmp_path: Path, error: type[BaseException]) -> None:
    pointer = tmp_path / "index"
    write(pointer, "old")
    with pytest.raises(error):
        write_half(pointer, error())
    assert read(pointer) == "old"
    assert [path.name for path in (tmp_path / "index-versions").iterdir()] == ["000001"]


def test_new_version_on_a_full_disk_is_told_in_one_line_and_leaves_the_old(tmp_path: Path) -> None:
    pointer = tmp_path / "index"
    write(pointer, "old")
    with (
        pytest.raises(SetupError, match=r"No space left on device.*腾出空间"),
        new_version(pointer),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert read(pointer) == "old"


def test_new_version_parent_that_is_a_file_says_how_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(SetupError, match=r"不能写入.*WENCE_DATA"),
        new_version(tmp_path / "file" / "index"),
    ):
        pass


def test_new_version_takes_over_the_plain_folder_of_an_earlier_edition(tmp_path: Path) -> None:
    pointer = tmp_path / "index"
    pointer.mkdir()
    for name in "ab":
        (pointer / name).write_text("plain", encoding="utf-8")
    (tmp_path / ".index-killed-old").mkdir()
    assert read(pointer) == "plain"
    write(pointer, "new")
    assert read(pointer) == "new"
    roll_back(pointer)
    assert read(pointer) == "plain"
    assert not (tmp_path / ".index-killed-old").exists()


def test_current_without_the_pointer_is_the_newest_version(tmp_path: Path) -> None:
    pointer = tmp_path / "index"
    write(pointer, "1")
    write(pointer, "2")
    pointer.unlink()
    assert read(pointer) == "2"


def test_roll_back_goes_to_the_one_before_or_the_one_named(tmp_path: Path) -> None:
    pointer = tmp_path / "index"
    for text in "123":
        write(pointer, text)
    roll_back(pointer)
    assert read(pointer) == "2"
    roll_back(pointer)
    assert read(pointer) == "1"
    with pytest.raises(NotFoundError, match="没有可以退回的版本；现有 000001、000002、000003"):
        roll_back(pointer)
    roll_back(pointer, "3")
    assert read(pointer) == "3"
    with pytest.raises(NotFoundError, match="没有可以退回的版本 9"):
        roll_back(pointer, "9")


def _hold(pointer: Path, held: Event) -> None:
    with writing(pointer):
        held.set()
        time.sleep(0.5)


def test_writing_while_another_process_writes_waits_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    other = context.Process(target=_hold, args=(tmp_path / "index", held))
    other.start()
    assert held.wait(60)
    pointer = tmp_path / "index"
    with pytest.raises(SetupError, match="另一个程序还在写"), writing(pointer, wait=0.01):
        pass
    with writing(pointer):
        other.join(60)
        assert other.exitcode == 0
    assert "等它写完" in caplog.text


def test_writing_in_two_threads_takes_turns(tmp_path: Path) -> None:
    pointer = tmp_path / "index"
    failed: list[Exception] = []

    def work(name: str) -> None:
        try:
            for n in range(10):
                write(pointer, f"{name}{n}")
        except SetupError as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "xy"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert read(pointer)[1] == "9"
    assert versions(pointer)[-1].name == "000020"


class Dying:
    """Kills its process before or after the nth call of what changes the disk."""

    def __init__(self, step: int) -> None:
        self.left = step

    def wrap(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.count()
            done = real(*arguments, **options)
            self.count()
            return done

        return call

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _write_dying(pointer: Path, step: int) -> None:
    dying = Dying(step)
    for owner, name in (
        (os, "replace"),
        (os, "fsync"),
        (shutil, "rmtree"),
        (tempfile, "mkdtemp"),
        (Path, "symlink_to"),
        (Path, "write_text"),
    ):
        setattr(owner, name, dying.wrap(getattr(owner, name)))
    write(pointer, "new")


@pytest.mark.parametrize("plain", [False, True], ids=["pointer", "plain folder"])
def test_new_version_killed_at_any_step_leaves_old_or_new_whole_and_is_tidied(
    tmp_path: Path, plain: bool
) -> None:
    outcomes: list[str] = []
    step = 0
    while True:
        step += 1
        pointer = tmp_path / str(step) / "index"
        for n in range(KEPT):
            write(pointer, f"old{n}")
        if plain:
            last = versions(pointer)[-1]
            pointer.unlink()
            os.replace(last, pointer)
        writer = multiprocessing.get_context("fork").Process(
            target=_write_dying, args=(pointer, step)
        )
        writer.start()
        writer.join()
        outcomes.append(read(pointer))
        write(pointer, "after")
        assert read(pointer) == "after"
        left = [path.name for path in pointer.parent.rglob(".*")]
        assert left == [], step
        if writer.exitcode == 0:
            break
        assert writer.exitcode == -signal.SIGKILL
    assert set(outcomes) == {f"old{KEPT - 1}", "new"}
    assert outcomes == sorted(outcomes, key=lambda text: text == "new")
    assert step > 20
