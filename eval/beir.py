"""A foreign set in BEIR layout: a throw-away index over its own corpus, then the same figures."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.document import DOCUMENT_ID, Document, Measure, Span
from corpus.errors import InputError
from corpus.measures import Counts, Ledger, Parsed
from corpus.text import strip_layout
from eval.dataset import (
    Passage,
    Qrels,
    Query,
    Run,
    judged,
    read_corpus,
    read_qrels,
    read_queries,
)
from eval.retrieval import Figures, Outcome, run_mode, score
from index.build import Source, build_index
from index.embed import Embedder
from index.search import Searcher

GAP = "\n\n"


@dataclass(frozen=True)
class ForeignSet:
    """A set's passages, and the queries that its split judges; qrels hold the passages' ids."""

    name: str
    passages: tuple[Passage, ...]
    queries: tuple[Query, ...]
    qrels: Qrels


@dataclass(frozen=True)
class Foreign:
    """The figures over a foreign set, one a mode, and the outcomes behind them."""

    name: str
    passages: int
    figures: tuple[Figures, ...]
    outcomes: tuple[Outcome, ...]


def read_set(folder: Path, *, split: str = "test") -> ForeignSet:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels/{split}.tsv` of a folder.

    Raises:
        InputError: a file is missing, a line is bad, or the qrels name what is not there.
    """
    passages = read_corpus(folder / "corpus.jsonl")
    known = {passage.id for passage in passages}

    def resolve(text: str) -> str:
        if text not in known:
            raise InputError(f"corpus.jsonl 里没有 {text!r}")
        return text

    qrels = read_qrels(folder / "qrels" / f"{split}.tsv", resolve)
    queries = judged(read_queries(folder / "queries.jsonl"), qrels)
    return ForeignSet(folder.resolve().name, passages, queries, qrels)


def to_document(name: str, passages: Sequence[Passage]) -> tuple[Document, tuple[Measure, ...]]:
    """Lay passages into one document; passage i (from 1) is the measure `{document}:i.1.1`."""
    identity = name if DOCUMENT_ID.fullmatch(name) else "foreign"
    pieces: list[str] = []
    places: list[tuple[Span | None, Span]] = []
    offset = 0
    for passage in passages:
        heading = f"{passage.title}\n" if passage.title not in ("", passage.text) else ""
        title = Span(offset, offset + len(passage.title)) if heading else None
        body = offset + len(heading)
        places.append((title, Span(body, body + len(passage.text))))
        pieces.append(heading + passage.text)
        offset = body + len(passage.text) + len(GAP)
    text = GAP.join(pieces)
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    measures = tuple(
        _measure(identity, number, passage, *place)
        for number, (passage, place) in enumerate(zip(passages, places, strict=True), 1)
    )
    return Document(identity, name, "", "", "BEIR", text, sha256), measures


def _measure(
    document: str, number: int, passage: Passage, title: Span | None, text: Span
) -> Measure:
    heading = strip_layout(passage.title) if title is not None else ""
    return Measure(
        document=document,
        aspect="",
        item=number,
        title=heading,
        content="",
        row=1,
        scope="",
        number=1,
        text=strip_layout(passage.text),
        lead_units=(),
        responsible_units=(),
        due="",
        applicable=True,
        path=(heading,) if heading else (),
        spans={"text": text} if title is None else {"text": text, "title": title},
    )


def builder(embedder: Embedder) -> Callable[[Sequence[Measure], Document], Searcher]:
    """What builds a throw-away searcher in memory; nothing is written."""

    def build(measures: Sequence[Measure], document: Document) -> Searcher:
        count = len(measures)
        ledger = Ledger(document.id, None, Counts(0, count, count), count, 0, count, 0)
        source = Source(Parsed(document, tuple(measures), ledger))
        return Searcher(build_index([source], embedder, sentences=False), embedder)

    return build


def score_set(
    foreign: ForeignSet,
    build: Callable[[Sequence[Measure], Document], Searcher],
    *,
    modes: Sequence[str],
) -> Foreign:
    """Index the passages with `build`, run the queries in each mode, score against the qrels."""
    document, measures = to_document(foreign.name, foreign.passages)
    searcher = build(measures, document)
    names = {m.id: p.id for m, p in zip(measures, foreign.passages, strict=True)}
    outcomes = []
    for mode in modes:
        outcome = run_mode(searcher, foreign.queries, mode)
        outcomes.append(
            replace(
                outcome,
                run=_rename(outcome.run, names),
                probabilities=_rename(outcome.probabilities, names),
            )
        )
    figures = score(outcomes, foreign.qrels, foreign.queries)
    return Foreign(foreign.name, len(measures), figures, tuple(outcomes))


def _rename(run: Run, names: dict[str, str]) -> dict[str, dict[str, float]]:
    return {qid: {names[m]: value for m, value in hits.items()} for qid, hits in run.items()}
