"""`wence plain`: checking plain words, and drafting them with a model on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.errors import DocumentError, InputError, SetupError
from corpus.measures import Parsed
from corpus.plain import plain_line
from service.cli import commands
from tests.service.llm.fake_llm import FakeModel, Reply, say, serving

IDS = ("small:1.1.1", "small:1.1.2", "small:2.1.1", "small:2.2.1")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    """A running server that the settings name."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as served:
        monkeypatch.setenv("WENCE_LLM_URL", served.url)
        monkeypatch.setenv("WENCE_LLM_MODEL", "m")
        yield served


@pytest.fixture
def document(small: Parsed, tmp_path: Path) -> Path:
    """The small list as a file."""
    path = tmp_path / "small.txt"
    path.write_text(small.document.text, encoding="utf-8")
    return path


def call(*args: str) -> Result:
    """Run `wence plain …`."""
    return CliRunner().invoke(commands, ["plain", *args])


def drafts(path: Path) -> dict[str, str]:
    """The drafts by id."""
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {record["id"]: record["plain"] for record in records}


def test_plain_check_sound_words_pass_and_the_rest_is_told(document: Path) -> None:
    words = [plain_line(name, "照这一条办。") for name in IDS]
    beside = document.with_suffix(".plain.jsonl")
    beside.write_text("".join(words), encoding="utf-8")
    passed = call("check", str(document), "--json")
    assert passed.exit_code == 0
    assert json.loads(passed.stdout) == {"document": "small", "plain": 4, "faults": []}
    beside.write_text("".join(words[1:]) + plain_line(IDS[0], "7天办好。"), encoding="utf-8")
    failed = call("check", str(document))
    assert isinstance(failed.exception, InputError)
    assert "1 处白话与原文不符" in str(failed.exception)
    assert "不符  small:1.1.1：数字“7”不在这一行里" in failed.stdout


def test_plain_check_a_broken_file_is_told(document: Path) -> None:
    document.with_suffix(".plain.jsonl").write_text("{\n", encoding="utf-8")
    assert isinstance(call("check", str(document)).exception, DocumentError)


def test_plain_draft_without_a_model_says_what_to_set(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WENCE_LLM_URL", raising=False)
    failed = call("draft", str(document)).exception
    assert isinstance(failed, SetupError)
    assert "WENCE_LLM_URL" in str(failed)


def test_plain_draft_writes_what_is_missing_beside_the_document(
    document: Path, model: FakeModel
) -> None:
    document.with_suffix(".plain.jsonl").write_text(
        plain_line(IDS[0], "加地址。"), encoding="utf-8"
    )
    model.answer = lambda _: say("照这一条办。")
    done = call("draft", str(document), "--json")
    assert done.exit_code == 0, done.exception
    path = document.with_suffix(".plain.draft.jsonl")
    assert json.loads(done.stdout) == {"file": str(path), "drafted": 3, "left": {}}
    assert drafts(path) == dict.fromkeys(IDS[1:], "照这一条办。")
    assert call("draft", str(document)).exit_code == 0
    assert len(model.requests) == 3  # the drafts that are there are not asked for again


def test_plain_draft_refuses_what_the_check_refuses_and_tells_the_model_why(
    document: Path, model: FakeModel
) -> None:
    model.answer = lambda prompt: say("照办。" if "不能用" in prompt else "7天办好。")
    assert call("draft", str(document)).exit_code == 0
    assert "数字“7”不在这一行里" in model.prompt
    model.answer = lambda _: say("找市民政局。")
    out = document.with_name("other.jsonl")
    failed = call("draft", str(document), "--out", str(out))
    assert "4 条没有起草成" in str(failed.exception)
    assert drafts(out) == {}


def test_plain_draft_a_failing_service_is_told_for_each(document: Path, model: FakeModel) -> None:
    model.answer = lambda _: Reply(status=500)
    failed = call("draft", str(document))
    assert "4 条没有起草成" in str(failed.exception)
    assert "没有 small:1.1.1：语言模型的服务返回了 HTTP 500" in failed.stdout
