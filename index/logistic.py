"""Logistic regression over standardised columns, given back in the columns' own scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Logistic:
    """log odds = intercept + Σ coefficient · column."""

    intercept: float
    coefficients: tuple[float, ...]

    def probabilities(self, table: Table) -> Table:
        """Probabilities in (0, 1) for the rows of an (n, columns) table."""
        odds = table @ np.array(self.coefficients) + self.intercept
        found: Table = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        return found


def fit_logistic(table: Table, labels: NDArray[np.bool_], weights: Table) -> Logistic:
    """Fit (n, columns) rows with their labels and weights, lightly regularised."""
    from sklearn.linear_model import LogisticRegression

    centre, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1000).fit(
        (table - centre) / spread, labels, sample_weight=weights
    )
    slopes = model.coef_[0] / spread
    return Logistic(float(model.intercept_[0] - slopes @ centre), tuple(map(float, slopes)))
