"""Learn what candidates, evidence and sets are worth: `service/answer/scores.json`.

Cases of several documents are put to the answering that is served, which says for each all its
candidates; an accepted answer in the right item is a right one. `rank` is learned over
candidates, `judge` over questions, `sets` over lists. Every figure printed is of a document that
nothing was learned on; the shipped models are learned on the development halves of all of them.
Not timed.
"""

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from eval.answers import accepts
from eval.dataset import Case, Ids, read_cases, read_qrels, read_queries
from eval.dataset import judged as judged_queries
from eval.readers import reader_without
from index.build import build_index
from index.embed import open_embedder
from index.logistic import Logistic, fit_logistic
from index.search import Searcher
from service.answer import Answerer
from service.answer.ask import Found
from service.answer.candidates import FEATURES
from service.answer.score import FILE, LIMITS, MODELS, Scores, judged, rank, set_row, told_row
from service.library import BUNDLED, read_source
from service.settings import read_settings

DATA = Path(__file__).parent.parent / "eval" / "data"
TODAY = date(2026, 11, 24)
BUNDLED_CASES = ("cases_dev", "cases_fresh", "cases_second_dev")
FOREIGN_CASES = ("cases_dev",)
FALSE_REFUSALS = 0.03
LISTED = 0.7  # the least of a list that is told as complete
SHORT = 0.2  # the least of a short answer
ROWS = 2000  # that all candidates of a model of them weigh: how lightly it is regularised
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A case with what was found for it, and which of its candidates are right."""

    case: Case
    found: Found
    right: NDArray[np.bool_]
    set_right: bool


def collect(answerer: Answerer, cases: Iterable[Case]) -> list[Asked]:
    """Put the cases to an answerer."""
    asked = []
    for case in cases:
        found = answerer.find(case.query, turns=case.turns, today=TODAY)
        items = {tuple(name.rsplit(".", 2)[0].split(":")) for name in case.evidence}
        right = np.array(
            [
                case.kind == "fact"
                and (c.measure.document, str(c.measure.item)) in items
                and accepts(c.said, case.answers)
                for c in found.evidence.candidates
            ],
            bool,
        )
        listed = found.listed
        got = {(m.document, m.item) for m in listed.measures} if listed else None
        asked.append(Asked(case, found, right, case.kind == "list" and got == set(case.items)))
    return asked


def fit_rank(groups: Sequence[Sequence[Asked]]) -> Logistic:
    """Candidates of all questions: the right ones of facts against all others."""
    rows, labels, weights = [], [], []
    for group in groups:
        told = [one for one in group if one.case.kind == "fact" and one.right.any()]
        for one in told:
            rows += [c.features for c in one.found.evidence.candidates]
            labels += one.right.tolist()
            # A document with many questions counts for less than they are.
            good, bad = (len(told) ** 0.5 * n for n in (one.right.sum(), (~one.right).sum()))
            weights += [1 / good if right else 3 / bad for right in one.right]
    even = np.array(weights) * (ROWS / np.sum(weights))
    return fit_logistic(np.array(rows), np.array(labels), even)


def fit_judge(groups: Sequence[Sequence[Asked]], models: Scores) -> Logistic:
    """Questions: those that the document answers against those that it does not."""
    table, labels, weights = [], [], []
    for group in groups:
        asked = [one for one in group if one.case.kind != "list"]
        known = [one.case.kind != "none" for one in asked]
        table += [row_of(one, models) for one in asked]
        labels += known
        # Both halves alike, and a document with many questions counts for less than they are.
        halves = {kind: len(asked) ** 0.5 / known.count(kind) for kind in set(known)}
        weights += [halves[kind] for kind in known]
    even = np.array(weights) / np.mean(weights)
    return fit_logistic(np.array(table), np.array(labels), even)


def fit_told(groups: Sequence[Sequence[Asked]], models: Scores) -> Logistic:
    """Best candidates: those that are right against others, and those of what nothing answers."""
    table, labels, weights = [], [], []
    for group in groups:
        asked = [one for one in group if one.case.kind in ("fact", "none") and one.right.size]
        for one in asked:
            found = one.found
            ranked = rank(found.evidence.candidates, models)
            table.append(told_row(found.frame, found.evidence, ranked, found.boundary))
            labels.append(one.right[found.evidence.candidates.index(ranked[0][0])])
            weights.append(len(asked) ** -0.5)
    even = np.array(weights) / np.mean(weights)
    return fit_logistic(np.array(table), np.array(labels), even)


def row_of(one: Asked, models: Scores) -> tuple[float, ...]:
    """The judge's columns of a question, its candidates ranked by these models."""
    ranked = rank(one.found.evidence.candidates, models)
    return judged(one.found.frame, one.found.evidence, ranked, one.found.boundary)


def fit_sets(groups: Sequence[Sequence[Asked]]) -> Logistic:
    """Sets: those that are exactly right against all others that could be computed."""
    chosen = [one for group in groups for one in group if one.found.listed is not None]
    table = np.array(
        [set_row(o.found.frame, o.found.listed, o.found.result.hits) for o in chosen]  # type: ignore[arg-type]
    )
    labels = np.array([one.set_right for one in chosen])
    return fit_logistic(table, labels, np.ones(len(labels)))


def learn(groups: Sequence[Sequence[Asked]], models: Scores) -> Scores:
    """All models from groups of cases."""
    ranked = replace(models, rank=fit_rank(groups))
    judge, told = fit_judge(groups, ranked), fit_told(groups, ranked)
    return replace(ranked, judge=judge, told=told, sets=fit_sets(groups))


def report(name: str, asked: Sequence[Asked], answerer: Answerer) -> Mapping[str, float]:
    """The figures of one document under the models of an answerer."""
    counts: dict[str, list[float]] = {}

    def note(key: str, value: float) -> None:
        counts.setdefault(key, []).append(value)

    odds, truth = [], []
    for one in asked:
        case = one.case
        answer = answerer._decide(case.query, refound(one.found, answerer))
        talk = "+" if case.turns else ""
        if case.kind == "fact":
            items = {tuple(n.rsplit(".", 2)[0].split(":")) for n in case.evidence}
            cited = {tuple(c.measure.rsplit(".", 2)[0].split(":")) for c in answer.citations}
            said = answer.answerable and accepts(answer.short_answer or "", case.answers)
            right = said and bool(items & cited)
            note(f"fact{talk}", right)
            if not talk:
                note("false_refusal", answer.standing == "refused")
                note("not_answered", not answer.answerable)
                wrong = answer.answerable and answer.short_answer is not None and not right
                note("wrong", wrong)
                note("wrong_list", answer.kind == "list")
        elif case.kind == "list":
            exact = (
                answer.answerable and answer.kind == "list" and set(answer.items) == set(case.items)
            )
            note(f"list{talk}", exact)
            note("list_false", answer.kind == "list" and not exact)
        elif case.kind == "none":
            note(f"none{talk}", not answer.answerable)
        elif case.kind == "howto":
            note("howto_refused", answer.standing == "refused")
        if case.kind in ("fact", "none", "howto") and not talk:
            odds.append(answer.confidence if answer.kind != "list" else 0.5)
            truth.append(case.kind != "none")
    figures = {key: float(np.mean(values)) for key, values in sorted(counts.items())}
    figures["auroc"] = float(roc_auc_score(truth, odds)) if 0 < sum(truth) < len(truth) else 0.0
    print(
        f"{name:14}",
        " ".join(f"{k} {v:.3f}({len(counts.get(k, odds))})" for k, v in figures.items()),
    )
    return figures


def refound(found: Found, answerer: Answerer) -> Found:
    """What was found, ranked by another answerer's models."""
    return replace(found, ranked=rank(found.evidence.candidates, answerer._models))


def record_of(models: Scores) -> dict[str, object]:
    """The models as JSON."""
    told: dict[str, object] = {
        name: {
            "intercept": round(model.intercept, 5),
            "coefficients": [round(c, 5) for c in model.coefficients],
        }
        for name, model in ((name, getattr(models, name)) for name in MODELS)
    }
    limits = {n: getattr(models, n) for n in LIMITS}
    return told | limits | {"provenance": models.provenance}


def searchers(names: Sequence[str]) -> Mapping[str, Searcher]:
    """A throw-away index for each document."""
    settings = read_settings(os.environ)
    embedder = open_embedder(settings.model, settings.cache)
    folders = {BUNDLED[0].name: BUNDLED[0]}
    folders |= {folder.name: folder for folder in sorted((DATA / "foreign").iterdir())}
    return {
        name: Searcher(build_index([read_source(folders[name])], embedder), embedder)
        for name in names
    }


def cases_of(name: str, searcher: Searcher, files: Sequence[str]) -> list[Case]:
    """The cases of a document's files that there are."""
    folder = DATA / name if (DATA / name).is_dir() else DATA / "foreign" / name
    ids = Ids(searcher.measures, document=name)
    paths = [folder / f"{file}.jsonl" for file in files]
    cases = [case for path in paths if path.is_file() for case in read_cases(path, ids)]
    if (folder / "queries.jsonl").is_file():
        cases += howto(folder, ids)
    return [case for case in cases if case.kind != "related"]


def howto(folder: Path, ids: Ids) -> list[Case]:
    """The development half's retrieval queries, which the document answers by a passage."""
    qrels = read_qrels(folder / "qrels" / "dev.tsv", ids.measure)
    return [
        Case(q.id, "howto", q.text, q.style, evidence=tuple(qrels[q.id]))
        for q in judged_queries(read_queries(folder / "queries.jsonl"), qrels)
    ]


def choose(models: Scores, asked: Mapping[str, Sequence[Asked]]) -> Scores:
    """The thresholds: few false refusals, and lists that are nearly always exact."""
    known: list[float] = []
    for group in asked.values():
        for one in group:
            if one.case.kind in ("fact", "howto") and not one.case.turns:
                table = np.array([row_of(one, models)])
                known.append(float(models.judge.probabilities(table)[0]))
    near, answered = np.quantile(known, [FALSE_REFUSALS / 3, FALSE_REFUSALS])
    return replace(models, near=round(float(near), 3), answered=round(float(answered), 3))


def main() -> None:
    """Measure with each document left out, then learn on all and write the models."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="write the models")
    write = parser.parse_args().write
    folders = sorted(folder.name for folder in (DATA / "foreign").iterdir())
    found = searchers((BUNDLED[0].name, *folders))
    settings = read_settings(os.environ)
    empty = Logistic(0.0, (0.0,) * len(FEATURES))
    blank = Scores(*(empty,) * len(MODELS), 0.15, 0.15, SHORT, LISTED, "none")
    readers = {name: reader_without(name, settings.cache) for name in found}
    answerers = {name: Answerer(found[name], readers[name], blank) for name in found}
    asked: dict[str, list[Asked]] = {}
    for name, searcher in found.items():
        files = BUNDLED_CASES if name == BUNDLED[0].name else FOREIGN_CASES
        asked[name] = collect(answerers[name], cases_of(name, searcher, files))
    without = {}
    for name, group in asked.items():
        others = {other: cases for other, cases in asked.items() if other != name}
        models = told(choose(learn(list(others.values()), blank), others), others)
        report(name, group, Answerer(found[name], readers[name], models))
        without[name] = record_of(models)
    whole = told(choose(learn(list(asked.values()), blank), asked), asked)
    if write:
        unread = {name: [without_reader(one) for one in group] for name, group in asked.items()}
        plain = told(choose(learn(list(unread.values()), blank), unread), unread)
        record = {"all": record_of(whole), "unread": record_of(plain), "without": without}
        FILE.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


def without_reader(one: Asked) -> Asked:
    """A case as it is where there is no reader."""
    places = [FEATURES.index(name) for name in ("reader", "reader_best", "below")]
    found = tuple(
        replace(c, features=tuple(0.0 if i in places else f for i, f in enumerate(c.features)))
        for c in one.found.evidence.candidates
    )
    evidence = replace(one.found.evidence, candidates=found, reader=0.0)
    return replace(one, found=replace(one.found, evidence=evidence))


def told(models: Scores, asked: Mapping[str, Sequence[Asked]]) -> Scores:
    """The models with their provenance."""
    counts = ", ".join(f"{name} {len(group)}" for name, group in asked.items())
    return replace(models, provenance=f"benchmarks/answers.py over {counts}")


if __name__ == "__main__":
    main()
