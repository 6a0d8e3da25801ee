"""The short form of `make stress`, in a process of its own since its trials fork."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stress.__main__ import TRIALS, faults
from tests.stress.fuzz import file_of

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_service_bears_the_short_form_of_all_trials(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.stress", "--short", str(out)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(out.read_text(encoding="utf-8"))
    assert list(told["trials"]) == list(TRIALS)
    assert told["faults"] == []


def test_fault_is_whatever_failed_and_a_memory_that_grows_over_a_long_run() -> None:
    assert faults({"swap": {"failed": 0, "requests": 9}, "memory": {"questions": 60}}) == []
    assert faults({"swap": {"failed": 2}}) == ["swap failed 2"]
    grown = {"questions": 100_000, "growth_percent": 2.5}
    assert faults({"memory": {**grown}}) == ["memory growth_percent 2.5"]


@pytest.mark.parametrize("seed", [0, 17, 4_711])
def test_seed_gives_the_same_file_for_good(seed: int) -> None:
    assert file_of(seed) == file_of(seed)
