"""`make stress`: what the service must bear, at full length or `--short`; writes its figures.

Trials that are not run again keep the figures that the file has of them.

Run as `python -m tests.stress [--short] [--only NAME …] [--scale FACTOR] OUT.json`.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.stress.fuzz import try_files
from tests.stress.kills import kill_writers
from tests.stress.load import (
    Figures,
    ask_many,
    bear_slow_callers,
    swap_under_load,
    try_contract,
)

SHORT = 0.02
# Each with a factor of its full size; those that fork come before those that start threads.
TRIALS: dict[str, Callable[[float], Figures]] = {
    "kills": lambda scale: kill_writers(max(9, round(200 * scale))),
    "fuzz": lambda scale: try_files(0, max(60, round(10_000 * scale))),
    "contract": lambda scale: try_contract(max(2, round(200 * scale))),
    "swap": lambda scale: swap_under_load(max(6, round(50 * scale)), max(3, round(20 * scale))),
    "slow": lambda scale: bear_slow_callers(max(20, round(200 * scale)), 15.0 if scale >= 1 else 2),
    "memory": lambda scale: ask_many(max(300, round(100_000 * scale)) if scale > SHORT else 300),
}
# What must be 0 wherever it stands.
NONE = ("failures", "failed", "mixed", "unsound", "lost", "leftovers", "found", "not_hung_up")
GROWTH = 2.0  # percent, of a run long enough to tell


def faults(figures: dict[str, Figures]) -> list[str]:
    """What is not as it must be, each as trial, name and figure."""
    bad = [
        f"{trial} {name} {told[name]}"
        for trial, told in figures.items()
        for name in (*NONE, "tracebacks")
        if told.get(name, 0) != 0
    ]
    grown = figures.get("memory", {})
    if int(grown.get("questions", 0)) >= 50_000 and float(grown["growth_percent"]) >= GROWTH:
        bad.append(f"memory growth_percent {grown['growth_percent']}")
    return bad


def _known(file: Path) -> dict[str, Figures]:
    """The figures that a file has, none where there is no file."""
    if not file.is_file():
        return {}
    known: dict[str, Figures] = json.loads(file.read_text(encoding="utf-8"))["trials"]
    return known


def main() -> int:
    """Run the trials; the exit code."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("out", type=Path)
    given.add_argument("--short", action="store_true")
    given.add_argument("--only", nargs="*", choices=TRIALS, default=[])
    given.add_argument("--scale", type=float, default=1.0)
    asked = given.parse_args()
    scale = SHORT if asked.short else asked.scale
    figures: dict[str, Figures] = _known(asked.out) if asked.only else {}
    for name in asked.only or TRIALS:
        started = time.perf_counter()
        figures[name] = TRIALS[name](scale)
        figures[name]["scale"] = scale
        figures[name]["seconds"] = round(time.perf_counter() - started, 1)
        sys.stderr.write(f"{name} {json.dumps(figures[name], ensure_ascii=False)[:300]}\n")
    about = {
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    bad = faults(figures)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    told = {"about": about, "faults": bad, "trials": figures}
    asked.out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write("".join(f"不该有：{line}\n" for line in bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
