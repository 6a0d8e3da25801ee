"""Parsed documents and their questions → an index in memory."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.errors import InputError
from corpus.lexicon import Entry
from corpus.measures import Parsed
from corpus.questions import Question
from corpus.text import normalise
from index.adapt import Adapter, apply_adapter
from index.datatypes import Index
from index.embed import Embedder
from index.fuse import DEFAULT_CALIBRATIONS, WEIGHTS, Fusion
from index.learn import learn_fusion
from index.lexical import build_bm25
from index.tokens import Tokens, mine_dictionary
from index.vector import build_vectors
from index.views import context_text, own_questions, own_text

CHUNK = 64
Progress = Callable[[int, int], None]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Source:
    """A parsed document with its questions and the adapter trained on them."""

    parsed: Parsed
    questions: tuple[Question, ...] = ()
    adapter: Adapter | None = None


def quiet(done: int, total: int) -> None:
    """Show no progress."""


def build_index(
    sources: Sequence[Source],
    embedder: Embedder,
    *,
    lexicon: Sequence[Entry] = (),
    previous: Index | None = None,
    progress: Progress = quiet,
) -> Index:
    """Build an index; texts that `previous` (of the same model) holds are not encoded again.

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
    dictionary = mine_dictionary(measures)
    tokens = Tokens(dictionary)
    contexts, owns = [context_text(m) for m in measures], [own_text(m) for m in measures]
    asked = [normalise(q.text) for q in questions]
    if not any(tokens.terms(text) for text in owns):
        raise InputError(f"{'、'.join(documents)} 里没有可检索的文字")
    raw = _encode(contexts + owns, asked, embedder, previous, progress)
    index = Index(
        documents=documents,
        measures=measures,
        questions=questions,
        dictionary=dictionary,
        lexicon=tuple(lexicon),
        words=build_bm25([tokens.terms(text) for text in contexts]),
        own_words=build_bm25([tokens.terms(text) for text in owns]),
        asked=build_bm25([tokens.terms(text) for text in asked]) if asked else None,
        raw=raw,
        vectors=build_vectors(raw),
        heads=None,
        owners=own_questions(measures, questions),
        fusion=Fusion(WEIGHTS, DEFAULT_CALIBRATIONS, "not learned yet"),
        model=embedder.identity,
    )
    adapters = [source.adapter for source in sources if source.adapter is not None]
    if len(adapters) == 1 and adapters[0].recipe["model"] == index.model:
        return apply_adapter(index, adapters[0])
    return replace(index, fusion=learn_fusion(index, tokens))


def _encode(
    passages: Sequence[str],
    queries: Sequence[str],
    embedder: Embedder,
    previous: Index | None,
    progress: Progress,
) -> Vectors:
    """The vectors of all views, in order; each distinct text is encoded once."""
    known = _known(previous) if previous and previous.model == embedder.identity else {}
    keys = [_key("passage", text) for text in passages] + [_key("query", t) for t in queries]
    texts = dict(zip(keys, [*passages, *queries], strict=True))
    missing = [key for key in texts if key not in known]
    done = 0
    for kind, encode in (
        ("passage", embedder.encode_passages),
        ("query", embedder.encode_queries),
    ):
        todo = sorted((k for k in missing if k[0] == kind), key=lambda k: len(texts[k]))
        for start in range(0, len(todo), CHUNK):
            chunk = todo[start : start + CHUNK]
            known |= zip(chunk, encode([texts[key] for key in chunk]), strict=True)
            done += len(chunk)
            progress(done, len(missing))
    return np.stack([known[key] for key in keys])


def _key(kind: str, text: str) -> tuple[str, bytes]:
    return kind, hashlib.sha256(text.encode("utf-8")).digest()


def _known(index: Index) -> dict[tuple[str, bytes], Vectors]:
    """The vectors of an index by the hashes of their texts."""
    passages = [*map(context_text, index.measures), *map(own_text, index.measures)]
    keys = [_key("passage", text) for text in passages]
    keys += [_key("query", normalise(q.text)) for q in index.questions]
    return dict(zip(keys, index.raw, strict=True))
