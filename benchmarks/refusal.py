"""Learn what the boundary and the evidence weigh in a refusal: `service.evidence.MODEL`.

`fact_questions.txt` names the bundled questions that ask for a fact. Five times the fact
questions and the unanswerable ones of a fifth of the items are judged by a boundary that has
seen none of them, as a new question about a fact that nobody has asked for would be. Prints the
model and, by five-fold cross-validation, what it gains over the boundary alone. Not timed.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from corpus.text import normalise
from index.answerable import learn_boundary
from index.logistic import Logistic, fit_logistic
from index.search import Searcher
from service.answer import Answerer
from service.evidence import columns
from service.library import open_searcher
from service.settings import read_settings

FACTS = Path(__file__).parent / "fact_questions.txt"
FOLDS = 5
FALSE_REFUSALS = 0.03


def judged(searcher: Searcher) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The model's columns for every fact and unanswerable question, and which are facts."""
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
    table = [
        columns(float(answerable[place]), answerer.evidence(questions[place].text))
        for place in places
    ]
    return np.array(table), facts[places]


def learn(table: NDArray[np.float64], labels: NDArray[np.bool_]) -> Logistic:
    """The model; both sorts weigh the same."""
    weights = np.where(labels, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    return fit_logistic(table, labels, weights)


def main() -> None:
    """Print the model and its gain."""
    table, labels = judged(open_searcher(read_settings({})))
    folds = np.random.default_rng(1).permutation(len(labels)) % FOLDS
    found = np.empty(len(labels))
    for fold in range(FOLDS):
        model = learn(table[folds != fold], labels[folds != fold])
        found[folds == fold] = model.probabilities(table[folds == fold])
    for name, values in (("boundary alone", table[:, 0]), ("with evidence", found)):
        threshold = np.quantile(values[labels], FALSE_REFUSALS)
        recall = np.mean(values[~labels] < threshold)
        print(
            f"{name}: AUROC {roc_auc_score(labels, values):.3f}, "
            f"recall at {FALSE_REFUSALS:.0%} false refusals {recall:.3f}"
        )
    model = learn(table, labels)
    weights = ", ".join(f"{c:.2f}" for c in model.coefficients)
    print(f"MODEL = Logistic({model.intercept:.2f}, ({weights}))")


if __name__ == "__main__":
    main()
