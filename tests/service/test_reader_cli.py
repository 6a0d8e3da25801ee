"""`wence reader train`: what it writes, tells and refuses, on a tiny model in the cache."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.errors import InputError, SetupError
from index.embed import DEFAULT_MODEL, DEFAULT_VERSION
from index.reader import open_reader, read_about
from index.reader_training import Recipe
from service.reader_cli import reader_group, train_command
from tests.index.test_reader import write_tiny
from tests.index.test_squad import ask, write_squad

TEXT = "市税务局负责办税。"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The tiny model where the default one is kept."""
    folder = tmp_path / "cache" / "models" / f"{DEFAULT_MODEL}-{DEFAULT_VERSION}"
    return write_tiny(folder)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One question with an answer, one without."""
    none = {"question": "谁负责工作", "answers": []}
    return write_squad(tmp_path / "a.json", (TEXT, [ask("谁负责办税", "市税务局", 0), none]))


def train(model: Path, *args: Path | str) -> Result:
    """Run the command with the tiny model's cache."""
    environment = {"WENCE_CACHE": str(model.parent.parent)}
    return CliRunner().invoke(reader_group, ["train", *map(str, args)], env=environment)


def test_train_writes_a_reader_for_the_default_model(
    model: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.safetensors"
    result = train(model, "--data", data, "--out", out, "--epochs", "1", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told.keys() == {
        *("reader", "epochs", "loss", "model", "version", "data", "examples", "unanswered")
    }
    assert (told["reader"], told["epochs"], told["model"]) == (str(out), 1, DEFAULT_MODEL)
    assert told["loss"] > 0
    assert told["data"].keys() == {"a.json"}
    assert read_about(out) == {k: told[k] for k in told if k not in ("reader", "epochs", "loss")}
    assert "训练" in result.stderr
    reader = open_reader(model, out)
    assert reader is not None
    assert len(reader.read("谁负责办税", [TEXT])) == 1


def test_train_several_files_are_read_one_after_the_other(
    model: Path, data: Path, tmp_path: Path
) -> None:
    more = write_squad(tmp_path / "b.json", (TEXT, [{"question": "谁", "answers": []}]))
    out = tmp_path / "r.safetensors"
    result = train(model, "--data", data, more, "--out", out, "--epochs", "1")
    assert result.exit_code == 0, result.stderr
    assert list(read_about(out)["data"]) == ["a.json", "b.json"]  # type: ignore[call-overload]
    assert result.stdout.startswith(f"阅读器已存为 {out}：")


def test_train_own_questions_are_learned_last_and_told(
    model: Path, data: Path, tmp_path: Path
) -> None:
    own = write_squad(tmp_path / "own.json", (TEXT, [ask("哪家负责办税", "市税务局", 0)]))
    out = tmp_path / "r.safetensors"
    result = train(model, "--data", data, "--own", own, "--out", out, "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert list(told["data"]) == ["a.json", "own.json"]
    assert told["examples"] > 2


def test_train_same_files_give_the_same_bytes(model: Path, data: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(model, "--data", data, "--out", tmp_path / name, "--epochs", "1")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_train_default_epochs_are_the_recipes() -> None:
    (epochs,) = [p for p in train_command.params if p.name == "epochs"]
    assert epochs.default == Recipe().epochs


def test_train_file_of_another_form_is_an_input_error(model: Path, tmp_path: Path) -> None:
    bad = tmp_path / "坏.json"
    bad.write_text("{}", encoding="utf-8")
    result = train(model, "--data", bad, "--out", tmp_path / "r")
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(f"{bad} 不是 SQuAD 格式")
    assert result.stdout == ""


def test_train_file_without_questions_is_an_input_error(model: Path, tmp_path: Path) -> None:
    empty = write_squad(tmp_path / "空.json", (TEXT, []))
    result = train(model, "--data", empty, "--out", tmp_path / "r")
    assert isinstance(result.exception, InputError)
    assert "空.json 里没有问答" in str(result.exception)


def test_train_out_that_cannot_be_written_fails_before_the_training(
    model: Path, data: Path, tmp_path: Path
) -> None:
    result = train(model, "--data", data, "--out", tmp_path / "nowhere" / "r")
    assert isinstance(result.exception, SetupError)
    assert "请改权限，或用 --out 换一个文件" in str(result.exception)
    assert "训练" not in result.stderr


def test_train_without_data_is_wrong_usage(model: Path, tmp_path: Path) -> None:
    assert train(model, "--out", tmp_path / "r").exit_code == 2
