"""LangChain's and LlamaIndex's retrievers, with the real packages, on a running service."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from service.client import Wence

pytestmark = pytest.mark.clients

lc = pytest.importorskip("service.retrievers.langchain", exc_type=ImportError)
li = pytest.importorskip("service.retrievers.llamaindex", exc_type=ImportError)


@pytest.fixture
def wence(site: str) -> Iterator[Wence]:
    """A client of the service over the real list."""
    with Wence(site) as opened:
        yield opened


def test_langchain_documents_are_the_hits(wence: Wence, site: str) -> None:
    retriever = lc.WenceRetriever(client=wence, k=3, filters={"lead": "市场监管"})
    documents = retriever.invoke("一照多址怎么办理")
    direct = wence.search("一照多址怎么办理", k=3, lead="市场监管").hits
    assert [d.id for d in documents] == [hit.measure.id for hit in direct]
    assert [d.page_content for d in documents] == [hit.measure.text for hit in direct]
    assert documents[0].metadata["source"] == f"{site}/m/hz-2022:1.1.1"
    assert documents[0].metadata["score"] == direct[0].score
    assert len(retriever.invoke("一照多址怎么办理", k=1)) == 1


def test_langchain_retriever_joins_a_chain(wence: Wence) -> None:
    from langchain_core.runnables import RunnableLambda

    def join(documents: Any) -> str:
        return "\n".join(document.page_content for document in documents)

    chain: Any = lc.WenceRetriever(client=wence, k=1) | RunnableLambda(join)
    assert "一照多址" in chain.invoke("一照多址怎么办理")
    assert "一照多址" in asyncio.run(chain.ainvoke("一照多址怎么办理"))


def test_langchain_standard_tests_hold(wence: Wence) -> None:
    from langchain_tests.integration_tests import RetrieversIntegrationTests

    class Standard(RetrieversIntegrationTests):
        """The framework's own tests of retrievers."""

        @property
        def retriever_constructor(self) -> type:
            """What is tested."""
            return lc.WenceRetriever  # type: ignore[no-any-return]

        @property
        def retriever_constructor_params(self) -> dict[str, object]:
            """How it is made."""
            return {"client": wence}

        @property
        def retriever_query_example(self) -> str:
            """A question with hits."""
            return "企业开办"

    standard = Standard()
    standard.test_k_constructor_param()
    retriever = lc.WenceRetriever(client=wence)
    standard.test_invoke_with_k_kwarg(retriever)
    standard.test_invoke_returns_documents(retriever)
    asyncio.run(standard.test_ainvoke_returns_documents(retriever))


def test_langchain_embeddings_of_the_service_are_the_models_own(site: str, wence: Wence) -> None:
    from langchain_openai import OpenAIEmbeddings

    made = OpenAIEmbeddings(
        model="wence-query",
        base_url=f"{site}/v1",
        api_key="none",  # type: ignore[arg-type]
        check_embedding_ctx_length=False,
    )
    assert len(made.embed_query("办税")) == 384


def test_langchain_chat_model_gives_the_answer(site: str) -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="wence", base_url=f"{site}/v1", api_key="none")  # type: ignore[arg-type]
    assert "市市场监管局" in str(model.invoke("一照多址由谁牵头").content)


def test_llamaindex_nodes_are_the_hits(wence: Wence) -> None:
    retriever = li.WenceRetriever(wence, k=3, due_to="2022-06")
    nodes = retriever.retrieve("一照多址怎么办理")
    direct = wence.search("一照多址怎么办理", k=3, due_to="2022-06").hits
    assert [n.node.node_id for n in nodes] == [hit.measure.id for hit in direct]
    assert [n.score for n in nodes] == [hit.score for hit in direct]
    assert nodes[0].node.get_content() == direct[0].measure.text
