"""What a running service must bear: its contract, swaps under load, long runs, slow callers."""

import http.client
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from tests.stress.served import SEARCH, VERSIONS, Served, serving, write_version

Figures = dict[str, int | float | str]
# Whether a unit, an id or a condition is there is no matter of form: the description cannot tell.
UNTOLD = "positive_data_acceptance"
# The contracts of others let more pass than they describe; tests/service/api tries them.
OTHERS = "^/(v1|dify)/"


def try_contract(examples: int) -> Figures:
    """Let schemathesis try every operation of the description; its cases and failures."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:
        done = subprocess.run(  # noqa: S603 (a tool of the development environment)
            [
                str(Path(sys.executable).with_name("schemathesis")),
                *("run", f"http://127.0.0.1:{served.port}/openapi.json"),
                *("--max-examples", str(examples), "--seed", "1", "--exclude-checks", UNTOLD),
                *("--exclude-path-regex", OTHERS),
                *("--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all"),
                *("--no-color", "--generation-database", "none"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        cases = re.search(r"(\d+) generated", done.stdout)
        tested = re.search(r"Tested: (\d+)", done.stdout)
        told = done.stdout.partition("= FAILURES =")[2][:4000]
        return {
            "operations": int(tested[1]) if tested else 0,
            "cases": int(cases[1]) if cases else 0,
            "failures": len(re.findall(r"^- ST\d+", told, re.MULTILINE)),
            "exit": done.returncode,
            "tracebacks": served.tracebacks(),
            "told": told,
        }


def swap_under_load(clients: int, swaps: int) -> Figures:
    """Change the index while clients ask without a pause; failed and mixed answers."""
    failed: list[str] = []
    mixed: list[str] = []
    seconds: list[float] = []
    done = threading.Event()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:

        def ask() -> None:
            while not done.is_set():
                started = time.perf_counter()
                try:
                    status, text = served.get(SEARCH)
                except OSError as error:
                    failed.append(repr(error))
                    continue
                seconds.append(time.perf_counter() - started)
                names = [n for n in VERSIONS if f"list-{n}" in text or f"{n}扩大" in text]
                if status != 200:
                    failed.append(text)
                elif len(names) != 1:
                    mixed.append(text)

        threads = [threading.Thread(target=ask) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for n in range(1, swaps + 1):
            write_version(served.settings, VERSIONS[n % 2])
            _wait_until_served(served, VERSIONS[n % 2])
        done.set()
        for thread in threads:
            thread.join()
        ranked = sorted(seconds)
        return {
            "clients": clients,
            "swaps": swaps,
            "requests": len(ranked),
            "failed": len(failed),
            "mixed": len(mixed),
            "p95_ms": round(ranked[int(len(ranked) * 0.95)] * 1000, 1),
            "tracebacks": served.tracebacks(),
        }


def _wait_until_served(served: Served, name: str) -> None:
    deadline = time.monotonic() + 60
    while f"list-{name}" not in served.get("/api/documents")[1]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"list-{name}")
        time.sleep(0.02)


def memory_of(process: int) -> float:
    """The resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def ask_many(questions: int) -> Figures:
    """Ask so many different questions; how the memory grows after the first fifth."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:
        failed = 0
        marks = [memory_of(served.process)]
        with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)) as asked:
            for n in range(questions):
                if n == questions // 5:
                    marks.append(memory_of(served.process))
                text = f"第{n}家企业网上办税要缴纳什么{n * 7919 % 10007}"
                if n % 2:
                    asked.request("GET", f"/api/search?q={quote(text)}")
                else:
                    body = json.dumps({"question": text})
                    asked.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
                answer = asked.getresponse()
                answer.read()
                failed += answer.status != 200
        marks.append(memory_of(served.process))
        return {
            "questions": questions,
            "failed": failed,
            "start_mb": round(marks[0], 1),
            "after_a_fifth_mb": round(marks[1], 1),
            "end_mb": round(marks[2], 1),
            "growth_percent": round((marks[2] / marks[1] - 1) * 100, 2),
            "tracebacks": served.tracebacks(),
        }


def bear_slow_callers(callers: int, header_seconds: float) -> Figures:
    """Hold connections whose request never ends: others are answered, these are hung up on."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), header_seconds) as served:
        slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(callers)]
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        started = time.perf_counter()
        served.get("/healthz")
        health = time.perf_counter() - started
        status, _ = served.get(SEARCH)
        left = 0
        for one in slow:
            one.settimeout(header_seconds + 15)
            left += one.recv(10) != b""
            one.close()
        return {
            "callers": callers,
            "healthz_ms": round(health * 1000, 1),
            "search_status": status,
            "not_hung_up": left,
            "tracebacks": served.tracebacks(),
        }
