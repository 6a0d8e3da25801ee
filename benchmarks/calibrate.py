"""Print `DEFAULT_CALIBRATIONS` of `index/fuse.py`: the bundled list as if it had no questions.

The list's questions are the queries; neither they nor the adapter are used for searching. The
list is asked whole and cut into parts of a few items, since documents of people's own are
mostly smaller.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.build import build_index
from index.datatypes import Index
from index.embed import open_embedder
from index.learn import collect, fit, trainable
from index.tokens import Tokens
from service.library import BUNDLED, read_source
from service.settings import Settings

PARTS = (2, 5, 20)  # items a part, about 7, 17 and 70 measures; and all 101


def parts(index: Index) -> Iterator[NDArray[np.bool_]]:
    """The measures of every part, as masks."""
    groups = int(index.owners.items.max()) + 1
    yield np.ones(len(index.measures), bool)
    for size in PARTS:
        order = np.random.default_rng(size).permutation(groups)
        for start in range(0, groups - size + 1, size):
            yield np.isin(index.owners.items, order[start : start + size])


def main() -> None:
    """Print the calibrations."""
    settings = Settings()
    source = replace(read_source(BUNDLED[0]), adapter=None)
    index = build_index([source], open_embedder(settings.model, settings.cache))
    tokens, rows = Tokens(index.dictionary), trainable(index)
    samples = [
        sample
        for there in parts(index)
        for sample in collect(
            index,
            tokens,
            [j for j in rows if there[index.owners.measure_of[j]]],
            among=there,
            texts_only=True,
        )
    ]
    for mode, calibration in fit(samples, "").items():
        values = ", ".join(f"{value:.4f}" for value in calibration.coefficients)
        print(f'"{mode}": Calibration({calibration.intercept:.4f}, ({values}), SHIPPED),')
    print(f'SHIPPED = "shipped: hz-2022, {len(rows)} questions, texts only, whole and in parts"')


if __name__ == "__main__":
    main()
