"""Where the words of a query stand in a text."""

from collections.abc import Sequence

import numpy as np

from corpus.document import Span


def highlight(text: str, words: Sequence[str]) -> tuple[Span, ...]:
    """The spans of a text in which the query's words stand, in order and without overlap."""
    folded = text.lower()
    if len(folded) != len(text):  # İ lowers to two characters and would move the offsets
        folded = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    marked = np.zeros(len(text) + 2, bool)
    for word in words:
        at = folded.find(word)
        while at >= 0:
            marked[at + 1 : at + 1 + len(word)] = True
            at = folded.find(word, at + 1)
    edges = np.flatnonzero(marked[1:] != marked[:-1])
    return tuple(
        Span(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)
    )
