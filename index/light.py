"""BERT embedding models on OpenVINO: the same folder and vectors without importing torch.

Reads a sentence-transformers folder whose modules are a BERT encoder, mean pooling, optional
Dense heads without activation, and normalising, and builds that graph from its safetensors.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer

from index.runtime import op, ov

Weights = Mapping[str, NDArray[Any]]

BATCH = 16
IDENTITY = "torch.nn.modules.linear.Identity"
SUPPORTED = ("Transformer", "Pooling", "Dense", "Normalize")


def supports(folder: Path) -> bool:
    """Whether a folder is a model that this module can run: BERT, mean pooling, float weights."""
    try:
        modules = read_json(folder / "modules.json")
        kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
        heads = [read_json(folder / m["path"] / "config.json") for m in modules if m["path"]]
        config = read_json(folder / "config.json")
        pooling = read_json(folder / "1_Pooling" / "config.json")
    except (FileNotFoundError, KeyError):
        return False
    return (
        all(kind in SUPPORTED for kind in kinds)
        and kinds[:2] == ["Transformer", "Pooling"]
        and all(head.get("activation_function", IDENTITY) == IDENTITY for head in heads)
        and config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and bool(pooling.get("pooling_mode_mean_tokens") or pooling.get("pooling_mode") == "mean")
        and (folder / "model.safetensors").is_file()
        and (folder / "tokenizer.json").is_file()
    )


def read_json(path: Path) -> Any:
    """The value of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


class Runner:
    """A compiled graph of token ids and their mask; serves one caller at a time.

    Runs in bfloat16 where the processor has it (same top ten in 996 of 1,000 places), else in
    float32.
    """

    def __init__(self, graph: ov.Model) -> None:
        core = ov.Core()
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16" if native else "f32",
        }
        self._request = core.compile_model(graph, "CPU", settings).create_infer_request()
        self._lock = Lock()

    def run(self, tokens: Sequence[Encoding]) -> NDArray[np.float32]:
        """The graph's result for texts padded to one length, a row for each."""
        inputs = {
            "input_ids": np.array([t.ids for t in tokens], np.int64),
            "attention_mask": np.array([t.attention_mask for t in tokens], np.int64),
        }
        with self._lock:  # a request serves one caller; its result is its own memory
            result: NDArray[np.float32] = self._request.infer(inputs)[0].copy()
        return result


class LightModel:
    """A compiled encoder: texts in, L2-normalised vectors out."""

    def __init__(self, folder: Path) -> None:
        self._runner = Runner(build_graph(folder))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        limit = read_json(folder / "sentence_bert_config.json").get("max_seq_length") or 512
        self._tokenizer.enable_truncation(limit)
        self._tokenizer.enable_padding(pad_id=read_json(folder / "config.json")["pad_token_id"])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n texts to an (n, dimension) array, rows in the order of the texts."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        rows: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            vectors = self._runner.run(self._tokenizer.encode_batch([texts[i] for i in places]))
            rows |= zip(places, vectors, strict=True)
        return np.stack([rows[i] for i in range(len(texts))]).astype(np.float32)


def build_graph(folder: Path) -> ov.Model:
    """Build the embedder of a supported folder: ids and mask in, normalised vectors out."""
    body = build_body(read_json(folder / "config.json"), load_file(folder / "model.safetensors"))
    kept = op.unsqueeze(body.keep, _ints(2))
    pooled = op.divide(
        op.reduce_sum(op.multiply(body.hidden, kept), _ints(1)), op.reduce_sum(kept, _ints(1))
    )
    for module in read_json(folder / "modules.json"):
        if module["type"].endswith("Dense"):
            head = load_file(folder / module["path"] / "model.safetensors")
            pooled = linear(head, "linear", pooled)
    result = op.normalize_l2(pooled, _ints(1), 1e-12, "max")
    return ov.Model([op.result(result)], [body.ids, body.mask], "embedder")


@dataclass(frozen=True)
class Body:
    """An encoder without what stands on it.

    `ids` and `mask` are its inputs, (batch, length); `keep` is the mask in float32, `hidden` the
    last layer's states, (batch, length, size).
    """

    ids: ov.Node
    mask: ov.Node
    keep: ov.Node
    hidden: ov.Node


def build_body(config: Mapping[str, Any], weights: Weights) -> Body:
    """Build the nodes of a BERT encoder from its configuration and its weights.

    BERT after Devlin et al. 2019, https://arxiv.org/abs/1810.04805; post-layer-norm, erf GELU.
    """
    ids = op.parameter([-1, -1], np.int64, name="input_ids")
    mask = op.parameter([-1, -1], np.int64, name="attention_mask")
    for node, name in ((ids, "input_ids"), (mask, "attention_mask")):
        node.output(0).set_names({name})
    epsilon = float(config["layer_norm_eps"])
    hidden = _embed(weights, ids, epsilon)
    keep = op.convert(mask, np.float32)
    bias = op.multiply(
        op.subtract(op.unsqueeze(op.unsqueeze(keep, _ints(1)), _ints(1)), _floats(1.0)),
        _floats(1e9),
    )
    heads, size = config["num_attention_heads"], config["hidden_size"]
    for layer in range(config["num_hidden_layers"]):
        prefix = f"encoder.layer.{layer}"
        attended = _attend(weights, f"{prefix}.attention", hidden, bias, heads, size // heads)
        hidden = _norm(weights, f"{prefix}.attention.output.LayerNorm", attended, epsilon)
        wide = op.gelu(linear(weights, f"{prefix}.intermediate.dense", hidden), "erf")
        narrow = op.add(linear(weights, f"{prefix}.output.dense", wide), hidden)
        hidden = _norm(weights, f"{prefix}.output.LayerNorm", narrow, epsilon)
    return Body(ids, mask, keep, hidden)


def linear(weights: Weights, name: str, inputs: ov.Node) -> ov.Node:
    """A node of inputs times the weight of a name, plus its bias where there is one."""
    product = op.matmul(inputs, op.constant(weights[f"{name}.weight"]), False, True)
    bias = weights.get(f"{name}.bias")
    return product if bias is None else op.add(product, op.constant(bias))


def _ints(*values: int) -> ov.Node:
    return op.constant(np.array(values, np.int64))


def _floats(value: float) -> ov.Node:
    return op.constant(np.array(value, np.float32))


def _embed(weights: Weights, ids: ov.Node, epsilon: float) -> ov.Node:
    words = op.gather(op.constant(weights["embeddings.word_embeddings.weight"]), ids, _ints(0))
    length = op.squeeze(op.gather(op.shape_of(ids), _ints(1), _ints(0)), _ints(0))
    places = op.range(op.constant(np.int64(0)), length, op.constant(np.int64(1)), output_type="i64")
    positions = op.gather(
        op.constant(weights["embeddings.position_embeddings.weight"]), places, _ints(0)
    )
    kind = op.constant(weights["embeddings.token_type_embeddings.weight"][:1])
    return _norm(weights, "embeddings.LayerNorm", op.add(op.add(words, positions), kind), epsilon)


def _norm(weights: Weights, name: str, inputs: ov.Node, epsilon: float) -> ov.Node:
    centred = op.mvn(inputs, _ints(-1), True, epsilon, "inside_sqrt")
    return op.add(
        op.multiply(centred, op.constant(weights[f"{name}.weight"])),
        op.constant(weights[f"{name}.bias"]),
    )


def _attend(
    weights: Weights,
    name: str,
    hidden: ov.Node,
    bias: ov.Node,
    heads: int,
    size: int,
) -> ov.Node:
    """Self-attention with its residual: (batch, length, hidden) → the same."""

    def split(part: str) -> ov.Node:
        parted = op.reshape(linear(weights, f"{name}.self.{part}", hidden), shape, True)
        return op.transpose(parted, _ints(0, 2, 1, 3))

    shape = _ints(0, 0, heads, size)
    scaled = op.multiply(split("query"), _floats(size**-0.5))
    scores = op.add(op.matmul(scaled, split("key"), False, True), bias)
    mixed = op.matmul(op.softmax(scores, -1), split("value"), False, False)
    joined = op.reshape(op.transpose(mixed, _ints(0, 2, 1, 3)), _ints(0, 0, heads * size), True)
    return op.add(linear(weights, f"{name}.output.dense", joined), hidden)
