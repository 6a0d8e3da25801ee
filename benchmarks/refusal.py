"""Learn what the evidence weighs in a refusal: the models of `service/evidence.py`.

`fact_questions.txt` names the bundled questions that ask for a fact. Five times the fact
questions and the unanswerable ones of a fifth of the items are judged by a boundary that has
seen none of them, as a new question about a fact that nobody has asked for would be; that
teaches `LEARNED`. All questions of both sorts, asked of the list as if it had none, teach
`BARE` and `PLAIN`. Prints the models and, by five-fold cross-validation over items, what each
gains over its first column alone. Not timed.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from corpus.questions import Question
from corpus.text import normalise
from index.answerable import learn_boundary
from index.build import Source, build_index
from index.logistic import Logistic, fit_logistic
from index.search import Searcher
from service.answer import Answerer
from service.evidence import columns
from service.library import BUNDLED, open_searcher, read_source
from service.settings import read_settings

FACTS = Path(__file__).parent / "fact_questions.txt"
ANY_MODEL = (1, 1, 1, 1, 0, 0)  # columns that mean the same in every embedding model
COSINES = (0, 1, 1, 1, 1, 1)  # columns that go beside the cosines, which say more than a score
FOLDS = 5
FALSE_REFUSALS = 0.03
Table = NDArray[np.float64]
Labels = NDArray[np.bool_]


def held_out(searcher: Searcher) -> tuple[Table, Labels, Sequence[Question]]:
    """The columns of the fact and the unanswerable questions, their boundary blind to both."""
    index, n = searcher.index, len(searcher.measures)
    known = {normalise(line) for line in FACTS.read_text(encoding="utf-8").splitlines()}
    questions = (*index.questions, *index.unanswerable)
    vectors = np.concatenate([index.raw[2 * n :], index.beyond])
    asked = np.arange(len(questions)) < len(index.questions)
    facts = asked & np.array([normalise(q.text) in known for q in questions])
    folds = np.array([q.item % FOLDS for q in questions])
    answerable = np.empty(len(questions))
    for fold in range(FOLDS):
        hidden = (folds == fold) & (facts | ~asked)
        near, beyond = vectors[asked & ~hidden], vectors[~asked & ~hidden]
        boundary = learn_boundary(near, beyond, index.raw[:n])
        if boundary is None:
            raise SystemExit("too few questions in the index; run wence build")
        for place in np.flatnonzero(hidden):
            answerable[place] = boundary.answerable(vectors[place], near, beyond, index.raw[:n])
    answerer = Answerer(searcher)
    places = np.flatnonzero(facts | ~asked)
    chosen = [questions[place] for place in places]
    table = [
        columns(float(answerable[place]), answerer.evidence(questions[place].text))
        for place in places
    ]
    return np.array(table), facts[places], chosen


def bare(searcher: Searcher, source: Source) -> tuple[Table, Labels, Sequence[Question]]:
    """The columns of all questions, asked of the list without any."""
    empty = build_index([Source(source.parsed)], searcher.embedder, previous=searcher.index)
    answerer = Answerer(Searcher(empty, searcher.embedder))
    questions = (*source.questions, *source.unanswerable)
    table = []
    for question in questions:
        found = answerer.searcher.search(question.text, k=1)
        table.append(columns(found.answerable, answerer.evidence(question.text)))
    return np.array(table), np.arange(len(questions)) < len(source.questions), questions


def learn(table: Table, labels: Labels) -> Logistic:
    """The model; both sorts weigh the same."""
    weights = np.where(labels, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    return fit_logistic(table, labels, weights)


def tell(name: str, table: Table, labels: Labels, questions: Sequence[Question]) -> None:
    """Print a model and its gain."""
    folds = np.array([question.item for question in questions]) % FOLDS
    found = np.empty(len(labels))
    for fold in range(FOLDS):
        model = learn(table[folds != fold], labels[folds != fold])
        found[folds == fold] = model.probabilities(table[folds == fold])
    for what, values in (("first column alone", table[:, 0]), ("with evidence", found)):
        threshold = np.quantile(values[labels], FALSE_REFUSALS)
        recall = np.mean(values[~labels] < threshold)
        print(
            f"{name}, {what}: AUROC {roc_auc_score(labels, values):.3f}, "
            f"recall at {FALSE_REFUSALS:.0%} false refusals {recall:.3f} (below {threshold:.2f})"
        )
    model = learn(table, labels)
    weights = ", ".join(f"{c:.2f}" for c in model.coefficients)
    print(f"{name} = Logistic({model.intercept:.2f}, ({weights}))")


def main() -> None:
    """Print the models and their gains."""
    searcher = open_searcher(read_settings({}))
    table, labels, questions = held_out(searcher)
    tell("LEARNED", table * ANY_MODEL, labels, questions)
    table, labels, questions = bare(searcher, read_source(BUNDLED[0]))
    tell("BARE", table * COSINES, labels, questions)
    tell("PLAIN", table * ANY_MODEL, labels, questions)


if __name__ == "__main__":
    main()
