"""The gates: answers on documents that nothing was learned on.

Each document's cases were written by people who saw the document alone. Its answers are read and
scored by models that it did not teach (`eval.readers`, `service.answer.score.scores(without=…)`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from eval.answers import AnswerFigures, run_cases, summarise
from eval.dataset import Case, Ids, read_cases
from eval.tables import show, table
from index.build import build_index
from index.reader import Reader
from index.search import Searcher
from service.answer import Answer, Answerer
from service.answer.score import scores
from service.library import BUNDLED, read_source

DATA = Path(__file__).parent / "data"
FOREIGN = DATA / "foreign"
SECOND = "cases_second_{split}.jsonl"


@dataclass(frozen=True)
class Gate:
    """A document's name and the figures of its answers."""

    document: str
    answers: AnswerFigures


ReaderOf: TypeAlias = Callable[[str], Reader | None]


def measure_gates(searcher: Searcher, reader_of: ReaderOf, *, split: str) -> tuple[Gate, ...]:
    """The figures of every document that has cases of a split.

    Args:
        searcher: over the bundled list; its embedder reads the other documents too.
        reader_of: gives the reader for a document's name, if there is one.
        split: dev or test.

    Raises:
        InputError: a document or a file of cases is bad.
    """
    bundled = BUNDLED[0].name
    found = [
        _gate(bundled, searcher, reader_of(bundled), DATA / bundled / SECOND.format(split=split))
    ]
    for folder in sorted(FOREIGN.iterdir()):
        path = folder / f"cases_{split}.jsonl"
        if path.is_file():
            index = build_index([read_source(folder)], searcher.embedder)
            other = Searcher(index, searcher.embedder)
            found.append(_gate(folder.name, other, reader_of(folder.name), path))
    return tuple(found)


def _gate(name: str, searcher: Searcher, reader: Reader | None, path: Path) -> Gate:
    answerer = Answerer(searcher, reader, scores(name))

    def answer(case: Case) -> Answer:
        return answerer.ask(case.query, turns=case.turns)

    cases = read_cases(path, Ids(searcher.measures, document=name))
    verdicts = run_cases(cases, answer, searcher.related, searcher.documents)
    return Gate(name, summarise(verdicts))


def gate_table(gates: Sequence[Gate]) -> str:
    """One row a document."""
    header = ["文档", "事实", "列表全对", "追问", "误拒", "不确定", "拒答召回", "AUROC", "不实"]
    rows = []
    for gate in gates:
        a = gate.answers
        talks = "、".join(show(value) for value in a.followups.values()) or "—"
        rows.append(
            [
                f"{gate.document}（{sum(a.counts.values())} 题）",
                show(a.fact_accuracy),
                show(a.list_exact),
                talks,
                show(a.false_refusals),
                show(a.near),
                show(a.refusal_recall),
                show(a.refusal_auroc),
                show(a.false_statements),
            ]
        )
    return table(header, rows)
