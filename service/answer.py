"""A question → an answer with citations, or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text import normalise
from index.search import Hit, Result, Searcher
from service.cite import Citation, cite
from service.columnfacts import FIELDS as COLUMNS
from service.columnfacts import ColumnReader
from service.composed import LONGEST, Composed, ItemId
from service.evidence import Evidence, Judge, form_found, judge_of, typed
from service.facts import FactReader, Finding
from service.howto import compose_passages
from service.lists.columns import Columns
from service.lists.compose import compose_list
from service.rows import Rows, row_of
from service.scope import Scope
from service.thread import Thread
from service.understand import Understood, read_question

MEANT = 0.5  # what a measure's own probability weighs where a column is asked or it is named
WAITED = 0.3  # a sentence that holds less of the question does not tell what it waits for
CERTAIN = 0.99  # of what is computed from the columns


@dataclass(frozen=True)
class Answer:
    """An answer as in the contract; a refusal has `nearest` measures in place of `hits`.

    `understood` is the self-contained question that was answered; `notice` tells the reader
    what went otherwise than asked.
    """

    question: str
    kind: str
    answerable: bool
    confidence: float
    short_answer: str | None
    answer: str
    items: tuple[ItemId, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    nearest: tuple[Hit, ...]
    understood: str = ""
    notice: str = ""


class Answerer:
    """Answers questions over a searcher; loads once, safe to share between threads."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.columns = Columns(searcher.measures, searcher.documents)
        self._rows = Rows(searcher.measures)
        self._facts = FactReader(searcher, self._rows)
        self._column_facts = ColumnReader(searcher.documents, self._rows, self.columns)
        texts = (document.text for document in searcher.documents.values())
        self._scope = Scope(self.columns.places, texts, searcher.tokens)
        self._thread = Thread(searcher, self.columns, self._rows, self._scope, self._facts.share)

    def ask(self, question: str, *, turns: Sequence[str] = (), k: int = 10) -> Answer:
        """Answer word for word, or refuse and show the nearest measures.

        Args:
            question: as typed.
            turns: up to six earlier questions, oldest first.
            k: how many measures to give beside the answer, 1–100.

        Raises:
            InputError: the question is empty or too long, k is out of range, or too many turns.
        """
        asked = self._thread.follow(question, turns)
        found = self.searcher.search(asked.text, k=k)
        if asked.listed is not None:
            composed = compose_list(self.searcher, asked.listed)
            return _told(question, asked, composed, found.hits, CERTAIN)
        findings = self._read(asked, found)
        confidence = self._confidence(asked, found, findings)
        if confidence < self._judge(found).threshold:
            return _refused(question, asked, found, confidence)
        composed = self._compose(asked, found, findings)
        return _told(question, asked, composed, found.hits, confidence)

    def _read(self, asked: Understood, found: Result) -> tuple[Finding, ...]:
        """What the fields say to a fact question, best first; nothing where none is asked."""
        if not found.hits or found.bare or asked.wants.kind in ("how", *COLUMNS):
            return ()
        return self._facts.read(asked.wants, found.hits, found.vector)

    def _share(self, asked: Understood, found: Result) -> float:
        """How much of the question's weight, 怎么申请 aside, the row of the best hit holds."""
        wants, row = asked.wants, self._rows.text(row_of(found.hits[0].measure))
        asks = wants.asked if wants.kind == "how" else ""
        return self._facts.share(wants.question.replace(asks, " ") if asks else wants.question, row)

    def evidence(self, question: str) -> Evidence:
        """What the documents say to a question that stands alone.

        Raises:
            InputError: as `ask`.
        """
        asked = read_question(question, self.columns)
        found = self.searcher.search(asked.text)
        return self._gather(asked, found, self._read(asked, found))

    def _judge(self, found: Result) -> Judge:
        return judge_of(self.searcher.index, learned=found.learned)

    def _gather(self, asked: Understood, found: Result, findings: Sequence[Finding]) -> Evidence:
        text, sentence = self.searcher.nearest(found.vector)
        form = form_found(asked.wants, findings, found.hits)
        return Evidence(typed(asked.wants), form, self._share(asked, found), text, sentence)

    def _confidence(self, asked: Understood, found: Result, findings: Sequence[Finding]) -> float:
        """The probability that the documents can answer.

        Whatever measure a question is about has its columns, so that for these a measure that
        surely is meant is enough, as it is for a bare name; and so is an earlier question that
        could be answered.
        """
        if not found.hits or self._outside(asked, found):
            return 0.0
        evidence = self._gather(asked, found, findings)
        confidence = self._judge(found).weigh(found.answerable, evidence)
        if asked.wants.kind not in COLUMNS and not asked.wants.names:
            return confidence
        sure = MEANT * found.hits[0].score
        return max(confidence, sure, self._earlier(asked))

    def _outside(self, asked: Understood, found: Result) -> bool:
        """Whether a later year is asked of, or a place that the best measure's item lacks."""
        if self._scope.later(asked.own):
            return True
        item = self._rows.item_text(found.hits[0].measure)
        asked_of = (self._scope.elsewhere(normalise(text)) for text in (asked.own, asked.text))
        return any(place and place not in item for place in asked_of)

    def _earlier(self, asked: Understood) -> float:
        """The probability that the question it leans on can be answered; 0 if it leans on none."""
        if not asked.leans or asked.earlier is None:
            return 0.0
        return self.searcher.search(asked.earlier.topic, k=1).answerable

    def _compose(self, asked: Understood, found: Result, findings: Sequence[Finding]) -> Composed:
        wants, hits = asked.wants, found.hits
        measure = self._rows.meant(hits, asked.own, asked.text)
        composed: Composed | None = None
        if measure.applicable and wants.kind in COLUMNS:
            composed = self._column_facts.compose(wants, measure)
        else:
            if not measure.applicable:  # what it says of itself, not what others would do
                own = ("text",) if wants.kind == "yesno" else ("text", "content")
                findings = [
                    f for f in findings if f.place.measure == measure and f.place.field in own
                ]
            if wants.kind == "moment" and (not findings or findings[0].share < WAITED):
                composed = self._column_facts.compose(wants, measure)
            elif findings:
                composed = self._fact(findings[0], hits)
        return composed or compose_passages(self.searcher, self._rows, hits)

    def _fact(self, finding: Finding, hits: Sequence[Hit]) -> Composed:
        documents, place = self.searcher.documents, finding.place
        citations = [cite(documents, place.measure, place.field, within=finding.sentence)]
        if hits[0].measure.id != place.measure.id:
            citations.append(cite(documents, hits[0].measure, "text", 2))
        answer = f"{citations[0].quote} [1]"
        if len(citations) > 1:
            answer += f"\n相关举措：{citations[1].quote} [2]"
        item = (place.measure.document, place.measure.item)
        return Composed("fact", finding.said[:LONGEST], answer, (item,), tuple(citations))


def _told(
    question: str, asked: Understood, composed: Composed, hits: tuple[Hit, ...], confidence: float
) -> Answer:
    return Answer(
        question=question,
        kind=composed.kind,
        answerable=True,
        confidence=confidence,
        short_answer=composed.short_answer,
        answer=composed.answer,
        items=composed.items,
        citations=composed.citations,
        hits=hits,
        nearest=(),
        understood=asked.text,
    )


def _refused(question: str, asked: Understood, found: Result, confidence: float) -> Answer:
    return Answer(
        question=question,
        kind="none",
        answerable=False,
        confidence=confidence,
        short_answer=None,
        answer="现有文件里找不到这个问题的答案。" + ("下面是最接近的举措。" if found.hits else ""),
        items=(),
        citations=(),
        hits=(),
        nearest=found.hits,
        understood=asked.text,
    )
