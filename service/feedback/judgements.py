"""Judged feedback → queries and qrels for the harness, and questions for a question file.

A question is answered by the measure that was called right, or by the first one that an answer
called useful cites. An answer over many measures is a list: that it is useful says nothing of one
measure. Questions over which the judgements disagree are told, not exported.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Measure
from corpus.errors import SetupError
from corpus.questions import Question
from corpus.text import normalise
from service.feedback.masking import MASK
from service.feedback.store import Judged
from service.questions.check import SIMILAR, bigrams, jaccard

GRADE = 2  # it answers the question
LIST = 3  # an answer that cites more measures than this is a list
STYLE = "feedback"
HEADER = "query-id\tcorpus-id\tscore"


@dataclass(frozen=True)
class Pick:
    """A question and the measure that answers it; `votes` is how often that was said."""

    question: str
    measure: str
    votes: int

    @property
    def qid(self) -> str:
        """An id that stays the same from export to export."""
        return "fb-" + hashlib.sha256(normalise(self.question).encode("utf-8")).hexdigest()[:12]

    @property
    def target(self) -> str:
        """The measure as a question file names it: `1.1.1`."""
        return self.measure.rpartition(":")[2]


@dataclass(frozen=True)
class Left:
    """A question that is not exported, the measures it was judged for, and why."""

    question: str
    measures: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Export:
    """What an export holds: all picks as qrels, the `new` ones as questions; sorted."""

    picks: tuple[Pick, ...]
    new: tuple[Pick, ...]
    conflicts: tuple[Left, ...]
    skipped: tuple[Left, ...]


def compose_export(
    judged: Iterable[Judged],
    measures: Sequence[Measure],
    questions: Sequence[Question],
    *,
    least: int = 1,
) -> Export:
    """Settle the judgements, and tell the questions that the question files lack.

    A measure that fewer than `least` votes are for is skipped: one visitor settles nothing.
    """
    grouped: defaultdict[str, list[Judged]] = defaultdict(list)
    for judgement in judged:
        grouped[normalise(judgement.question)].append(judgement)
    order = {m.id: place for place, m in enumerate(measures)}
    picks: list[Pick] = []
    conflicts: list[Left] = []
    skipped: list[Left] = []
    for key in sorted(grouped):
        settled = _settle(grouped[key])
        if isinstance(settled, Left):
            conflicts.append(settled)
        elif settled is not None:
            few = f"只有 {settled.votes} 票，少于 {least} 票" if settled.votes < least else ""
            reason = few or _unfit(settled, order)
            if reason:
                skipped.append(Left(settled.question, (settled.measure,), reason))
            else:
                picks.append(settled)
    picks.sort(key=lambda pick: (order[pick.measure], pick.qid))
    new, known = _new(picks, questions)
    return Export(tuple(picks), new, tuple(conflicts), (*skipped, *known))


def _settle(judged: Sequence[Judged]) -> Pick | Left | None:
    """The measure that answers one question, or the conflict about it, or nothing said."""
    votes: Counter[str] = Counter()
    against: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    for judgement in judged:
        spelled[judgement.question] += judgement.count
        first = judgement.shown[0] if judgement.shown else ""
        if judgement.verdict == "right":
            votes[judgement.measure] += judgement.count
        elif judgement.verdict == "useful" and first and len(set(judgement.shown)) <= LIST:
            votes[first] += judgement.count
        elif judgement.verdict == "not_useful" and first:
            against[first] += judgement.count
    question = min(spelled, key=lambda text: (-spelled[text], text))
    if len(votes) > 1:
        return Left(question, tuple(sorted(votes)), "判给了不同的举措")
    if not votes:
        return None
    measure = next(iter(votes))
    if against[measure]:
        return Left(question, (measure,), "同一条举措既判有用又判无用")
    return Pick(question, measure, votes[measure])


def _unfit(pick: Pick, order: dict[str, int]) -> str:
    """Why a pick cannot be exported; empty where it can."""
    if pick.measure not in order:
        return "索引里已没有这条举措"
    if MASK in pick.question:
        return "问题里有遮住的号码"
    return ""


def _new(
    picks: Sequence[Pick], questions: Sequence[Question]
) -> tuple[tuple[Pick, ...], tuple[Left, ...]]:
    """The picks that a question file can take, and why the others cannot be taken.

    A near-copy of another measure's question would make both harder to tell apart, and `wence
    questions check` refuses it.
    """
    there: dict[tuple[str, str], str] = {}
    for question in questions:
        there.setdefault((question.document, normalise(question.text)), question.target)
    pairs = [(q.document, q.target, bigrams(q.text)) for q in questions]
    new: list[Pick] = []
    left: list[Left] = []
    for pick in picks:
        document = pick.measure.rpartition(":")[0]
        known = there.get((document, normalise(pick.question)))
        asked = bigrams(pick.question)
        near = {
            target
            for name, target, held in pairs
            if name == document and target != pick.target and jaccard(asked, held) >= SIMILAR
        }
        if known is not None:
            left.append(Left(pick.question, (pick.measure,), f"已是 {known} 的问法，只作评测"))
        elif near:
            rival = "、".join(sorted(near))
            left.append(Left(pick.question, (pick.measure,), f"与 {rival} 的问法近似，只作评测"))
        else:
            new.append(pick)
            pairs.append((document, pick.target, asked))
    return tuple(new), tuple(left)


def write_export(export: Export, folder: Path, documents: Iterable[str]) -> tuple[Path, ...]:
    """Write `queries.jsonl`, `qrels/feedback.tsv` and the questions; give the paths written.

    The questions of the only document go to `questions.jsonl`, those of several to
    `{document}.questions.jsonl` each. Files of an earlier export are replaced.

    Raises:
        SetupError: the folder cannot be written.
    """
    names = sorted(documents)
    files = {
        "queries.jsonl": [
            _line({"_id": p.qid, "text": p.question, "metadata": {"style": STYLE}})
            for p in export.picks
        ],
        "qrels/feedback.tsv": [HEADER, *(f"{p.qid}\t{p.measure}\t{GRADE}" for p in export.picks)],
    }
    for name in names:
        file = "questions.jsonl" if len(names) == 1 else f"{name}.questions.jsonl"
        files[file] = _question_lines(
            [pick for pick in export.new if pick.measure.rpartition(":")[0] == name]
        )
    try:
        (folder / "qrels").mkdir(parents=True, exist_ok=True)
        for file, lines in files.items():
            (folder / file).write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    except OSError as error:
        raise SetupError(f"写不进 {folder}（{error}）；请换一个文件夹") from error
    return tuple(folder / file for file in files)


def _question_lines(picks: Iterable[Pick]) -> list[str]:
    by_target: defaultdict[str, list[str]] = defaultdict(list)
    for pick in picks:
        by_target[pick.target].append(pick.question)
    return [_line({"target": t, "questions": asked}) for t, asked in by_target.items()]


def _line(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False)
