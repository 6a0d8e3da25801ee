"""A question → an answer: read, carry, search, candidates, score, compose."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date

from corpus.document import Measure
from corpus.errors import InputError
from corpus.text import normalise
from index.query import check_query
from index.reader import Reader
from index.search import Result, Searcher
from service import day as china
from service.answer.candidates import Evidence, gather
from service.answer.composed import Answer, Composed
from service.answer.facts import compose_fact, compose_passages
from service.answer.score import Ranked, Scores, judge, rank, scores, set_odds, tell
from service.answer.sets import Set, compose_set, compute
from service.answer.shares import Shares
from service.conditions import EVERYTHING, Condition
from service.read.carry import FIRST, carry, is_set
from service.read.frame import Frame, read
from service.read.names import Names
from service.read.scope import Scope

Timed = Callable[[str], AbstractContextManager[object]]

TURNS = 6
UNREAD = "没有读懂：{}。"
UNSURE = "不能肯定问的就是这些，只是按读懂的条件查到的："
NEAR = "文件没有直接写明，最接近的是："
FACTS = frozenset(("who", "when", "term", "amount", "where", "count", "yesno"))
NOTHING = "现有文件里找不到这个问题的答案。"


def untimed(stage: str) -> AbstractContextManager[object]:  # noqa: ARG001 (one form for all)
    """Time nothing."""
    return nullcontext()


@dataclass(frozen=True)
class Found:
    """What a question was understood as and what was found for it, before anything is decided."""

    frame: Frame
    result: Result
    listed: Set | None
    evidence: Evidence
    ranked: Ranked

    @property
    def boundary(self) -> float | None:
        """What was learned of questions like it, where its document brought any."""
        return self.result.answerable if self.result.learned else None


def _least(listed: Set, models: Scores) -> float:
    """How sure a list must be to be told; that there is none needs more."""
    return models.listed if listed.measures else (1 + models.listed) / 2


class Answerer:
    """Answers questions over a searcher; loads once, safe to share between threads."""

    def __init__(
        self,
        searcher: Searcher,
        reader: Reader | None = None,
        models: Scores | None = None,
        *,
        timed: Timed = untimed,
    ) -> None:
        """`timed` is told the name of each stage and is left when the stage ends."""
        self.searcher = searcher
        self.names = Names(searcher.measures, searcher.documents, searcher.index.schemas)
        self._reader = reader
        self._timed = timed
        self._models = models or scores(read=reader is not None)
        self._shares = Shares(searcher)
        texts = (document.text for document in searcher.documents.values())
        self._scope = Scope(self.names.places, texts, searcher.tokens)

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        k: int = 10,
        where: Condition | None = None,
        today: date | None = None,
    ) -> Answer:
        """Answer word for word, or refuse and show the nearest measures.

        Args:
            question: as typed.
            turns: up to six earlier questions, oldest first.
            k: how many measures to give beside the answer, 1–100.
            where: conditions to take in place of those that the question says.
            today: the day that 去年 and 下个月 count from; without it, this one in China.

        Raises:
            InputError: the question is empty or too long, k is out of range, or too many turns.
        """
        found = self.find(question, turns=turns, k=k, where=where, today=today)
        with self._timed("compose"):
            return self._decide(question, found)

    def find(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        k: int = 10,
        where: Condition | None = None,
        today: date | None = None,
    ) -> Found:
        """Everything that may answer a question, scored; nothing decided.

        Raises:
            InputError: as `ask`.
        """
        with self._timed("read"):
            frame = self._read(question, turns, today or china.today())
        if where is not None:
            frame = replace(frame, where=where, cue=frame.cue or "which")
        return self.found(frame, k)

    def found(self, frame: Frame, k: int = 10) -> Found:
        """What may answer a frame, scored."""
        with self._timed("search"):
            result = self.searcher.search(frame.standing, k=k)
        schemas = self.searcher.index.schemas
        with self._timed("candidates"):
            listed = compute(frame, self.searcher.measures, schemas) if is_set(frame) else None
            evidence = gather(frame, result.hits, self._shares, self._reader)
        with self._timed("score"):
            ranked = rank(evidence.candidates, self._models)
        return Found(frame, result, listed, evidence, ranked)

    def _read(self, question: str, turns: Sequence[str], today: date) -> Frame:
        """The question's frame, after those of the turns before it.

        Raises:
            InputError: more than six turns, or one that cannot be searched.
        """
        if len(turns) > TURNS:
            raise InputError(f"前面的问题最多带 {TURNS} 个，给出的是 {len(turns)} 个")
        said = [turn for turn in turns if turn.strip()]
        for text in (*said, question):
            check_query(text)
        frames: list[Frame] = []
        for text in (*said, question):
            first = FIRST.match(normalise(text)) if frames else None
            frame = read(normalise(text)[first.end() :] if first else text, self.names, today)
            if frames:
                frame = carry(frame, frames[0 if first else -1], self._meant, self._stays)
            frames.append(frame)
        return frames[-1]

    def _meant(self, frame: Frame) -> Measure | None:
        """The measure that a frame is about: the first of its set, else what is found first."""
        if is_set(frame):
            listed = compute(frame, self.searcher.measures, self.searcher.index.schemas)
            if listed is not None and listed.measures:
                return listed.measures[0]
        hits = self.searcher.search(frame.standing, k=1).hits
        return hits[0].measure if hits else None

    def _stays(self, frame: Frame, earlier: Frame) -> bool:
        """Whether the item that the talk is about has the question's words, as much as any."""
        asked = self._shares.terms(frame.text)
        here, there = self._meant(earlier), self._meant(frame)
        if here is None or there is None:
            return False
        held = [self._shares.share(asked, self._shares.row(m)) for m in (here, there)]
        return held[0] >= held[1]

    def _decide(self, question: str, found: Found) -> Answer:
        """The set, the short answer, the passage or the refusal: what is surest stands."""
        frame, models, hits = found.frame, self._models, found.result.hits
        documents, schemas = self.searcher.documents, self.searcher.index.schemas
        certain = set_odds(frame, found.listed, hits, models)
        if found.listed is not None and certain >= _least(found.listed, models):
            composed = compose_set(found.listed, documents, schemas)
            return self._told(question, found, composed, certain, found.listed.where)
        if found.listed is not None and certain >= models.listed / 2 and frame.cue:
            composed = compose_set(found.listed, documents, schemas)
            told = replace(composed, answer=f"{UNSURE}\n{composed.answer}")
            return self._near(question, found, told, certain, found.listed.where)
        confidence = self._confidence(found)
        if not hits or confidence < models.near:
            return self._refused(question, found, confidence)
        unsure = found.listed is not None  # a set is asked for, and this one may not be it
        fact = None if unsure and not frame.columns else self._fact(found)
        if fact is not None and confidence >= models.answered:
            return self._told(question, found, fact, confidence)
        passages = compose_passages([(hit.measure, hit.score) for hit in hits], documents)
        passage = found.result.bare or not frame.asks & FACTS  # that is what is asked for
        if confidence >= models.answered and passage and not unsure:
            return self._told(question, found, passages, confidence)
        near = replace(passages, answer=f"{NEAR}\n{passages.answer}")
        return self._near(question, found, near, confidence)

    def _near(
        self,
        question: str,
        found: Found,
        composed: Composed,
        confidence: float,
        where: Condition = EVERYTHING,
    ) -> Answer:
        """What is not sure enough to be an answer, with the nearest measures."""
        told = self._told(question, found, composed, confidence, where)
        return replace(told, standing="near", nearest=found.result.hits, hits=())

    def _fact(self, found: Found) -> Composed | None:
        """The best candidate, where it is sure enough to be told by itself."""
        frame = found.frame
        bare = found.result.bare or ("how" in frame.asks and not frame.columns)
        if bare or not found.ranked:
            return None
        sure = tell(frame, found.evidence, found.ranked, found.boundary, self._models)
        if sure < self._models.short:
            return None
        best = found.ranked[0][0]
        return compose_fact(frame, best, self.searcher.documents, self._shares)

    def _confidence(self, found: Found) -> float:
        """The probability that the documents can answer; 0 of another place or a later year."""
        if found.result.bare:
            return found.result.answerable
        text = found.frame.text
        if not found.result.hits or self._scope.later(text) or self._scope.elsewhere(text):
            return 0.0
        return judge(found.frame, found.evidence, found.ranked, found.boundary, self._models)

    def _told(
        self,
        question: str,
        found: Found,
        composed: Composed,
        confidence: float,
        where: Condition = EVERYTHING,
    ) -> Answer:
        frame = found.frame
        unread = frame.unread if composed.kind == "list" else ()
        return Answer(
            question=question,
            kind=composed.kind,
            standing="answered",
            confidence=round(confidence, 6),
            short_answer=composed.short_answer,
            answer=composed.answer,
            items=composed.items,
            citations=composed.citations,
            hits=found.result.hits,
            nearest=(),
            understood=frame.standing if frame.before else question,
            notice=UNREAD.format("、".join(unread)) if unread else "",
            where=where,
            unread=unread,
        )

    def _refused(self, question: str, found: Found, confidence: float) -> Answer:
        hits = found.result.hits
        return Answer(
            question=question,
            kind="none",
            standing="refused",
            confidence=round(confidence, 6),
            short_answer=None,
            answer=NOTHING + ("下面是最接近的举措。" if hits else ""),
            items=(),
            citations=(),
            hits=(),
            nearest=hits,
            understood=found.frame.standing if found.frame.before else question,
        )
