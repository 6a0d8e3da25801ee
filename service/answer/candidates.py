"""A frame and its hits → everything that may answer: cells and spans, each with its features.

All of them are candidates alike; what they are worth is learned (`service.answer.score`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus.document import Cell, Measure, Span
from index.reader import Reader, Reading
from index.search import Hit
from service.answer.passages import Passage, Piece, beside, passages
from service.answer.shares import Shares
from service.answer.spans import COUNTED, numbers, sentence_of, whole, windows
from service.conditions import ORGANS
from service.read.frame import Frame

READ = 5  # hits whose rows are read
PASSAGES = 4  # passages that the reader sees at most
SPANS = 6  # spans that the reader names in each
LONGEST = 60  # characters of a short answer
LIMIT = 20.0  # beyond which a reader's score says no more
ASKED = 120  # characters of a question that the reader sees, its last
FEATURES = (
    "hit", "first", "reader", "reader_best", "share", "near", "cell", "asked", "named", "other",
    "number", "organ", "term", "stale", "length", "clause", "decided", "below", "behind",
)  # fmt: skip
ASKED_NUMBER = re.compile(
    r"多少|几[^乎个家]|几个|几家|多大|多高|百分之|比例|金额|额度|标准|上限|下限|最[高低多少]"
)
BODY = re.compile(
    r"(?:部门|单位|机构|机关|局|委员会|委|中心|银行|法院|检察院|公司|协会|政府|海关|管理人|处|厅|院|人员|主体|企业)$"
)
DECIDED = re.compile(
    r"无需|无须|不再|不需|不得|不予|不用|不收|免收|免费|免于|免除|仅需|只需|可以?(?!能)|允许|必须|应当|禁止"
)
TERM = re.compile(r"工作日|[日天年月周]|小时|季度|即时|当场|即办|立即|同步")


@dataclass(frozen=True)
class Candidate:
    """A cell, or a span of a cell or field, that may answer; `features` as in `FEATURES`."""

    measure: Measure
    field: str
    cell: Cell | None
    span: Span
    said: str
    features: tuple[float, ...]


@dataclass(frozen=True)
class Evidence:
    """What was found for a question: candidates, and how surely its row is the right one.

    `reader` is the best of the reader's scores over all passages, 0 without a reader; `share`
    how much of the question the best hit's row holds.
    """

    candidates: tuple[Candidate, ...]
    hit: float
    reader: float
    share: float


def gather(frame: Frame, hits: Sequence[Hit], shares: Shares, reader: Reader | None) -> Evidence:
    """All candidates of the first hits' rows."""
    terms = lru_cache(maxsize=None)(shares.terms)  # for this question alone
    asked, own = terms(frame.standing), terms(frame.text)
    texts = found_passages(hits)
    question = _asked(frame, hits)
    readings = reader.read(question, [p.text for p in texts]) if reader and texts else ()
    best = max((r.best(1)[0].score for r in readings if r.best(1)), default=0.0)
    found: list[Candidate] = []
    seen: set[tuple[str, int, int]] = set()
    for place, passage in enumerate(texts):
        reading = readings[place] if readings else None
        first = passage.measure == hits[0].measure
        view = _View(frame, own, shares, terms, passage, reading, first, best, texts[0].score)
        for candidate in view.candidates():
            key = (candidate.measure.id, _start(candidate), candidate.span.end)
            if key not in seen:
                seen.add(key)
                found.append(candidate)
    share = shares.share(asked, shares.row(hits[0].measure)) if hits else 0.0
    return Evidence(tuple(found), hits[0].score if hits else 0.0, best, share)


def _asked(frame: Frame, hits: Sequence[Hit]) -> str:
    """What the reader is asked: what was asked before is answered, but for the column it asked."""
    again = [
        cell.name
        for hit in hits[:1]
        for cell in beside(hit.measure)
        if frame.before and (cell.role in frame.columns or cell.name in frame.columns)
    ]
    return "，".join((frame.text[-ASKED:], *again))


def _start(candidate: Candidate) -> int:
    base = candidate.cell.span if candidate.cell else candidate.measure.spans[candidate.field]
    return base.start + candidate.span.start


def found_passages(hits: Sequence[Hit]) -> list[Passage]:
    """The first hits' passages, the surest first, each row's columns once."""
    found: list[Passage] = []
    for hit in hits[:READ]:
        found += passages(hit.measure, hit.score)
    return sorted(found, key=lambda passage: -passage.score)[:PASSAGES]


@dataclass(frozen=True)
class _View:
    """One passage as a question sees it."""

    frame: Frame
    asked: frozenset[str]
    shares: Shares
    terms: Callable[[str], frozenset[str]]
    passage: Passage
    reading: Reading | None
    first: bool
    best: float  # the reader's over all passages
    surest: float  # of the passages' scores

    def candidates(self) -> list[Candidate]:
        spans: dict[tuple[int, int], None] = {}
        if self.reading is not None:
            for scored in self.reading.best(SPANS, LONGEST):
                spans[scored.span.start, scored.span.end] = None
        found: dict[tuple[str, int, int], Candidate] = {}
        for piece in self.passage.pieces:
            own = [
                inner
                for start, end in spans
                if (inner := piece.within(Span(start, end))) is not None
            ]
            if piece.cell is not None and len(piece.text) <= LONGEST:
                own.append(Span(0, len(piece.text)))
            low, high = piece.offset, piece.offset + piece.end - piece.start
            own += [s for s in numbers(piece.text) if low <= s.start and s.end <= high]
            if piece.cell is None or len(piece.text) > LONGEST:
                own += [s for s in windows(piece.text, LONGEST) if low <= s.start and s.end <= high]
            for span in own:
                kept = whole(piece.text, span)
                key = (piece.field or str(piece.cell), kept.start, kept.end)
                if key not in found and kept.end - kept.start <= LONGEST:
                    found[key] = self._candidate(piece, kept)
        return list(found.values())

    def _candidate(self, piece: Piece, span: Span) -> Candidate:
        said = piece.text[span.start : span.end]
        return Candidate(
            piece.measure, piece.field, piece.cell, span, said, self._features(piece, span, said)
        )

    def _features(self, piece: Piece, span: Span, said: str) -> tuple[float, ...]:
        frame, shares, measure = self.frame, self.shares, self.passage.measure
        sentence = sentence_of(piece.text, span)
        near = self.terms(piece.text[sentence.start : sentence.end])
        terms = self.terms(said)
        cell = piece.cell
        asked = cell is not None and (cell.role in frame.columns or cell.name in frame.columns)
        name = self.terms(cell.name) if cell else frozenset()
        wants_number = bool(ASKED_NUMBER.search(frame.text)) or "count" in frame.asks
        score, best = self._read(piece, span)
        return (
            self.passage.score,
            float(self.first),
            score,
            best,
            shares.share(self.asked, shares.row(measure)),
            shares.share(self.asked, near),
            float(cell is not None),
            float(asked),
            shares.share(name, self.asked) if name else 0.0,
            float(not asked and _has(measure, frame.columns)),
            float(wants_number) * (1.0 if COUNTED.search(said) else -1.0),
            float("who" in frame.asks)
            * (1.0 if BODY.search(said) or (cell is not None and cell.role in ORGANS) else -1.0),
            float("term" in frame.asks or "when" in frame.asks)
            * (1.0 if TERM.search(said) else -1.0),
            shares.share(terms, self.asked),
            len(said) / LONGEST,
            float(cell is None and _is_clause(piece.text, span)),
            float("yesno" in frame.asks) * (1.0 if DECIDED.search(said) else -1.0),
            score - _tens(self.best) if self.reading else 0.0,
            self.passage.score - self.surest,
        )

    @cached_property
    def _top(self) -> float:
        """The reader's best in the passage, in tens."""
        best = self.reading.best(1) if self.reading is not None else ()
        return _tens(best[0].score if best else -LIMIT)

    def _read(self, piece: Piece, span: Span) -> tuple[float, float]:
        """The reader's score of a span and its best in the passage, in tens."""
        if self.reading is None:
            return 0.0, 0.0
        shift = piece.start - piece.offset
        return _tens(self.reading.score(Span(span.start + shift, span.end + shift))), self._top


def _tens(score: float) -> float:
    """A reader's score, bounded, in tens."""
    return min(max(score, -LIMIT), LIMIT) / 10


def _has(measure: Measure, columns: Sequence[str]) -> bool:
    """Whether a row has a cell in one of the columns that are asked for."""
    return any(cell.role in columns or cell.name in columns for cell in beside(measure))


def _is_clause(text: str, span: Span) -> bool:
    """Whether a span stands between stops."""
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    return before in ("", *"，。；：、“") and after in ("", *"，。；：、”")
