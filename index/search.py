"""The Searcher: a query in, ranked hits out."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Measure, Span, parse_measure_id
from corpus.errors import InputError, NotFoundError
from corpus.lexicon import Entry
from corpus.text import normalise
from index.answerable import Boundary
from index.datatypes import Index
from index.embed import Embedder
from index.filters import EVERY, Filters, check_filters, meets
from index.fuse import MODES, calibrate, features, fuse_modes
from index.heads import through
from index.highlight import highlight
from index.lexicon import Lexicon
from index.query import Address, Corrector, Query, read_query
from index.related import Related, Relater
from index.signals import dense_rows, gather, weigh
from index.tokens import Tokens
from index.views import DENSE, LEXICAL, context_text

MOST = 100


@dataclass(frozen=True)
class Arms:
    """What each arm says of a hit: its best cosine and BM25 score, and its rank by each arm."""

    dense: float
    bm25: float
    dense_rank: int
    bm25_rank: int


@dataclass(frozen=True)
class Hit:
    """A measure in a result list.

    `score` is a calibrated probability that the measure is relevant; `highlights` are spans of
    `measure.text`; `matched_view` is "text" or "question", `matched_text` what was matched.
    """

    rank: int
    score: float
    measure: Measure
    highlights: tuple[Span, ...]
    matched_view: str
    matched_text: str
    signals: Arms


@dataclass(frozen=True)
class Result:
    """The hits of a query, best first; `normalized` is what was searched, `bare` if only an id.

    `answerable` is the probability that the documents can answer it: the first hit's score
    where nothing was `learned` of questions that its document can't, 1 where it names an id that
    is there. `vector` is the embedder's own.
    """

    query: str
    normalized: str
    hits: tuple[Hit, ...]
    answerable: float
    vector: NDArray[np.float32] = field(compare=False, repr=False)
    learned: bool = False
    bare: bool = False


class Searcher:
    """Loads once, then answers queries; safe to share between threads for reading."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self.embedder = embedder
        self.tokens = Tokens(index.dictionary)
        self._lexicon = Lexicon(index.lexicon)
        self._contexts = [context_text(m) for m in index.measures]
        questions = [normalise(q.text) for q in index.questions]
        self._corrector = Corrector(self.tokens, self._contexts + questions)
        self._rows = {m.id: row for row, m in enumerate(index.measures)}
        self._bounded = frozenset(q.document for q in index.unanswerable)
        self._clauses = not any("title" in m.spans for m in index.measures)

    @property
    def measures(self) -> Sequence[Measure]:
        """All measures, in document order."""
        return self.index.measures

    @property
    def documents(self) -> Mapping[str, Document]:
        """All documents by id."""
        return self.index.documents

    def measure(self, name: str) -> Measure:
        """The measure of an id; the document part may be left out while it is unambiguous.

        Raises:
            InputError: the id has another form, or names measures of several documents.
            NotFoundError: there is no such measure.
        """
        wanted = parse_measure_id(name)
        tail = f"{wanted.item}.{wanted.row}.{wanted.number}"
        names = [wanted.document] if wanted.document else list(self.documents)
        found = [self._rows[f"{d}:{tail}"] for d in names if f"{d}:{tail}" in self._rows]
        if not found:
            raise NotFoundError(f"没有举措 {name}；{self._extent(names, wanted.item)}")
        if len(found) > 1:
            raise InputError(f"几个文档里都有 {tail}；请写全，例如 {self.measures[found[0]].id}")
        return self.measures[found[0]]

    def _extent(self, names: Sequence[str], item: int) -> str:
        """What ids there are, for one that names no measure."""
        known = [m for m in self.measures if m.document in names]
        if not known:
            return f"现有文档 {'、'.join(self.documents)}"
        beside = [m for m in known if m.item == item]
        if beside:
            return f"第 {item} 项有 {beside[0].id} 到 {beside[-1].id}"
        return f"编号从 {known[0].id} 到 {known[-1].id}"

    def search(
        self, query: str, *, k: int = 10, mode: str = "hybrid", filters: Filters = EVERY
    ) -> Result:
        """Rank the measures that meet the filters.

        Raises:
            InputError: a query that is empty or too long, an unknown mode, k outside 1–100, or
                a filter that no measure could ever meet.
        """
        _check_k(k)
        return self._search(query, k, mode, filters)

    def search_all(self, query: str, *, filters: Filters = EVERY) -> Result:
        """Rank all measures that meet the filters, however many.

        Raises:
            InputError, NotFoundError: as `search`.
        """
        return self._search(query, max(1, len(self.measures)), "hybrid", filters)

    def read(self, query: str) -> Query:
        """What is searched for a query: normalised, mended, its address read.

        Raises:
            InputError: a query that is empty or too long.
        """
        return read_query(query, self._corrector, clauses=self._clauses, lexicon=self._lexicon)

    def _search(self, query: str, k: int, mode: str, filters: Filters) -> Result:
        if mode not in MODES:
            raise InputError(f"不认识的检索方式“{mode}”；可用 {'、'.join(MODES)}")
        index, n = self.index, len(self.measures)
        read = self.read(query)
        kept = self._kept(filters)
        named: list[int] = []
        if read.address is not None:
            place = self._known(read.address)
            named = [row for row in kept if place.holds(self.measures[row])]
            kept = named or ([] if read.bare else kept)
        raw = self.embedder.encode_queries([read.normalized])
        hits = self._rank(read, raw, kept, k, mode) if kept else ()
        boundary = None if named else self._boundary(hits)
        answerable = 1.0 if read.bare and named else hits[0].score if hits else 0.0
        if boundary is not None:
            asked, texts = index.raw[2 * n :], index.raw[:n]
            answerable = round(boundary.answerable(raw[0], asked, index.beyond, texts), 6)
        return Result(
            *(query, read.normalized, hits, answerable, raw[0]),
            learned=boundary is not None,
            bare=read.bare,
        )

    def _boundary(self, hits: Sequence[Hit]) -> Boundary | None:
        """The boundary, where it was learned of the best hit's document."""
        learned = bool(hits) and hits[0].measure.document in self._bounded
        return self.index.boundary if learned else None

    def nearest(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        """The best cosines of a (dimension,) query to a measure in context and to a sentence.

        The second is 0 where the index has no sentences.
        """
        texts = self.index.raw[: len(self.measures)] @ vector
        said = self.index.sentences @ vector
        return float(texts.max(initial=0.0)), float(said.max(initial=0.0))

    def with_lexicon(self, entries: Sequence[Entry]) -> "Searcher":
        """The same searcher with another lexicon; all else is shared."""
        other = copy.copy(self)
        other._lexicon = Lexicon(entries)
        return other

    @cached_property
    def _relater(self) -> Relater:
        return Relater(self.index, self.tokens)

    def related(self, name: str, *, k: int = 10) -> tuple[Related, ...]:
        """The measures of other items that belong beside one, one an item, best first.

        Raises:
            InputError, NotFoundError: as `measure`; k outside 1–100.
        """
        _check_k(k)
        return self._relater.related(self._rows[self.measure(name).id], k)

    def _rank(
        self, read: Query, raw: NDArray[np.float32], kept: Sequence[int], k: int, mode: str
    ) -> tuple[Hit, ...]:
        """The best k of the kept measures."""
        words, terms = self.tokens.cut(read.normalized)
        heads = self.index.heads
        cosines = dense_rows(self.index, through(heads.query, raw) if heads else raw)
        added = [term for text in read.expansions for term in self.tokens.terms(text)]
        signals = gather(self.index, cosines, terms, added=added)
        fusion = self.index.fusion
        arms = fuse_modes(signals, fusion.weights)
        rows = np.asarray(kept)
        places = rows[np.argsort(-arms[mode][rows], kind="stable")[:k]].tolist()
        evidence = weigh(self.index, raw[0], terms, int(np.argmax(arms[mode])))
        scores = calibrate(features(arms[mode], evidence), fusion.calibrations[mode])
        if read.bare:
            places, scores = list(kept)[:k], np.ones(len(scores))
        words = [word for word in dict.fromkeys(words) if len(word) > 1]
        best = {
            "dense": np.maximum.reduce([signals[name] for name in DENSE]),
            "bm25": np.maximum.reduce([signals[name] for name in LEXICAL]),
        }
        return tuple(
            self._hit(rank, row, float(scores[row]), words, _arms(row, arms, best), cosines)
            for rank, row in enumerate(places, 1)
        )

    def _hit(
        self,
        rank: int,
        row: int,
        score: float,
        words: Sequence[str],
        signals: Arms,
        cosines: NDArray[np.float32],
    ) -> Hit:
        measure = self.measures[row]
        question, cosine = self._best_question(row, cosines)
        asked = cosine > max(cosines[row], cosines[len(self.measures) + row])
        return Hit(
            rank=rank,
            score=round(score, 6),
            measure=measure,
            highlights=highlight(measure.text, words),
            matched_view="question" if asked else "text",
            matched_text=question if asked else measure.text,
            signals=signals,
        )

    def _best_question(self, row: int, cosines: NDArray[np.float32]) -> tuple[str, float]:
        """The nearest question of a measure or its item, and its cosine; empty if none."""
        mine = self.index.owners.of(row)
        if not len(mine):
            return "", 0.0
        asked = cosines[2 * len(self.measures) :][mine]
        best = int(np.argmax(asked))
        return self.index.questions[mine[best]].text, float(asked[best])

    def _known(self, place: Address) -> Address:
        """The address with the document that its prefix ends in, in the document's own letters.

        看看hz-2022 names hz-2022; a query is in lower case, GuoBan2024 is not.
        """
        if not place.document:
            return place
        ends = [name for name in self.documents if place.document.endswith(normalise(name))]
        return replace(place, document=max(ends, key=len, default=place.document))

    def _kept(self, filters: Filters) -> Sequence[int]:
        """The rows of the measures that meet the filters, in document order."""
        if filters == EVERY:
            return range(len(self.measures))
        asked = check_filters(filters, self.measures, self.documents)
        return [row for row, measure in enumerate(self.measures) if meets(measure, asked)]


def _check_k(k: int) -> None:
    if not 1 <= k <= MOST:
        raise InputError(f"k 应在 1 到 {MOST} 之间，给出的是 {k}")


def _arms(
    row: int, arms: Mapping[str, NDArray[np.float32]], best: Mapping[str, NDArray[np.float32]]
) -> Arms:
    return Arms(
        dense=round(float(best["dense"][row]), 6),
        bm25=round(float(best["bm25"][row]), 6),
        dense_rank=_place(arms["dense"], row),
        bm25_rank=_place(arms["bm25"], row),
    )


def _place(fused: NDArray[np.float32], row: int) -> int:
    return int(np.count_nonzero(fused > fused[row])) + 1
