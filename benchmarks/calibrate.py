"""Print `DEFAULT_CALIBRATIONS` of `index/fuse.py`: the bundled list as if it had no questions.

The list's questions are the queries; neither they nor the adapter are used for searching.
"""

from dataclasses import replace

from index.build import build_index
from index.embed import open_embedder
from index.learn import collect, fit, trainable
from index.tokens import Tokens
from service.library import BUNDLED, read_source
from service.settings import Settings


def main() -> None:
    settings = Settings()
    source = replace(read_source(BUNDLED[0]), adapter=None)
    index = build_index([source], open_embedder(settings.model, settings.cache))
    rows = trainable(index)
    samples = collect(index, Tokens(index.dictionary), rows, texts_only=True)
    for mode, calibration in fit(samples, f"hz-2022, {len(rows)} questions, texts only").items():
        values = ", ".join(f"{value:.4f}" for value in calibration.coefficients)
        print(f'"{mode}": Calibration({calibration.intercept:.4f}, ({values}), PROVENANCE),')
        print(f"# {calibration.provenance}")


if __name__ == "__main__":
    main()
