"""Tests of the files in deploy/: their linters find nothing, and they ask for as little as told."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.settings import PREFIX, Settings

DEPLOY = Path(__file__).parent.parent / "deploy"


def run(*command: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 (linters)
        command, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_containerfile_passes_its_linter() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    assert run(str(linter), str(DEPLOY / "Containerfile")) == (0, "")


def test_containerfile_runs_as_a_user_of_its_own() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "\nUSER 10001\n" in text
    assert "/readyz" in text


def test_unit_passes_systemd(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("没有 systemd-analyze，没有检查 systemd 单元")
    unit = (DEPLOY / "wence.service").read_text(encoding="utf-8")
    copy = tmp_path / "wence.service"
    copy.write_text(unit.replace("/opt/wence/bin/wence", "/bin/true"), encoding="utf-8")
    assert run("systemd-analyze", "verify", "--man=no", str(copy)) == (0, "")


def test_compose_file_gives_a_read_only_root_and_no_capability() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    for told in ("read_only: true", "cap_drop:\n      - ALL", "no-new-privileges:true", "tmpfs:"):
        assert told in text
    assert '"127.0.0.1:8000:8000"' in text


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "wence.service"])
def test_every_setting_that_is_named_is_one(name: str) -> None:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("WENCE_…", "")
    words = "".join(c if c.isalnum() or c == "_" else " " for c in text).split()
    assert {word for word in words if word.startswith(PREFIX)} <= known
