"""Trains the extractive reader: the upper layers of the default encoder and two scores a token.

Devlin et al. 2019 for the span head (https://arxiv.org/abs/1810.04805, section 4.2: the start and
the end are two scores a token, the first token stands for “no answer”). What was learned is
stored as a low-rank difference; the encoder itself is not changed, so that the retrieval vectors
stay as they are. `index.reader` runs what is trained here.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from corpus.errors import InputError
from index.light import read_json
from index.reader import FORMAT, open_tokenizer, pair
from index.squad import Example

HEAD = 3.0  # the rate of the head by that of the layers: it begins at nothing
WARMUP = 0.05  # share of the steps in which the rate rises; it falls to 0 in the others
DECAY, CLIP = 0.01, 1.0  # of the weights and of the gradient's norm
JITTER = 20.0  # tokens by which the lengths of a batch may differ, so that epochs differ
TOLD = 20  # steps between two reports, and whose losses are averaged
MASKED = -1e4  # the score of a place that holds no token


@dataclass(frozen=True)
class Recipe:
    """How a reader is trained; stored beside its weights."""

    rank: int = 64
    frozen: int = 4  # layers below which nothing differs
    epochs: int = 1  # over all examples, before the last pass over one's own
    batch: int = 16
    rate: float = 3e-4
    beside: int = 4000  # of the other examples in the last pass, so that they are not forgotten
    seed: int = 7


class SpanModel(nn.Module):
    """Token ids in, (batch, length, 2) scores of a start and an end out."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.padding: int = read_json(folder / "config.json")["pad_token_id"]
        self.head = nn.Linear(self.bert.config.hidden_size, 2)
        self.bert.requires_grad_(False)
        self.upper = {
            f"encoder.layer.{n}": layer for n, layer in enumerate(self.bert.encoder.layer)
        }
        for name in [f"encoder.layer.{n}" for n in range(recipe.frozen)]:
            self.upper.pop(name, None)
        for layer in self.upper.values():
            layer.requires_grad_(True)
        self.begun = {name: p.detach().clone() for name, p in self.learned()}

    def learned(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The parameters of the upper layers by their names in the encoder's file."""
        for layer, module in self.upper.items():
            for name, parameter in module.named_parameters():
                yield f"{layer}.{name}", parameter

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Score every token as a start and as an end."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        scores: torch.Tensor = self.head(hidden.float())
        return scores


def train_reader(
    folder: Path,
    examples: Sequence[Example],
    own: Sequence[Example],
    recipe: Recipe,
    told: Callable[[int, int, float], None],
) -> SpanModel:
    """Train on examples, then once on `own` with some of the others beside them.

    `own` are questions to documents like those that will be read. `told` hears step, steps and
    mean loss now and then. Examples whose answer is cut off with the end of a long window are
    left out.

    Raises:
        InputError: no example is left.
    """
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)  # noqa: S311
    tokenizer = open_tokenizer(folder)
    rows, last = (
        [row for example in part if (row := _encode(tokenizer, example)) is not None]
        for part in (examples, own)
    )
    if not rows:
        raise InputError("没有可以训练的问答")
    model = SpanModel(folder, recipe)
    if last:
        last += chance.sample(rows, min(recipe.beside, len(rows)))
    passes = [rows] * recipe.epochs + ([last] if last else [])
    batches = [batch for part in passes for batch in _batches(part, recipe.batch, chance)]
    turn = sum(-(-len(part) // recipe.batch) for part in passes[: recipe.epochs])
    layers: dict[str, Any] = {"params": [parameter for _, parameter in model.learned()]}
    head: dict[str, Any] = {"params": model.head.parameters(), "lr": HEAD * recipe.rate}
    optimiser = torch.optim.AdamW([layers, head], lr=recipe.rate, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, _falling(turn, len(batches)))
    model.train()
    losses: list[float] = []
    for batch in batches:
        loss = _loss(model, batch)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([p for _, p in model.learned()], CLIP)
        optimiser.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if len(losses) % TOLD == 0 or len(losses) == len(batches):
            told(len(losses), len(batches), float(np.mean(losses[-TOLD:])))
    return model.eval()


def _falling(turn: int, steps: int) -> Callable[[int], float]:
    """The share of the rate at a step: rising, falling to half of it at `turn`, then to nothing."""

    def share(step: int) -> float:
        if turn == steps:
            falling = (steps - step) / steps
        elif step < turn:
            falling = 1 - step / turn / 2
        else:
            falling = (steps - step) / (steps - turn) / 2
        return min((step + 1) / (WARMUP * steps), falling)

    return share


def save_reader(path: Path, model: SpanModel, recipe: Recipe, about: Mapping[str, object]) -> None:
    """Write what was learned in float16, with the recipe in the file's metadata.

    Of a matrix the `rank` largest singular directions of its difference (Eckart & Young 1936),
    as `up` (out, rank) and `down` (rank, in); biases and norms as they are.
    """
    tensors: dict[str, NDArray[np.float16]] = {
        "head.weight": model.head.weight.detach().numpy().astype(np.float16),
        "head.bias": model.head.bias.detach().numpy().astype(np.float16),
    }
    for name, parameter in model.learned():
        if parameter.ndim == 1:
            tensors[name] = parameter.detach().numpy().astype(np.float16)
            continue
        difference = (parameter.detach() - model.begun[name]).numpy().astype(np.float64)
        left, sizes, right = np.linalg.svd(difference, full_matrices=False)
        kept, stem = np.sqrt(sizes[: recipe.rank]), name.removesuffix(".weight")
        tensors[f"{stem}.up"] = (left[:, : recipe.rank] * kept).astype(np.float16)
        tensors[f"{stem}.down"] = (kept[:, None] * right[: recipe.rank]).astype(np.float16)
    metadata = {
        "format": FORMAT,
        "recipe": json.dumps(asdict(recipe)),
        "about": json.dumps(about, ensure_ascii=False, sort_keys=True),
    }
    path.write_bytes(_sorted_header(save(tensors, metadata=metadata)))


def _sorted_header(data: bytes) -> bytes:
    """A safetensors file with its header in order: the library shuffles the metadata's names.

    Eight bytes of the header's length, the header in JSON padded to eight bytes, the tensors.
    """
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.dumps(
        json.loads(data[8:begin]), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[begin:]


@dataclass(frozen=True)
class _Row:
    ids: tuple[int, ...]
    start: int
    end: int


def _encode(tokenizer: Tokenizer, example: Example) -> _Row | None:
    """Token ids and the span's tokens; None where the answer is cut off."""
    encoding = tokenizer.encode(*pair(example.question, example.window))
    start = end = 0
    if example.span is not None:
        held = [
            place
            for place, (owner, (low, high)) in enumerate(
                zip(encoding.sequence_ids, encoding.offsets, strict=True)
            )
            if owner == 1 and low < example.span.end and example.span.start < high
        ]
        if not held:
            return None
        start, end = held[0], held[-1]
    return _Row(tuple(encoding.ids), start, end)


def _batches(rows: Sequence[_Row], size: int, chance: random.Random) -> list[list[_Row]]:
    """Batches of like length, in a random order."""
    order = sorted(rows, key=lambda row: len(row.ids) + JITTER * chance.random())
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    chance.shuffle(batches)
    return batches


def _loss(model: SpanModel, batch: Sequence[_Row]) -> torch.Tensor:
    """The cross entropy of the start plus that of the end, over the tokens of each row."""
    ids, mask = _tensors(batch, model.padding)
    with torch.autocast("cpu", torch.bfloat16):
        scores = model(ids, mask)
    scores = scores.float().masked_fill(mask.unsqueeze(2) == 0, MASKED)
    starts = torch.tensor([row.start for row in batch])
    ends = torch.tensor([row.end for row in batch])
    begun = nn.functional.cross_entropy(scores[..., 0], starts)
    return begun + nn.functional.cross_entropy(scores[..., 1], ends)


def _tensors(batch: Sequence[_Row], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids (batch, longest) and their mask."""
    longest = max(len(row.ids) for row in batch)
    ids = torch.full((len(batch), longest), padding)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(batch):
        ids[place, : len(row.ids)] = torch.tensor(row.ids)
        mask[place, : len(row.ids)] = 1
    return ids, mask
