"""Test that the models' engine tells nobody that it is used."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import sys

def deny(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        sys.stderr.write(f"{event} {arguments}")
        raise OSError("no network here")

sys.addaudithook(deny)
import eval.cli
import service.serving
assert "openvino" in sys.modules
"""


def test_importing_the_program_asks_no_network_and_writes_nothing_at_home(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert list(tmp_path.iterdir()) == []
