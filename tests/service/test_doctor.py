"""Tests of the doctor and of the self-test by which a bad index is not served."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.errors import SetupError
from index.datatypes import Index
from index.search import Searcher
from index.store import save_index
from service.cli import commands
from service.doctor import examine
from service.guard.ready import check_arms
from service.serving import Service
from service.settings import Settings
from tests.fakes import FakeEmbedder


@pytest.fixture
def settings(small_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder with the small list."""
    made = Settings(data=tmp_path / "data", cache=tmp_path)
    save_index(small_index, made.index)
    monkeypatch.setattr("service.library.open_embedder", lambda *_: FakeEmbedder())
    return made


def test_check_arms_of_a_sound_index_finds_by_every_arm(small_index: Index) -> None:
    assert check_arms(Searcher(small_index, FakeEmbedder())) == ""


def test_doctor_of_a_sound_folder_finds_all_well(settings: Settings) -> None:
    findings = examine(settings)
    assert [(finding.name, finding.told) for finding in findings if not finding.well] == []
    assert len(findings) == 8


def test_doctor_command_exits_1_and_names_what_is_wrong(settings: Settings) -> None:
    (settings.index / "measures.jsonl").write_text("", encoding="utf-8")
    done = CliRunner().invoke(commands, ["doctor", "--data", str(settings.data)])
    assert done.exit_code == 1
    assert "✗ 索引  索引文件 measures.jsonl 与清单不符" in done.output
    assert "✓ 反馈库" in done.output
    told = CliRunner().invoke(commands, ["doctor", "--json", "--data", str(settings.data)])
    assert {one["name"]: one["well"] for one in json.loads(told.output)}["索引"] is False


def test_service_does_not_start_on_an_index_that_finds_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.serving.check_arms", lambda _: "dense")
    with pytest.raises(SetupError, match=r"查不到原文（dense）.*wence build"):
        Service(settings)
