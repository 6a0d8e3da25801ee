"""What is told of a document without its text."""

from dataclasses import asdict
from typing import Any

from index.search import Searcher


def about_document(searcher: Searcher, name: str) -> dict[str, Any]:
    """A document in the contract's `About` form, with its own names for its columns."""
    document = searcher.documents[name]
    measures = [m for m in searcher.measures if m.document == name]
    about = {key: value for key, value in asdict(document).items() if key != "text"}
    return about | {
        "characters": len(document.text),
        "measures": sum(m.applicable for m in measures),
        "items": len({m.item for m in measures}),
        "columns": [column.name for column in searcher.index.schemas[name].columns],
    }


def about_documents(searcher: Searcher) -> list[dict[str, Any]]:
    """All documents, in their order."""
    return [about_document(searcher, name) for name in searcher.documents]
