"""Tests of the embedders: prompts, identities, missing models, and parity of both forms."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError, SetupError
from index.embed import (
    DEFAULT_MODEL,
    HASHES,
    LightEmbedder,
    SentenceTransformerEmbedder,
    default_model,
    hash_model,
    open_embedder,
)
from index.light import LightModel, supports
from tests.fakes import DIMENSION, FakeEmbedder

TEXTS = (
    "一照多址怎么办理",
    "公司想在余杭再开一家分店，要不要重新办执照？",
    "一照多址怎麼辦理",
    "双随机、一公开",
    "市市场监管局",
    "各区、县（市）政府",
    "2022年6月",
    "CA证书",
    "What is the deadline?",
    "杭州e登记 APP 3.0",
    "推行“一网通办”，实现网上集中受理、就近领照。",
    "“四公开”升级为“八公开”",
    "《杭州市成品油监督管理条例》",
    "①材料②流程③时限",
    "ｆｕｌｌ　ｗｉｄｔｈ",
    "30%的费用，最高不超过50万元",
    "？",
    "企业在任意试点城市公共资源交易平台完成注册后，即可在全部试点城市及其区县参与投标。" * 3,
    "α β 门槛—壁垒……",
    "税",
)


def test_fake_embedder_same_text_is_one_and_other_characters_are_less() -> None:
    vectors = FakeEmbedder().encode_queries(["一照多址", "一照多址", "税"])
    assert vectors.shape == (3, DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert vectors[0] @ vectors[1] == pytest.approx(1)
    assert vectors[0] @ vectors[2] < 0.9


def test_encode_queries_default_model_gives_normalised_float_rows(
    embedder: LightEmbedder,
) -> None:
    vectors = embedder.encode_queries(TEXTS)
    assert vectors.shape == (20, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_encode_queries_batch_equals_one_at_a_time(embedder: LightEmbedder) -> None:
    together = embedder.encode_queries(TEXTS)
    alone = np.concatenate([embedder.encode_queries([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.999


def test_encode_queries_same_text_twice_gives_same_bytes(embedder: LightEmbedder) -> None:
    first, second = (embedder.encode_queries(TEXTS[:3]).tobytes() for _ in range(2))
    assert first == second


def test_encode_default_model_puts_its_prompts_before_the_texts(
    embedder: LightEmbedder, model_folder: Path
) -> None:
    bare = LightModel(model_folder)
    queries, passages = embedder.encode_queries(["税"]), embedder.encode_passages(["税"])
    np.testing.assert_array_equal(queries, bare.encode(["query: 税"]))
    np.testing.assert_array_equal(passages, bare.encode(["passage: 税"]))


def _copy(model: Path, target: Path, **files: object) -> Path:
    """A folder with the model's files by links, but for the JSON files given."""
    shutil.copytree(model, target, copy_function=os.symlink)
    for name, content in files.items():
        path = target / f"{name}.json"
        path.unlink()
        path.write_text(json.dumps(content), encoding="utf-8")
    return target


def test_encode_other_folder_uses_that_folders_prompts(model_folder: Path, tmp_path: Path) -> None:
    settings = {"prompts": {"query": "问：", "document": "文："}}
    folder = _copy(model_folder, tmp_path / "m", config_sentence_transformers=settings)
    opened, bare = open_embedder(str(folder), tmp_path), LightModel(model_folder)
    np.testing.assert_array_equal(opened.encode_queries(["税"]), bare.encode(["问：税"]))
    np.testing.assert_array_equal(opened.encode_passages(["税"]), bare.encode(["文：税"]))


def test_encode_folder_without_prompts_uses_none(model_folder: Path, tmp_path: Path) -> None:
    settings = {"__version__": {"sentence_transformers": "2.2.2"}}
    folder = _copy(model_folder, tmp_path / "m", config_sentence_transformers=settings)
    opened, bare = open_embedder(str(folder), tmp_path), LightModel(model_folder)
    np.testing.assert_array_equal(opened.encode_queries(["税"]), bare.encode(["税"]))
    np.testing.assert_array_equal(opened.encode_passages(["税"]), bare.encode(["税"]))


def test_identity_default_model_is_name_and_hash(
    embedder: LightEmbedder, model_folder: Path
) -> None:
    assert embedder.identity == f"{DEFAULT_MODEL} {hash_model(model_folder)}"
    assert len(hash_model(model_folder)) == 16


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_hash_model_one_byte_changed_differs(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"abc")
    before = hash_model(tmp_path)
    (tmp_path / name).write_bytes(b"abd")
    assert hash_model(tmp_path) != before


@pytest.mark.parametrize("start", [0, 1 << 20, 2 << 20, 3 << 20, 4 << 20])
def test_hash_model_bytes_zeroed_anywhere_in_the_weights_differs(
    tmp_path: Path, start: int
) -> None:
    weights = bytearray(b"\x01" * (5 << 20))  # five MiB: the middle is neither first nor last
    (tmp_path / "model.safetensors").write_bytes(weights)
    before = hash_model(tmp_path)
    weights[start : start + (1 << 19)] = bytes(1 << 19)
    (tmp_path / "model.safetensors").write_bytes(weights)
    assert hash_model(tmp_path) != before


def test_hash_model_same_files_elsewhere_are_equal_and_swapped_names_are_not(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, names in zip(
        folders, ("config tokenizer",) * 2 + ("tokenizer config",), strict=True
    ):
        folder.mkdir()
        for name, data in zip(names.split(), (b"abc", b"abd"), strict=True):
            (folder / f"{name}.json").write_bytes(data)
    first, same, swapped = map(hash_model, folders)
    assert first == same != swapped


def test_hash_model_one_byte_in_the_middle_of_a_large_file_changed_differs(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(bytes(5 << 20))
    before = hash_model(tmp_path)
    assert hash_model(tmp_path) == before  # out of the kept hashes
    with path.open("r+b") as stream:
        stream.seek(2 << 20)
        stream.write(b"x")
    assert hash_model(tmp_path) != before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model.safetensors": 1}', '{"a": [1, 2]}'])
def test_hash_model_damaged_kept_hashes_are_made_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(bytes(2 << 20))
    before = hash_model(tmp_path)
    (tmp_path / HASHES).write_text(content, encoding="utf-8")
    assert hash_model(tmp_path) == before


def test_default_model_second_call_writes_nothing(cache: Path, model_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in model_folder.rglob("*")}
    assert default_model(cache) == model_folder
    assert {path: path.stat().st_mtime_ns for path in model_folder.rglob("*")} == before


def test_default_model_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SetupError, match="不能写入"):
        default_model(tmp_path / "file")


def test_supports_default_model_is_supported(model_folder: Path) -> None:
    assert supports(model_folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config", {"model_type": "roberta", "hidden_act": "gelu"}),
        ("config", {"model_type": "bert", "hidden_act": "relu"}),
        ("modules", [{"type": "sentence_transformers.models.CLIPModel", "path": ""}]),
    ],
)
def test_supports_other_architecture_is_not_supported(
    model_folder: Path, tmp_path: Path, name: str, content: object
) -> None:
    assert not supports(_copy(model_folder, tmp_path / "m", **{name: content}))


def test_supports_dense_head_with_activation_is_not_supported(
    model_folder: Path, tmp_path: Path
) -> None:
    modules = json.loads((model_folder / "modules.json").read_text(encoding="utf-8"))
    dense = {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    folder = _copy(model_folder, tmp_path / "m", modules=[*modules[:2], dense, modules[2]])
    (folder / "2_Dense").mkdir()
    settings = {
        "in_features": 384,
        "out_features": 384,
        "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh",
    }
    (folder / "2_Dense" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert not supports(folder)


def test_supports_no_folder_is_not_supported(tmp_path: Path) -> None:
    assert not supports(tmp_path / "nowhere")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no-such-owner/no-such-model", "/no/such/folder"])
def test_open_embedder_missing_model_says_how_to_get_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="找不到嵌入模型") as error:
        open_embedder(name, tmp_path)
    message = str(error.value)
    assert name in message
    assert "WENCE_MODEL" in message
    assert DEFAULT_MODEL in message


@pytest.mark.slow
def test_light_embedder_equals_sentence_transformers(
    embedder: LightEmbedder, model_folder: Path
) -> None:
    reference = SentenceTransformerEmbedder(str(model_folder))
    queries = embedder.encode_queries(TEXTS) * reference.encode_queries(TEXTS)
    passages = embedder.encode_passages(TEXTS) * reference.encode_passages(TEXTS)
    assert queries.sum(axis=1).min() >= 0.999
    assert passages.sum(axis=1).min() >= 0.999


@pytest.mark.slow
def test_light_tokens_equal_the_sentence_transformers_tokenizer(model_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    light = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    model = SentenceTransformer(str(model_folder), device="cpu", local_files_only=True)
    for text in TEXTS:
        assert light.encode(text).ids == model.tokenizer(text)["input_ids"]
