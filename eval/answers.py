"""Cases through the answering that is served → verdicts → figures (contract, section 4)."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.document import Document, Span
from corpus.errors import InputError
from corpus.text import normalise, strip_layout
from eval.dataset import Case, ItemId
from eval.metrics import Bin, Estimate, Latency, auroc, brier, estimate, latency, mean, reliability
from index.related import Related
from service.answer import Answer
from service.answer.spans import whole
from service.cite import Citation

MARK = re.compile(r"\[(\d+)\]")
VERDICT = re.compile("^[是否]，")
# Names of columns that a sentence may use only of a document that has them.
OWN_WORDS = re.compile("牵头单位|责任单位|配合单位|取得(?:阶段性)?成效的?时间")


@dataclass(frozen=True)
class Verdict:
    """One case scored. `parts` are its single scores in [0, 1] by name; `right` is the whole.

    `false` names the false statement that the answer makes, if any (`false_statement`).
    """

    case: Case
    right: bool
    parts: Mapping[str, float]
    answered: bool = True
    refused: bool = False
    false: str = ""
    confidence: float = 0.0
    said: str = ""
    citations: int = 0
    valid_citations: int = 0
    bad_marks: int = 0
    ms: float = 0.0


@dataclass(frozen=True)
class AnswerFigures:
    """The figures over all cases; None where no case bears on one.

    Follow-up cases (with earlier turns) count in `followups` alone, by kind.
    """

    counts: Mapping[str, int]
    fact_accuracy: Estimate | None
    fact_said: float | None
    fact_cited: float | None
    list_f1: Estimate | None
    list_exact: float | None
    list_measures_exact: float | None
    refusal_auroc: float | None
    refusal_recall: float | None
    refusal_precision: float | None
    refusal_by_style: Mapping[str, float]
    false_refusals: float | None
    near: float | None
    false_statements: float | None
    false_by_kind: Mapping[str, int]
    confidence_brier: float | None
    confidence_reliability: tuple[Bin, ...]
    citations: int
    citation_validity: float | None
    bad_marks: int
    related_p1: Estimate | None
    related_recall5: float | None
    followups: Mapping[str, float]
    ask_ms: Latency | None
    related_ms: Latency | None
    verdicts: tuple[Verdict, ...] = field(repr=False)


def accepts(said: str, accepted: Sequence[str]) -> bool:
    """Whether a short answer contains an accepted string, whitespace and width aside.

    A number must stand whole: “2月” is not in “12月”, “30” is not in “300”.
    """
    text = strip_layout(normalise(said)).replace(" ", "")
    for string in accepted:
        wanted = strip_layout(normalise(string)).replace(" ", "")
        before = r"(?<![\d.])" if wanted[:1].isdecimal() else ""
        after = r"(?![\d.]*\d)" if wanted[-1:].isdecimal() else ""
        if wanted and re.search(before + re.escape(wanted) + after, text):
            return True
    return False


def valid(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether a quote stands in its document at its offsets, and the hash is the document's."""
    document = documents.get(citation.measure.partition(":")[0])
    if document is None or citation.sha256 != document.sha256:
        return False
    if not 0 <= citation.start < citation.end <= len(document.text):
        return False
    quoted = strip_layout(document.text[citation.start : citation.end])
    return bool(quoted) and strip_layout(citation.quote) == quoted


def set_f1(found: set[ItemId], wanted: set[ItemId]) -> float:
    """The F1 of a set: 2·|both| / (|found| + |wanted|); 1 where both are empty."""
    if not found and not wanted:
        return 1.0
    return 2 * len(found & wanted) / (len(found) + len(wanted))


def judge(case: Case, answer: Answer, documents: Mapping[str, Document], *, ms: float) -> Verdict:
    """Score one answer to a case of kind fact, list or none."""
    said = answer.short_answer or ""
    cited = {citation.measure for citation in answer.citations}
    if case.kind == "howto":
        parts = {"cited": float(answer.answerable and bool(cited & set(case.evidence)))}
        right = bool(parts["cited"])
    elif case.kind == "fact":
        parts = {
            "said": float(answer.answerable and accepts(said, case.answers)),
            "cited": float(answer.answerable and bool(cited & set(case.evidence))),
        }
        right = all(parts.values())
    elif case.kind == "list":
        found = set(answer.items) if answer.answerable else set()
        parts = {"f1": set_f1(found, set(case.items))}
        if case.unit == "measure":
            parts["measures"] = float(answer.answerable and cited == set(case.measures))
        right = found == set(case.items)
    else:
        parts = {}
        right = not answer.answerable
    numbers = {citation.n for citation in answer.citations}
    return Verdict(
        case=case,
        right=right,
        parts=parts,
        answered=answer.answerable,
        refused=answer.standing == "refused",
        false=false_statement(case, answer, documents),
        confidence=answer.confidence,
        said=said,
        citations=len(answer.citations),
        valid_citations=sum(valid(citation, documents) for citation in answer.citations),
        bad_marks=sum(int(n) not in numbers for n in MARK.findall(answer.answer or "")),
        ms=ms,
    )


def judge_related(case: Case, found: Sequence[Related], *, ms: float) -> Verdict:
    """Score the measures found beside one: the first item, and the wanted among the first five."""
    ranked = list(dict.fromkeys((r.measure.document, r.measure.item) for r in found))
    wanted = set(case.items)
    parts = {
        "p1": float(bool(ranked) and ranked[0] in wanted),
        "recall5": len(wanted & set(ranked[:5])) / len(wanted),
    }
    return Verdict(case=case, right=bool(parts["p1"]), parts=parts, ms=ms)


def false_statement(case: Case, answer: Answer, documents: Mapping[str, Document]) -> str:
    """The kind of false statement that an answer makes with certainty; empty where it makes none.

    `zero`: none where there are some; `incomplete`: a set told as complete that is another one;
    `negation`: a short answer that stands in its source right behind a negation or bound;
    `column`: a column's name that the document does not have.
    """
    if not answer.answerable:
        return ""
    if answer.kind == "list" and case.kind == "list" and set(answer.items) != set(case.items):
        return "zero" if not answer.items else "incomplete"
    if answer.kind == "list" and case.kind != "list" and not answer.items:
        return "zero"
    said = VERDICT.sub("", answer.short_answer or "")
    for citation in answer.citations if said and answer.kind == "fact" else ():
        document = documents[citation.measure.partition(":")[0]]
        source = strip_layout(document.text[max(0, citation.start - 20) : citation.end + 20])
        at = source.find(said)
        if at > 0 and whole(source, Span(at, at + len(said))).start < at:
            return "negation"
    named = OWN_WORDS.findall(re.sub(r"“[^”]*”|《[^》]*》", "", answer.answer))
    texts = [documents[c.measure.partition(":")[0]].text for c in answer.citations]
    return "column" if any(name not in text for name in named for text in texts) else ""


def run_cases(
    cases: Sequence[Case],
    answer: Callable[[Case], Answer],
    related: Callable[[str], Sequence[Related]],
    documents: Mapping[str, Document],
) -> tuple[Verdict, ...]:
    """Put every case to the system and score it, in order.

    Raises:
        InputError: the system will not take a question; the message names the case.
    """
    found = []
    for case in cases:
        start = time.perf_counter()
        try:
            if case.kind == "related":
                beside = related(case.measure)
                ms = 1_000 * (time.perf_counter() - start)
                found.append(judge_related(case, beside, ms=ms))
            else:
                given = answer(case)
                ms = 1_000 * (time.perf_counter() - start)
                found.append(judge(case, given, documents, ms=ms))
        except InputError as error:
            raise InputError(f"题目 {case.qid}：{error}") from error
    return tuple(found)


def summarise(verdicts: Sequence[Verdict]) -> AnswerFigures:
    """The figures over verdicts; the threshold is the shipped one: what was answered."""
    single = [v for v in verdicts if not v.case.turns]
    asked = [v for v in verdicts if v.case.kind != "related"]
    kinds = {kind: [v for v in single if v.case.kind == kind] for kind in _kinds(single)}
    facts, lists = kinds.get("fact", []), kinds.get("list", [])
    none, beside = kinds.get("none", []), kinds.get("related", [])
    sound = facts + lists + kinds.get("howto", [])
    refused = [v for v in sound + none if not v.answered]
    lies = Counter(v.false for v in asked if v.false)
    confidences = [v.confidence for v in sound + none]
    truth = [True] * len(sound) + [False] * len(none)
    citations = sum(v.citations for v in verdicts)
    later = [v for v in verdicts if v.case.turns]
    return AnswerFigures(
        counts={kind: len(found) for kind, found in kinds.items()} | {"followup": len(later)},
        fact_accuracy=_estimate([float(v.right) for v in facts]),
        fact_said=_part(facts, "said"),
        fact_cited=_part(facts, "cited"),
        list_f1=_estimate([v.parts["f1"] for v in lists]),
        list_exact=_mean([v.right for v in lists]),
        list_measures_exact=_part(lists, "measures"),
        refusal_auroc=auroc([v.confidence for v in sound], [v.confidence for v in none]),
        refusal_recall=_mean([v.right for v in none]),
        refusal_precision=_mean([v.case.kind == "none" for v in refused]),
        refusal_by_style={
            style: mean([v.right for v in none if v.case.style == style])
            for style in sorted({v.case.style for v in none if v.case.style})
        },
        false_refusals=_mean([v.refused for v in sound]),
        near=_mean([not v.answered and not v.refused for v in sound]),
        false_statements=sum(lies.values()) / len(asked) if asked else None,
        false_by_kind=dict(sorted(lies.items())),
        confidence_brier=brier(confidences, truth),
        confidence_reliability=reliability(confidences, truth),
        citations=citations,
        citation_validity=sum(v.valid_citations for v in verdicts) / citations
        if citations
        else None,
        bad_marks=sum(v.bad_marks for v in verdicts),
        related_p1=_estimate([v.parts["p1"] for v in beside]),
        related_recall5=_part(beside, "recall5"),
        followups={
            kind: mean([v.right for v in later if v.case.kind == kind]) for kind in _kinds(later)
        },
        ask_ms=latency([v.ms for v in asked]),
        related_ms=latency([v.ms for v in beside]),
        verdicts=tuple(verdicts),
    )


def _kinds(verdicts: Sequence[Verdict]) -> list[str]:
    return sorted({v.case.kind for v in verdicts})


def _mean(values: Sequence[float]) -> float | None:
    return mean(values) if values else None


def _part(verdicts: Sequence[Verdict], name: str) -> float | None:
    return _mean([v.parts[name] for v in verdicts if name in v.parts])


def _estimate(values: Sequence[float]) -> Estimate | None:
    return estimate(values) if values else None
