"""JavaScript clients, and MCP's own conformance suite: `make node` gets them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
MODULES = ROOT / "build" / "node" / "node_modules"
BIN = MODULES / ".bin"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    pytest.mark.skipif(not BIN.is_dir(), reason="先运行 make node（要有 npm）"),
]

# The scenarios that need no tools of the suite's own, with how many checks each has to pass.
OLD = ["server-initialize", "ping", "tools-list", "resources-list", "dns-rebinding-protection"]
NEW = ["caching", "sep-2164-resource-not-found", "http-header-validation"]


def run(*arguments: str) -> str:
    """What a program of the folder writes, with its Node before the machine's."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(  # noqa: S603 (our own arguments)
        arguments,
        cwd=MODULES.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("scenario", [*OLD, *NEW])
def test_conformance_scenario_passes(site: str, scenario: str) -> None:
    version = ["--spec-version", "2026-07-28"] if scenario in NEW else []
    command = [str(BIN / "conformance"), "server", "--url", f"{site}/mcp", "--scenario", scenario]
    found = re.search(r"Passed: (\d+)/(\d+), 0 failed, 0 warnings", run(*command, *version))
    assert found
    assert found[1] == found[2]


def test_javascript_clients_get_the_answer(site: str) -> None:
    script = MODULES.parent / "chat.mjs"
    shutil.copy(ROOT / "tests" / "node" / "chat.mjs", script)
    given = json.loads(run(str(BIN / "node"), str(script), site).splitlines()[-1])
    assert "市市场监管局" in given["whole"]
    assert given["streamed"] == given["whole"] == given["sdk"]
    assert given["annotations"] == len(given["sources"]) > 0
    assert all(url.startswith(f"{site}/m/") for url in given["sources"])
    assert given["models"] == ["wence", "wence-query", "wence-passage"]
    assert given["dimension"] == 384
    assert abs(given["length"] - 1) < 1e-3
