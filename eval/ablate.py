"""The systems that are measured: the served searcher, and what it would be without its parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.errors import InputError
from eval.dataset import Query
from eval.retrieval import Outcome, run_mode
from index.build import Source, build_index
from index.fuse import MODES
from index.search import Searcher


@dataclass(frozen=True)
class System:
    """A searcher in one mode, under the name that it has in tables."""

    name: str
    searcher: Searcher
    mode: str

    def run(self, queries: Sequence[Query]) -> Outcome:
        """Search the queries."""
        return replace(run_mode(self.searcher, queries, self.mode), name=self.name)


def served(searcher: Searcher) -> tuple[System, ...]:
    """The searcher in each mode, under the modes' names."""
    return tuple(System(mode, searcher, mode) for mode in MODES)


def ablations(searcher: Searcher, source: Source) -> tuple[System, ...]:
    """From BM25 over the texts alone, one part after the other, up to what is served without it.

    What the served index has encoded is not encoded again.

    Raises:
        InputError: the searcher's index is not of this source alone.
    """
    document = source.parsed.document
    if {d.id: d.sha256 for d in searcher.documents.values()} != {document.id: document.sha256}:
        raise InputError(f"报告要的是只有 {document.id} 的索引；请另用一个 --data，先 wence build")
    embedder, previous = searcher.embedder, searcher.index
    plain = replace(source, questions=(), adapter=None)
    texts = Searcher(build_index([plain], embedder, previous=previous), embedder)
    unadapted = replace(source, adapter=None)
    lexicon = previous.lexicon
    asked = Searcher(
        build_index([unadapted], embedder, lexicon=lexicon, previous=previous), embedder
    )
    return (
        System("text-bm25", texts, "bm25"),
        System("text-dense", texts, "dense"),
        System("text-hybrid", texts, "hybrid"),
        System("+questions", asked.with_lexicon(()), "hybrid"),
        System("+lexicon", asked, "hybrid"),
    )
