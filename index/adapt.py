"""Domain adaptation: two small linear heads over frozen vectors, learned from the questions.

A query head and a passage head, each (dimension, dimension) and starting as the identity, are
trained so that each question is near the measure that it asks for and near that measure's other
questions (InfoNCE, van den Oord et al. 2018, https://arxiv.org/abs/1807.03748). The vectors are
encoded once, so an epoch costs a second and not minutes; an index without an adapter is
untouched.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from corpus.errors import InputError, ModelError
from index.datatypes import Heads, Index
from index.fuse import Calibration
from index.heads import adapt_views
from index.learn import ENOUGH, Sample, collect, fit, trainable
from index.tokens import Tokens

FILE = "adapter.npz"
FOLDS = 5
STEPS, BATCH, RATE, TEMPERATURE, DECAY = 60, 512, 1e-3, 0.03, 0.01
ALONE, ITEM = 0.5, 0.3  # weights of the losses beside the one of the text in context
Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Adapter:
    """Heads with the calibrations that go with them, and the recipe that made both."""

    heads: Heads
    calibrations: Mapping[str, Calibration]
    recipe: Mapping[str, Any]


def train_adapter(index: Index, *, progress: Progress) -> Adapter:
    """Train the heads on all questions; calibrate on heads that have not seen the question.

    Raises:
        InputError: too few questions.
    """
    rows = trainable(index)
    if len(rows) < ENOUGH:
        raise InputError(f"只有 {len(rows)} 个问法，至少要 {ENOUGH} 个才能训练适配器")
    tokens = Tokens(index.dictionary)
    folds = np.random.default_rng(0).permutation(len(rows)) % FOLDS
    samples: list[Sample] = []
    for fold in range(FOLDS):
        seen = [row for row, f in zip(rows, folds, strict=True) if f != fold]
        hidden = [row for row, f in zip(rows, folds, strict=True) if f == fold]
        adapted = adapt_views(index, train_heads(index, seen))
        samples += collect(adapted, tokens, hidden)
        progress(fold + 1, FOLDS + 1)
    heads = train_heads(index, rows)
    progress(FOLDS + 1, FOLDS + 1)
    provenance = f"{FOLDS} folds over {len(rows)} questions, each with and without its item"
    recipe = {
        "model": index.model,
        "documents": {d.id: d.sha256 for d in index.documents.values()},
        "questions": len(index.questions),
        "steps": STEPS,
        "batch": BATCH,
        "rate": RATE,
        "temperature": TEMPERATURE,
        "decay": DECAY,
        "seed": 0,
    }
    return Adapter(heads, fit(samples, provenance), recipe)


def train_heads(index: Index, rows: list[int]) -> Heads:
    """Train the two heads on the given questions (each asks for one measure)."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    torch.set_num_threads(1)
    torch.manual_seed(0)
    n, owners = len(index.measures), index.owners
    raw = torch.tensor(index.raw)
    context, alone = raw[:n], raw[n : 2 * n]
    asked = raw[2 * n :][rows]
    target = torch.tensor(owners.measure_of[rows])
    broad = np.flatnonzero(owners.measure_of < 0)
    item_asked = raw[2 * n :][broad]
    in_item = torch.tensor(owners.item_of[broad][:, None] == owners.items[None])
    size = raw.shape[1]
    identity = torch.eye(size)
    query = torch.eye(size, requires_grad=True)
    passage = torch.eye(size, requires_grad=True)
    optimizer = torch.optim.Adam([query, passage], lr=RATE)
    for _ in range(STEPS):
        batch = torch.randperm(len(rows))[:BATCH]
        at = torch.arange(len(batch))
        questions = normalize(asked @ query.T, dim=1)
        contexts = normalize(context @ passage.T, dim=1)
        owns = normalize(alone @ passage.T, dim=1)
        here = questions[batch]
        loss = cross_entropy(here @ contexts.T / TEMPERATURE, target[batch])
        loss = loss + ALONE * cross_entropy(here @ owns.T / TEMPERATURE, target[batch])
        scores = (here @ questions.T / TEMPERATURE).index_put((at, batch), torch.tensor(-1e4))
        same = (target[batch][:, None] == target[None]).index_put((at, batch), torch.tensor(False))
        loss = loss + _contrast(scores, same)
        if len(broad):
            wide = normalize(item_asked @ query.T, dim=1) @ contexts.T / TEMPERATURE
            loss = loss + ITEM * _contrast(wide, in_item)
        drift = ((query - identity) ** 2).sum() + ((passage - identity) ** 2).sum()
        loss = loss + DECAY * drift
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Heads(query.detach().numpy().copy(), passage.detach().numpy().copy())


def _contrast(scores: Any, wanted: Any) -> Any:
    """The mean −log share of the wanted columns in each row's softmax."""
    return (scores.logsumexp(1) - scores.masked_fill(~wanted, -1e4).logsumexp(1)).mean()


def apply_adapter(index: Index, adapter: Adapter) -> Index:
    """The index with its views adapted and the adapter's calibrations.

    Raises:
        ModelError: the adapter was trained for another model.
    """
    if adapter.recipe["model"] != index.model:
        raise ModelError(
            f"适配器为模型 {adapter.recipe['model']} 训练，索引用的是 {index.model}；"
            "请用 wence adapt 重新训练"
        )
    adapted = adapt_views(index, adapter.heads)
    fusion = replace(
        index.fusion,
        calibrations=adapter.calibrations,
        provenance=f"adapter: {next(iter(adapter.calibrations.values())).provenance}",
    )
    return replace(adapted, fusion=fusion)


def save_adapter(adapter: Adapter, path: Path) -> None:
    """Write an adapter as one .npz of two half-precision matrices and a JSON text."""
    about = {
        "recipe": dict(adapter.recipe),
        "calibrations": {mode: asdict(c) for mode, c in adapter.calibrations.items()},
    }
    np.savez_compressed(
        path,
        query=adapter.heads.query.astype(np.float16),
        passage=adapter.heads.passage.astype(np.float16),
        about=np.array(json.dumps(about, ensure_ascii=False)),
    )


def load_adapter(path: Path) -> Adapter:
    """Read what `save_adapter` wrote.

    Raises:
        InputError: it is not such a file.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            heads = Heads(arrays["query"].astype(np.float32), arrays["passage"].astype(np.float32))
        calibrations = {
            mode: Calibration(c["intercept"], tuple(c["coefficients"]), c["provenance"])
            for mode, c in about["calibrations"].items()
        }
        return Adapter(heads, calibrations, {**about["recipe"]})
    except (
        *(ValueError, KeyError, OSError, EOFError, BadZipFile),
        *(TypeError, AttributeError, NotImplementedError, RuntimeError),
    ) as error:
        cause = " ".join(str(error).split())
        raise InputError(f"{path} 不是适配器文件（{cause}）；请用 wence adapt 重新训练") from error
