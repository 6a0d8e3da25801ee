"""Tests of building where something is wrong: some of the documents, the disk, the rights."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.errors import DocumentError
from service.cli import commands
from service.library import build, built_from, open_searcher
from service.settings import Settings
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
