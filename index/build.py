"""Parsed documents and their questions → an index in memory."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.document import Measure
from corpus.errors import InputError
from corpus.examples import Spoken
from corpus.lexicon import Entry
from corpus.measures import Parsed
from corpus.questions import Question
from corpus.text import normalise
from index.adapt import Adapter, apply_adapter
from index.answerable import learn_boundary
from index.datatypes import Index
from index.embed import Embedder
from index.fuse import DEFAULT_CALIBRATIONS, WEIGHTS, Fusion
from index.learn import learn_fusion
from index.lexical import build_bm25
from index.tokens import Tokens, mine_dictionary
from index.vector import build_vectors
from index.views import context_text, own_questions, own_text, sentence_texts

CHUNK = 64
Progress = Callable[[int, int], None]
Vectors = NDArray[np.float32]
Key = tuple[str, bytes]
T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """A parsed document with its questions of both sorts and the adapter trained on them.

    `plain` are the plain words of its measures by their ids, `examples` those of the home page.
    """

    parsed: Parsed
    questions: tuple[Question, ...] = ()
    unanswerable: tuple[Question, ...] = ()
    adapter: Adapter | None = None
    plain: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Spoken, ...] = ()


def quiet(done: int, total: int) -> None:
    """Show no progress."""


def build_index(
    sources: Sequence[Source],
    embedder: Embedder,
    *,
    lexicon: Sequence[Entry] = (),
    previous: Index | None = None,
    sentences: bool = True,
    progress: Progress = quiet,
) -> Index:
    """Build an index; texts that `previous` (of the same model) holds are not encoded again.

    `sentences` are wanted where questions are to be answered, not only measures to be found.
    The adapter of a document is applied where it was trained for this model and is the only one.

    Raises:
        InputError: no document, or the same document id twice.
    """
    documents = {source.parsed.document.id: source.parsed.document for source in sources}
    if not sources or len(documents) != len(sources):
        names = "、".join(source.parsed.document.id for source in sources)
        raise InputError(f"需要至少一个文档，且编号不能重复；给出的是：{names or '无'}")
    measures = tuple(m for source in sources for m in source.parsed.measures)
    questions = tuple(q for source in sources for q in source.questions)
    unanswerable = tuple(q for source in sources for q in source.unanswerable)
    dictionary = mine_dictionary(measures)
    tokens = Tokens(dictionary)
    texts = _texts(measures, questions, unanswerable, sentences=sentences)
    if not any(tokens.terms(text) for text in texts.owns):
        raise InputError(f"{'、'.join(documents)} 里没有可检索的文字")
    vectors = _encode(texts, embedder, previous, progress)
    raw = np.concatenate([vectors.contexts, vectors.owns, vectors.asked])
    index = Index(
        documents=documents,
        schemas={source.parsed.document.id: source.parsed.schema for source in sources},
        ledgers={source.parsed.document.id: source.parsed.ledger for source in sources},
        measures=measures,
        questions=questions,
        unanswerable=unanswerable,
        dictionary=dictionary,
        lexicon=tuple(lexicon),
        words=build_bm25([tokens.terms(text) for text in texts.contexts]),
        own_words=build_bm25([tokens.terms(text) for text in texts.owns]),
        asked=build_bm25([tokens.terms(text) for text in texts.asked]) if questions else None,
        raw=raw,
        beyond=vectors.beyond,
        sentences=vectors.sentences,
        vectors=build_vectors(raw),
        heads=None,
        owners=own_questions(measures, questions),
        fusion=Fusion(WEIGHTS, DEFAULT_CALIBRATIONS, "not learned yet"),
        boundary=learn_boundary(vectors.asked, vectors.beyond, vectors.contexts),
        model=embedder.identity,
        plain={name: text for source in sources for name, text in source.plain.items()},
        examples=tuple(example for source in sources for example in source.examples),
    )
    adapters = [source.adapter for source in sources if source.adapter is not None]
    if len(adapters) == 1 and adapters[0].recipe["model"] == index.model:
        return apply_adapter(index, adapters[0])
    return replace(index, fusion=learn_fusion(index, tokens))


@dataclass(frozen=True)
class _Views(Generic[T]):
    """The texts of an index by their kind, or their vectors; the first three are passages."""

    contexts: T
    owns: T
    sentences: T
    asked: T
    beyond: T


def _texts(
    measures: Sequence[Measure],
    questions: Sequence[Question],
    unanswerable: Sequence[Question],
    *,
    sentences: bool,
) -> _Views[list[str]]:
    return _Views(
        [context_text(m) for m in measures],
        [own_text(m) for m in measures],
        [normalise(text) for text in sentence_texts(measures)] if sentences else [],
        [normalise(q.text) for q in questions],
        [normalise(q.text) for q in unanswerable],
    )


def _keys(texts: _Views[list[str]]) -> list[Key]:
    """What tells the texts apart, in the order of their kinds: passage or query, and a hash."""
    passages = texts.contexts + texts.owns + texts.sentences
    kinds = [("passage", text) for text in passages]
    kinds += [("query", text) for text in texts.asked + texts.beyond]
    return [(kind, hashlib.sha256(text.encode("utf-8")).digest()) for kind, text in kinds]


def _encode(
    texts: _Views[list[str]], embedder: Embedder, previous: Index | None, progress: Progress
) -> _Views[Vectors]:
    """The vectors of all texts; each distinct one is encoded once, unless `previous` has it."""
    known = _known(previous) if previous and previous.model == embedder.identity else {}
    parts = (texts.contexts, texts.owns, texts.sentences, texts.asked, texts.beyond)
    keys = _keys(texts)
    by_key = dict(zip(keys, [text for part in parts for text in part], strict=True))
    missing = [key for key in by_key if key not in known]
    done = 0
    for kind, encode in (
        ("passage", embedder.encode_passages),
        ("query", embedder.encode_queries),
    ):
        todo = sorted((k for k in missing if k[0] == kind), key=lambda k: len(by_key[k]))
        for start in range(0, len(todo), CHUNK):
            chunk = todo[start : start + CHUNK]
            known |= zip(chunk, encode([by_key[key] for key in chunk]), strict=True)
            done += len(chunk)
            progress(done, len(missing))
    vectors = np.stack([known[key] for key in keys])
    ends = np.cumsum([len(part) for part in parts[:-1]])
    return _Views(*np.split(vectors, ends))


def _known(index: Index) -> dict[Key, Vectors]:
    """The vectors of an index by the hashes of their texts."""
    texts = _texts(
        index.measures,
        index.questions,
        index.unanswerable,
        sentences=bool(len(index.sentences)),
    )
    passages = 2 * len(index.measures)
    views, asked = index.raw[:passages], index.raw[passages:]
    vectors = [*views, *index.sentences, *asked, *index.beyond]
    return dict(zip(_keys(texts), vectors, strict=True))
