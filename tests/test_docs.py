"""The pages in docs/: every command and program in them runs against a running service."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.search import Searcher
from service.app import app_over
from service.settings import PREFIX, Settings
from tests.service.browsing import serving

pytestmark = [pytest.mark.clients, pytest.mark.slow]

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WRITTEN = "http://127.0.0.1:8000"
BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
SETTING = re.compile(rf"{PREFIX}[A-Z_]+")
LINK = re.compile(r"\]\(([\w.-]+\.md)\)")
# Not run, but looked at: what installs, and what does not end.
INSTALLS = re.compile(r"pip install 'wence\[(\w+)\]'")
SERVES = re.compile(r"(?:[A-Z_]+=\S+ )*wence serve")
# One form for bash and PowerShell: double quotes around whole words and nothing that either reads.
PORTABLE = re.compile(r'curl(?: (?:-\w+|"[^"$`\\]*"))+')


@dataclass(frozen=True)
class Block:
    """A code block of a page; `file` is the name under which the page lets it be saved."""

    page: str
    kind: str
    text: str
    file: str

    def commands(self) -> list[str]:
        """The commands of a console block."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


def blocks() -> list[Block]:
    """All code blocks of all pages."""
    pages = sorted(DOCS.glob("*.md"))
    return [
        Block(page.name, kind, text, file or "")
        for page in pages
        for file, kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
    ]


COMMANDS = [(b.page, c) for b in blocks() if b.kind == "console" for c in b.commands()]
RUN = [(p, c) for p, c in COMMANDS if not INSTALLS.fullmatch(c) and not SERVES.fullmatch(c)]
PROGRAMS = [b for b in blocks() if b.kind == "python"]


@pytest.fixture(scope="module")
def address(searcher: Searcher) -> Iterator[str]:
    """A running service over the real list."""
    with serving(app_over(searcher)) as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the pages."""
    made = tmp_path_factory.mktemp("docs")
    for block in blocks():
        if block.file:
            (made / block.file).write_text(block.text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def environment(
    real_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """An environment where `wence` is this program, over a data folder of its own."""
    data = tmp_path_factory.mktemp("data")
    shutil.copytree(real_settings.index, data / "index")
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "WENCE_DATA": str(data),
        "WENCE_CACHE": str(real_settings.cache),
    }


@pytest.fixture
def run(address: str, folder: Path, environment: dict[str, str]) -> Callable[..., None]:
    """A function that runs something written in a page; it must succeed and say something."""

    def run_it(*arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 (written in our own pages)
            [argument.replace(WRITTEN, address) for argument in arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()

    return run_it


@pytest.mark.parametrize(("page", "command"), RUN)
def test_command_runs(page: str, command: str, run: Callable[..., None]) -> None:
    run("bash", "-c", command)


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.page)
def test_program_runs(block: Block, run: Callable[..., None]) -> None:
    run(sys.executable, "-c", block.text)


def test_curl_lines_have_one_form_for_both_shells() -> None:
    lines = [command for _, command in COMMANDS if command.startswith("curl")]
    assert len(lines) >= 10
    assert [line for line in lines if not PORTABLE.fullmatch(line) or not line.isascii()] == []


def test_what_is_not_run_names_what_there_is() -> None:
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = about["project"]["optional-dependencies"]
    named = [found[1] for _, c in COMMANDS if (found := INSTALLS.fullmatch(c))]
    assert named
    assert set(named) <= set(extras)


def test_settings_named_are_settings_and_pages_linked_are_there() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert set(SETTING.findall(text)) <= known, page
        assert all((DOCS / name).is_file() for name in LINK.findall(text)), page
        assert page.name == "README.md" or f"({page.name})" in index, page
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert known <= set(SETTING.findall(readme))


def test_json_is_json() -> None:
    found = [block for block in blocks() if block.kind == "json"]
    assert found
    for block in found:
        json.loads(block.text)
