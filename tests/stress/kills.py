"""Writers that are killed at any moment: the index stays whole, and what was told is kept."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from index.store import check_version
from index.versions import current, roll_back, versions
from service.feedback.store import FILE, Store, open_store
from service.settings import Settings
from tests.stress.load import Figures
from tests.stress.served import VERSIONS, write_version

LONGEST = 0.25  # seconds until a writer is killed: some builds or thousands of votes


def killed(write: Callable[[int], None], seconds: float) -> int:
    """Let a child process write again and again, and kill it; how often it said it was done."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        n = 0
        while True:
            write(n)
            os.write(writer, b".")
            n += 1
    os.close(writer)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = 0
    while part := os.read(reader, 65536):
        told += len(part)
    os.close(reader)
    return told


def kill_writers(points: int) -> Figures:
    """Kill builds, switches and notes at so many moments; what was damaged or lost."""
    chance = random.Random(7)  # noqa: S311 (the seed is the point)
    figures: Figures = {"kills": 0, "done_before": 0, "unsound": 0, "lost": 0, "leftovers": 0}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", cache=Path(folder))
        for name in VERSIONS:
            write_version(settings, name)
        for n in range(points):
            seconds = chance.uniform(0.0, LONGEST)
            if n % 3 == 2:
                done, lost = _kill_notes(Path(folder) / f"notes-{n}", seconds)
                figures["lost"] = int(figures["lost"]) + lost
            else:
                write = _build if n % 3 else _switch
                done = killed(write(settings), seconds)
                figures["unsound"] = int(figures["unsound"]) + (not _is_sound(settings))
            figures["kills"] = int(figures["kills"]) + 1
            figures["done_before"] = int(figures["done_before"]) + done
        write_version(settings, VERSIONS[0])  # tidies
        home = settings.index.with_name("index-versions")
        figures["leftovers"] = sum(path.name.startswith(".") for path in home.iterdir())
    return figures


def _build(settings: Settings) -> Callable[[int], None]:
    return lambda n: write_version(settings, VERSIONS[n % 2])


def _switch(settings: Settings) -> Callable[[int], None]:
    names = [path.name for path in versions(settings.index)][-2:]

    def write(n: int) -> None:
        roll_back(settings.index, names[n % 2])

    return write


def _is_sound(settings: Settings) -> bool:
    """Whether the current version and all others are whole, every file by its hash."""
    now = current(settings.index)
    if now is None:
        return False
    for version in (now, *versions(settings.index)):
        check_version(version)
    return True


def _kill_notes(folder: Path, seconds: float) -> tuple[int, int]:
    """How many notes were acknowledged, and how many of those are lost."""
    folder.mkdir()
    address = f"sqlite:///{folder / FILE}"
    opened: list[Store] = []

    def write(n: int) -> None:
        if not opened:
            opened.append(open_store(address))
        opened[0].note_asked(f"问题{n % 50}", True, 0.9, "")

    done = killed(write, seconds)
    store = open_store(address)
    kept = sum(row.count for row in store.asked())
    store.close()
    return done, max(0, done - kept)
