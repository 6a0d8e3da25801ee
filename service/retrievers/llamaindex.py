"""LlamaIndex: `WenceRetriever(Wence(url))` gives hits as nodes with their scores."""

from typing import Any

from corpus.errors import SetupError
from service.client import Hit, Wence

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ImportError as error:
    raise SetupError("还需要 llama-index-core；请运行 pip install 'wence[llamaindex]'") from error


class WenceRetriever(BaseRetriever):
    """The measures that a query finds, best first; filters are the client's."""

    def __init__(self, client: Wence, *, k: int = 10, mode: str = "hybrid", **filters: Any) -> None:
        super().__init__()
        self._client, self._k, self._mode, self._filters = client, k, mode, filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = query_bundle.query_str
        found = self._client.search(query, k=self._k, mode=self._mode, **self._filters)
        return [_node(hit, self._client.url) for hit in found.hits]


def _node(hit: Hit, url: str) -> NodeWithScore:
    measure = hit.measure
    metadata = {
        "title": measure.title,
        "aspect": measure.aspect,
        **{cell.name: cell.value for cell in measure.columns if cell.role != "measure"},
        "source": f"{url}/m/{measure.id}",
        "sha256": hit.citation.sha256,
    }
    node = TextNode(id_=measure.id, text=measure.text, metadata=metadata)
    node.start_char_idx, node.end_char_idx = measure.start, measure.end
    return NodeWithScore(node=node, score=hit.score)
