"""A question → an answer with citations, or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.search import Hit, Result, Searcher
from service.cite import Citation, cite
from service.columnfacts import FIELDS as COLUMNS
from service.columnfacts import ColumnReader
from service.columns import Columns
from service.composed import Composed, ItemId
from service.facts import LONGEST, FactReader, Finding
from service.howto import compose_passages
from service.lists import compose_list
from service.rows import Rows
from service.understand import Understood, understand

# Below this probability that the documents can answer it a question is refused; chosen on the
# development half for false refusals of at most 3 %. The second is for documents that bring no
# unanswerable questions: there it is the best measure's score.
THRESHOLD = 0.25
BARE_THRESHOLD = 0.18
LEANING = 0.05  # below this a question has nothing to do with the documents, nor with the turns
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
        learned = searcher.index.boundary is not None
        self.threshold = THRESHOLD if learned else BARE_THRESHOLD

    def ask(self, question: str, *, turns: Sequence[str] = (), k: int = 10) -> Answer:
        """Answer word for word, or refuse and show the nearest measures.

        Args:
            question: as typed.
            turns: up to six earlier questions, oldest first.
            k: how many measures to give beside the answer, 1–100.

        Raises:
            InputError: the question is empty or too long, k is out of range, or too many turns.
        """
        asked = understand(question, turns, self.columns)
        found = self.searcher.search(asked.text, k=k)
        if asked.listed is not None:
            composed = compose_list(self.searcher, asked.listed)
            return _told(question, asked, composed, found.hits, CERTAIN)
        if asked.before and not asked.leans and LEANING <= found.answerable < self.threshold:
            asked = asked.leaning()
            found = self.searcher.search(asked.text, k=k)
        confidence = self._confidence(asked, found)
        if confidence < self.threshold:
            return _refused(question, asked, found)
        return _told(question, asked, self._compose(asked, found), found.hits, confidence)

    def _confidence(self, asked: Understood, found: Result) -> float:
        """The probability that the documents can answer.

        Whatever measure a question is about has its columns, so that for these a measure that
        surely is meant is enough, as it is for a bare name; and so is an earlier question that
        could be answered.
        """
        if not found.hits or not (asked.wants.kind in COLUMNS or asked.wants.names):
            return found.answerable
        sure = MEANT * found.hits[0].score
        before = self.searcher.search(asked.before, k=1).answerable if asked.leans else 0.0
        return max(found.answerable, sure, before)

    def _compose(self, asked: Understood, found: Result) -> Composed:
        wants, hits = asked.wants, found.hits
        measure = self._rows.meant(hits, asked.text)
        passages = compose_passages(self.searcher, self._rows, hits)
        if wants.kind == "how":
            return passages
        if measure.applicable and wants.kind in COLUMNS:
            return self._column_facts.compose(wants, measure) or passages
        findings = self._facts.read(wants, hits, found.vector)
        if not measure.applicable:  # what it says of itself, not what others would do
            own = ("text",) if wants.kind == "yesno" else ("text", "content")
            findings = tuple(
                f for f in findings if f.place.measure == measure and f.place.field in own
            )
        if wants.kind == "moment" and (not findings or findings[0].share < WAITED):
            return self._column_facts.compose(wants, measure) or passages
        return self._fact(findings[0], hits) if findings else passages

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


def _refused(question: str, asked: Understood, found: Result) -> Answer:
    return Answer(
        question=question,
        kind="none",
        answerable=False,
        confidence=found.answerable,
        short_answer=None,
        answer="现有文件里找不到这个问题的答案。" + ("下面是最接近的举措。" if found.hits else ""),
        items=(),
        citations=(),
        hits=(),
        nearest=found.hits,
        understood=asked.text,
    )
