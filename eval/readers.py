"""The readers that were not taught by the documents they are measured on.

The shipped reader learned last from the development halves of all documents. Beside it lie one
that was taught none of the foreign documents and one that was not taught the bundled list; what
is measured on a document is read by one that does not know it.
"""

from pathlib import Path

from index.embed import default_model
from index.reader import Reader, open_reader
from service.library import BUNDLED

FOLDER = Path(__file__).parent / "data" / "readers"


def reader_without(document: str, cache: Path) -> Reader | None:
    """The reader that a document, by its name, did not teach.

    None where the default model is not there, beside which readers are trained.

    Raises:
        ModelError: its file is damaged.
    """
    return open_reader(default_model(cache), reader_file(document))


def reader_file(document: str) -> Path:
    """The file of that reader."""
    own = document == BUNDLED[0].name
    return FOLDER / f"without-{document if own else 'foreign'}.safetensors"
