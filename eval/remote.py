"""A running service in the place of a Searcher and an Answerer, for `wence --url … eval`."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.document import Document, Measure
from index.related import Related
from index.search import Arms, Hit, Result
from service.answer import Answer
from service.cite import Citation
from service.client import Wence, shapes
from service.remote.cli import asked_url, open_client

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
        self.measures: Sequence[Measure] = tuple(map(_measure, wence.every_measure()))

    def search(self, query: str, *, k: int = 10, mode: str = "hybrid") -> Result:
        """Ranked hits. Raises: InputError."""
        found = self._wence.search(query, k=k, mode=mode)
        hits = tuple(map(_hit, found.hits))
        sure = hits[0].score if hits else 0.0
        return Result(query, found.normalized, hits, sure, np.zeros(0, np.float32))

    def related(self, name: str, k: int = 10) -> tuple[Related, ...]:
        """Measures of other items that belong beside one."""
        found = self._wence.related(name, k=k)
        return tuple(Related(_measure(one.measure), one.score, one.reason) for one in found)

    def answer(self, case: "Case") -> Answer:
        """The answer to a case's question after its earlier turns."""
        given = self._wence.ask(case.query, turns=case.turns)
        known = {field.name for field in fields(Answer)}
        plain: dict[str, Any] = {k: v for k, v in dict(given).items() if k in known}
        plain |= {
            "items": tuple((one.document, one.item) for one in given.items),
            "citations": tuple(Citation(**_known(one, Citation)) for one in given.citations),
            "hits": tuple(map(_hit, given.hits)),
            "nearest": tuple(map(_hit, given.nearest)),
        }
        return Answer(**plain)


def open_searcher() -> RemoteSearcher | None:
    """The service that `--url` names; None without it. Raises: WenceError, as the client."""
    url = asked_url()
    return RemoteSearcher(open_client(url)) if url else None


def _known(shape: shapes.Shape, record: type[Any]) -> dict[str, Any]:
    names = {field.name for field in fields(record)}
    return {name: value for name, value in dict(shape).items() if name in names}


def _document(about: shapes.About, text: str) -> Document:
    return Document(**(_known(about, Document) | {"text": text}))


def _measure(given: shapes.Measure) -> Measure:
    span = {"text": [given.start, given.end]}
    return Measure.from_record(_known(given, Measure) | {"spans": span})


def _hit(given: shapes.Hit) -> Hit:
    arms = Arms(**_known(given.signals, Arms))
    measure, view = _measure(given.measure), given.matched_view
    return Hit(given.rank, given.score, measure, (), view, given.matched_text, arms)
