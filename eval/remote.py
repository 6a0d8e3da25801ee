"""A running service in the place of a Searcher and an Answerer, for `wence --url … eval`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.document import Document, Measure
from index.related import Related
from index.search import Arms, Hit, Result
from service.answer import Answer
from service.cite import Citation
from service.client import Wence, shapes
from service.conditions import from_records
from service.remote.cli import asked_url, open_client
from service.remote.records import known, measure_of

if TYPE_CHECKING:
    from eval.dataset import Case


class RemoteSearcher:
    """What the harness asks of a searcher, asked of a service."""

    def __init__(self, wence: Wence) -> None:
        """Read the documents and measures. Raises: WenceError, as the client."""
        self._wence = wence
        self.documents: Mapping[str, Document] = {
            about.id: _document(about, wence.source(about.id)) for about in wence.documents()
        }
        self.measures: Sequence[Measure] = tuple(map(measure_of, wence.every_measure()))

    def search(self, query: str, *, k: int = 10, mode: str = "hybrid") -> Result:
        """Ranked hits. Raises: InputError."""
        found = self._wence.search(query, k=k, mode=mode)
        hits = tuple(map(_hit, found.hits))
        sure = hits[0].score if hits else 0.0
        return Result(query, found.normalized, hits, sure, np.zeros(0, np.float32))

    def related(self, name: str, k: int = 10) -> tuple[Related, ...]:
        """Measures of other items that belong beside one."""
        found = self._wence.related(name, k=k)
        return tuple(Related(measure_of(one.measure), one.score, one.reason) for one in found)

    def answer(self, case: "Case") -> Answer:
        """The answer to a case's question after its earlier turns."""
        given = self._wence.ask(case.query, turns=case.turns)
        plain = known(given, Answer) | {
            "where": from_records(one.model_dump() for one in given.conditions),
            "items": tuple((one.document, one.item) for one in given.items),
            "citations": tuple(Citation(**known(one, Citation)) for one in given.citations),
            "hits": tuple(map(_hit, given.hits)),
            "nearest": tuple(map(_hit, given.nearest)),
        }
        return Answer(**plain)


def open_searcher() -> RemoteSearcher | None:
    """The service that `--url` names; None without it. Raises: WenceError, as the client."""
    url = asked_url()
    return RemoteSearcher(open_client(url)) if url else None


def _document(about: shapes.About, text: str) -> Document:
    return Document(**(known(about, Document) | {"text": text}))


def _hit(given: shapes.Hit) -> Hit:
    arms = Arms(**known(given.signals, Arms))
    measure, view = measure_of(given.measure), given.matched_view
    return Hit(given.rank, given.score, measure, (), view, given.matched_text, arms)
