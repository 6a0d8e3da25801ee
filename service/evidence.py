"""How likely the documents answer a question, once it is seen what they say to it.

The boundary (`index.answerable`) knows the question alone, a score only what is near. Beside
them speak whether a number or a name of the form that was asked for was found where the question
is about, and how much of the question's term weight the row that is meant holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.datatypes import Index
from index.embed import DEFAULT_MODEL
from index.logistic import Logistic
from index.search import Hit
from service.facts import FORMS, NAMING, Finding
from service.wants import Wants

LEAST = 1e-5  # nothing is surer, so that the other columns still count


@dataclass(frozen=True)
class Evidence:
    """What the documents say to a question.

    `typed`: a number or a name was asked for; `form`: how well the best finding has that form,
    less where its measure is less probable than the best; `share` in [0, 1]: the part of the
    question's term weight that the best measure's row holds; `text` and `sentence`: the best
    cosines to a measure and to a sentence.
    """

    typed: bool
    form: float
    share: float
    text: float
    sentence: float


@dataclass(frozen=True)
class Judge:
    """A logistic model over `columns`, and the probability below which a question is refused."""

    model: Logistic
    threshold: float

    def weigh(self, known: float, evidence: Evidence) -> float:
        """The probability in (0, 1) that the documents answer a question."""
        return float(self.model.probabilities(np.array([columns(known, evidence)]))[0])


# `benchmarks/refusal.py` learns and prints the models; for the thresholds see DECISIONS.md.
# LEARNED knows the boundary's probability, the others only the best score; cosines differ from
# model to model, so that BARE is for the default one and PLAIN for any.
LEARNED = Judge(Logistic(-1.84, (0.73, -2.35, 4.51, 3.09, 0.0, 0.0)), 0.15)
BARE = Judge(Logistic(-71.59, (0.0, -3.64, 2.91, -0.76, 26.53, 54.26)), 0.1)
PLAIN = Judge(Logistic(-0.09, (0.12, -3.49, 3.10, 2.56, 0.0, 0.0)), 0.1)


def judge_of(index: Index, *, learned: bool) -> Judge:
    """The judge of a question whose boundary was learned, or not, on an index."""
    if learned:
        return LEARNED
    return BARE if index.model.split(" ")[0] == DEFAULT_MODEL else PLAIN


def typed(wants: Wants) -> bool:
    """Whether a number or a name is asked for."""
    return wants.kind in FORMS or wants.kind in NAMING


def form_found(wants: Wants, findings: Sequence[Finding], hits: Sequence[Hit]) -> float:
    """How well the best finding has the form that was asked for, and stands where it should."""
    if not typed(wants) or not findings or not hits[0].score:
        return 0.0
    return findings[0].form * min(1.0, findings[0].place.prior / hits[0].score)


def columns(known: float, evidence: Evidence) -> tuple[float, ...]:
    """The models' six columns for one question: the log odds of what is known, the evidence."""
    within = min(max(known, LEAST), 1 - LEAST)
    odds = float(np.log(within / (1 - within)))
    e = evidence
    return odds, float(e.typed), e.form, e.share, e.text, e.sentence
