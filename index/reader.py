"""The extractive reader: a question and passages → a score for every span of characters.

The default encoder with the small difference that `index.reader_training` learned, merged at
loading, and two scores a token on top of it: the answer starts here, the answer ends here
(Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 4.2). Runs on OpenVINO as the
embedder does; nothing here needs torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer

from corpus.document import Span
from corpus.errors import ModelError
from corpus.text import normalise
from index.embed import DEFAULT_MODEL, DEFAULT_VERSION, default_model
from index.light import Runner, Weights, build_body, linear, read_json, supports
from index.runtime import op, ov

WEIGHTS = Path(__file__).with_name("reader.safetensors")
FORMAT = "1"
PROMPT = "query: "
ASKED = 120  # characters of a question that are read: always fewer tokens than half of
TOKENS = 384  # which is what a question and a passage may have together
LONGEST = 60  # characters of a span
STOPS = "。；！？"  # a span stands on one side of them
EDGES = STOPS + "，、：,:;!?.．…·—～~\"'" + " \t\r\n\u3000\u00a0"
CLOSERS = dict(zip("《〈“‘（(【〔「『［[", "》〉”’）)】〕」』］]", strict=True))


@dataclass(frozen=True)
class Scored:
    """A span of a passage's characters; above 0 it answers rather than nothing does."""

    span: Span
    score: float


@dataclass(frozen=True, eq=False)
class Reading:
    """What the reader makes of one passage of n tokens, in the order of the text.

    `starts` and `ends` are (n,) scores of a token as the answer's first and last; `offsets`
    (n, 2) are the characters that each token holds, end exclusive; `none` scores “no answer”.
    Characters that were cut off belong to no token.
    """

    passage: str
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    offsets: NDArray[np.int64]
    none: float

    def __post_init__(self) -> None:
        if not len(self.starts) == len(self.ends) == len(self.offsets):
            raise ValueError(
                f"{len(self.starts)} starts, {len(self.ends)} ends, {len(self.offsets)} offsets"
            )

    def score(self, span: Span) -> float:
        """The score of any span of the passage; that of the worst one where no token holds it."""
        lows, highs = self.offsets.T
        first = int(np.searchsorted(highs, span.start, "right"))
        last = int(np.searchsorted(lows, span.end, "left")) - 1
        if first > last:
            return float(self.starts.min(initial=0) + self.ends.min(initial=0) - self.none)
        return float(self.starts[first] + self.ends[last] - self.none)

    def best(self, k: int, longest: int = LONGEST) -> tuple[Scored, ...]:
        """The k best spans, best first; of spans that overlap only the best.

        A span has at most `longest` characters, holds no end of a sentence, and neither begins
        nor ends with punctuation, but for brackets and quotes whose other half it holds too.
        """
        lows, highs = self._edges()
        scores = self._pairs(lows, highs, longest)
        found: list[Scored] = []
        while len(found) < k and scores.size:
            first, last = divmod(int(scores.argmax()), len(lows))
            score = float(scores[first, last])
            if score == -np.inf:
                break
            span = _bare(self.passage, Span(int(lows[first]), int(highs[last])))
            if span.start >= self.offsets[first, 1] or span.end <= self.offsets[last, 0]:
                scores[first, last] = -np.inf  # a bracket without its other half, and no more
                continue
            found.append(Scored(span, score))
            scores[(lows[:, None] < span.end) & (highs > span.start)] = -np.inf
        return tuple(found)

    def _edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where a span begins that begins in a token, and ends that ends there: without marks."""
        places = np.arange(len(self.passage))
        inner = np.array([c not in EDGES for c in self.passage], bool)
        after = np.where(inner, places, len(places))[::-1]
        following = np.minimum.accumulate(after)[::-1]
        previous = np.maximum.accumulate(np.where(inner, places, -1))
        lows, highs = self.offsets.T
        if not len(places):
            return lows, highs
        return following[lows], previous[highs - 1] + 1

    def _pairs(
        self, lows: NDArray[np.int64], highs: NDArray[np.int64], longest: int
    ) -> NDArray[np.float32]:
        """(n, n) scores of a start and an end, −∞ where they make no span."""
        stops = np.cumsum([0, *(c in STOPS for c in self.passage)])
        order = np.arange(len(lows))
        # Tokens may share a character: it begins with the first of them and ends with the last.
        begins = np.searchsorted(self.offsets[:, 1], lows, "right") == order
        ends = np.searchsorted(self.offsets[:, 0], highs, "left") - 1 == order
        lengths = highs - lows[:, None]
        sound = (
            (begins[:, None] & ends)
            & (lengths > 0)
            & (lengths <= longest)
            & (stops[highs] == stops[np.minimum(lows, len(self.passage))][:, None])
        )
        return np.where(sound, self.starts[:, None] + self.ends - self.none, -np.inf).astype(
            np.float32
        )


def _bare(text: str, span: Span) -> Span:
    """The span without edges that are punctuation or half a pair of brackets or quotes."""
    opened: list[int] = []
    halves: set[int] = set()
    for place in range(span.start, span.end):
        if text[place] in CLOSERS:
            opened.append(place)
        elif text[place] in CLOSERS.values():
            if opened and CLOSERS[text[opened[-1]]] == text[place]:
                opened.pop()
            else:
                halves.add(place)
    halves.update(opened)
    start, end = span.start, span.end
    while start < end and (start in halves or text[start] in EDGES):
        start += 1
    while start < end and (end - 1 in halves or text[end - 1] in EDGES):
        end -= 1
    return Span(start, end)


class Reader:
    """A compiled reader: a question and passages in, a Reading of each passage out."""

    def __init__(self, folder: Path, weights: Path) -> None:
        """Load a model folder that `index.light.supports` with the difference in a file.

        Raises:
            ModelError: the file is no reader's, or was made for a model of other sizes.
        """
        self._runner = Runner(build_graph(folder, weights))
        self._tokenizer = open_tokenizer(folder)
        self._tokenizer.enable_padding(pad_id=read_json(folder / "config.json")["pad_token_id"])

    def read(self, question: str, passages: Sequence[str]) -> tuple[Reading, ...]:
        """Score the spans of passages, in their order, as answers to a question: one batch."""
        if not passages:
            return ()
        tokens = self._tokenizer.encode_batch([pair(question, passage) for passage in passages])
        scores = self._runner.run(tokens)
        return tuple(
            _reading(passage, encoding, rows)
            for passage, encoding, rows in zip(passages, tokens, scores, strict=True)
        )


def _reading(passage: str, encoding: Encoding, scores: NDArray[np.float32]) -> Reading:
    """Scores (length, 2) of a pair's tokens, cut to the tokens of the passage."""
    held = [place for place, owner in enumerate(encoding.sequence_ids) if owner == 1]
    offsets = np.array(encoding.offsets, np.int64)[held]
    starts, ends = scores[held].T
    return Reading(passage, starts, ends, offsets, float(scores[0].sum()))


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of question and passage: `<s> question </s> </s> passage </s>`, cut to fit."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS, strategy="only_second")
    return tokenizer


def pair(question: str, passage: str) -> tuple[str, str]:
    """The two texts that are read together."""
    return f"{PROMPT}{normalise(question)[:ASKED]}", passage


def build_graph(folder: Path, path: Path) -> ov.Model:
    """Token ids and mask in, (batch, length, 2) scores of starts and ends out."""
    config, learned = read_json(folder / "config.json"), _load(path)
    weights = dict(load_file(folder / "model.safetensors"))
    try:
        for name in (n.removesuffix(".up") for n in learned if n.endswith(".up")):
            weights[f"{name}.weight"] = weights[f"{name}.weight"] + (
                learned[f"{name}.up"] @ learned[f"{name}.down"]
            )
        weights |= {name: learned[name] for name in learned if name in weights}  # small: biases
        head = {name: learned[name] for name in ("head.weight", "head.bias")}
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path} 与模型 {folder} 不合（{error}）；请重新训练阅读器") from error
    if head["head.weight"].shape != (2, config["hidden_size"]):
        raise ModelError(f"{path} 与模型 {folder} 不合（{head['head.weight'].shape}）")
    body = build_body(config, weights)
    return ov.Model([op.result(linear(head, "head", body.hidden))], [body.ids, body.mask], "reader")


def _load(path: Path) -> Weights:
    """The tensors of a reader's file in float32."""
    read_about(path)
    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}


def read_about(path: Path) -> Mapping[str, object]:
    """What a reader's file says of its making: the model, the data.

    Raises:
        ModelError: it is no such file.
    """
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
        if metadata["format"] != FORMAT:
            raise ModelError(f"{path} 的格式是 {metadata['format']}，本程序读的是 {FORMAT}")
        about: Mapping[str, object] = json.loads(metadata["about"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{path} 不是阅读器文件（{error}）；请重新训练阅读器") from error
    return about


def open_reader(folder: Path, weights: Path = WEIGHTS) -> Reader | None:
    """Open the reader of a model folder; None where the file was not made for that model.

    A difference fits the weights beside which it was learned alone: the default model's.

    Raises:
        ModelError: the file is damaged.
    """
    if folder.name != f"{DEFAULT_MODEL}-{DEFAULT_VERSION}" or not supports(folder):
        return None
    if not weights.is_file() or read_about(weights).get("model") != DEFAULT_MODEL:
        return None
    return Reader(folder, weights)


def open_default_reader(cache: Path) -> Reader | None:
    """The packaged reader beside the default model in the cache, where that was made."""
    return open_reader(default_model(cache))
