"""A service in a process of its own, over a small list in two versions that say which they are."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.measures import parse
from index.build import Source, build_index
from index.store import save_index
from service.settings import Settings
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder

ROOT = Path(__file__).parent.parent.parent
VERSIONS = ("甲", "乙")
SEARCH = "/api/search?q=%E5%9C%B0%E5%9D%80&k=4"
PROGRAM = """
import sys
from pathlib import Path
import service.library
import service.serving
from service.settings import Settings
from tests.fakes import FakeEmbedder

service.library.open_embedder = lambda *_: FakeEmbedder()
data, port, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
service.serving.HEADER_SECONDS = seconds
settings = Settings(data=data, cache=data, reload_seconds=0.1, rate="", concurrent=1000)
service.serving.serve(service.serving.Service(settings), settings, "127.0.0.1", port)
"""


@dataclass(frozen=True)
class Served:
    """A running service: where it answers, its process, its data folder and its log."""

    port: int
    process: int
    settings: Settings
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        """The status and the text of an address."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as asked:
            asked.request("GET", path)
            answer = asked.getresponse()
            return answer.status, answer.read().decode()

    def tracebacks(self) -> int:
        """How many defects the log tells of."""
        return self.log.read_text(encoding="utf-8").count("Traceback")


def write_version(settings: Settings, name: str) -> None:
    """Make a version current whose document and whose every measure say its name."""
    text = SMALL.replace("扩大", f"{name}扩大").replace("监管", f"{name}监管")
    parsed = parse(make_document(text.replace("网上", f"{name}网上"), f"list-{name}"))
    save_index(build_index([Source(parsed)], FakeEmbedder()), settings.index)


@contextmanager
def serving(folder: Path, header_seconds: float = 15.0) -> Iterator[Served]:
    """Run a service on a free port of this machine alone."""
    settings = Settings(data=folder / "data", cache=folder)
    write_version(settings, VERSIONS[0])
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        port = holder.getsockname()[1]
    given = [str(settings.data), str(port), str(header_seconds)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-c", PROGRAM, *given], cwd=ROOT, stdout=log, stderr=log
        )
        try:
            served = Served(port, process.pid, settings, folder / "log")
            _wait_for(served)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_for(served: Served) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            if served.get("/readyz")[0] == 200:
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
