"""Hits and a question → an answer with citations, or a refusal."""

from dataclasses import dataclass

from index.search import Hit, Searcher
from service.cite import Citation, cite

# Below this probability of the best measure the question is refused; chosen on the development
# half's retrieval queries for false refusals of at most 3 %.
THRESHOLD = 0.18
PASSAGES = 3
BESIDE = 0.4  # a further passage is given where its score is this share of the best one's


@dataclass(frozen=True)
class Answer:
    """An answer as in the contract; a refusal has `nearest` measures in place of `hits`."""

    question: str
    kind: str
    answerable: bool
    confidence: float
    short_answer: str | None
    answer: str
    items: tuple[tuple[str, int], ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    nearest: tuple[Hit, ...]


def ask(searcher: Searcher, question: str, *, k: int = 10) -> Answer:
    """Answer with the measures that say it, word for word, or refuse and show the nearest.

    Raises:
        InputError: the question is empty or too long, or k is out of range.
    """
    hits = searcher.search(question, k=k).hits
    confidence = hits[0].score if hits else 0.0
    if confidence < THRESHOLD:
        return Answer(
            question=question,
            kind="none",
            answerable=False,
            confidence=confidence,
            short_answer=None,
            answer="现有文件里找不到这个问题的答案。" + ("下面是最接近的举措。" if hits else ""),
            items=(),
            citations=(),
            hits=(),
            nearest=hits,
        )
    told = [hit for hit in hits[:PASSAGES] if hit.score >= BESIDE * confidence]
    citations = tuple(
        cite(searcher.documents, hit.measure, "text", n) for n, hit in enumerate(told, 1)
    )
    return Answer(
        question=question,
        kind="measures",
        answerable=True,
        confidence=confidence,
        short_answer=None,
        answer="".join(f"{citation.quote} [{citation.n}]" for citation in citations),
        items=tuple(dict.fromkeys((hit.measure.document, hit.measure.item) for hit in told)),
        citations=citations,
        hits=hits,
        nearest=(),
    )
