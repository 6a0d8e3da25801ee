"""What is told of a document without its text."""

from dataclasses import asdict
from typing import Any

from index.search import Searcher


def about_documents(searcher: Searcher) -> list[dict[str, Any]]:
    """All documents in the contract's `About` form, in their order."""
    told = []
    for name, document in searcher.documents.items():
        measures = [m for m in searcher.measures if m.document == name]
        about = {key: value for key, value in asdict(document).items() if key != "text"}
        told.append(
            about
            | {
                "characters": len(document.text),
                "measures": sum(m.applicable for m in measures),
                "items": len({m.item for m in measures}),
            }
        )
    return told
