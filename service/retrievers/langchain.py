"""LangChain: `WenceRetriever(client=Wence(url))` gives hits as Documents."""

from typing import Any

from corpus.errors import SetupError
from service.client import Hit, Wence

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from pydantic import ConfigDict, Field
except ImportError as error:
    raise SetupError("还需要 langchain-core；请运行 pip install 'wence[langchain]'") from error


class WenceRetriever(BaseRetriever):
    """The measures that a query finds, best first; `k` may also be given to `invoke`.

    `filters` are the client's: lead, responsible, aspect, item, due_from, due_to, document.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: Wence
    k: int = 10
    mode: str = "hybrid"
    filters: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (the framework's)
        k: int | None = None,
    ) -> list[Document]:
        found = self.client.search(query, k=k or self.k, mode=self.mode, **self.filters)
        return [_document(hit, self.client.url) for hit in found.hits]


def _document(hit: Hit, url: str) -> Document:
    measure = hit.measure
    metadata = measure.model_dump(mode="json", exclude={"text"}) | {
        "score": hit.score,
        "source": f"{url}/m/{measure.id}",
        "citation": hit.citation.model_dump(mode="json"),
    }
    return Document(id=measure.id, page_content=measure.text, metadata=metadata)
