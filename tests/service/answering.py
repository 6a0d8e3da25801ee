"""What the tests of answers share: whether every citation of an answer is valid."""

import re

from corpus.text import strip_layout
from index.search import Searcher
from service.answer import Answer


def valid(searcher: Searcher, answer: Answer) -> bool:
    """Whether the citations are numbered 1…n, used, exact, and hashed as their document is."""
    marks = {int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)}
    if [c.n for c in answer.citations] != list(range(1, len(answer.citations) + 1)):
        return False
    for citation in answer.citations:
        document = searcher.documents[searcher.measure(citation.measure).document]
        span = searcher.measure(citation.measure).spans[citation.field]
        inside = span.start <= citation.start < citation.end <= span.end
        exact = citation.quote == strip_layout(document.text[citation.start : citation.end])
        if not (inside and exact and citation.sha256 == document.sha256):
            return False
    return marks == {c.n for c in answer.citations}
