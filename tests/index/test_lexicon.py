"""Tests of expanding a query: what stands in it, what is added, and what that finds."""

import pytest

from corpus.lexicon import Entry
from corpus.measures import Parsed
from index.build import Source, build_index
from index.lexicon import STORY, Lexicon
from index.search import Searcher
from index.signals import ADDED
from tests.fakes import FakeEmbedder

ENTRIES = (
    Entry("分店", ("连锁门店",)),
    Entry("开分店", ("分支机构", "一照多址")),
    Entry("CA", ("数字证书",)),
    Entry("ca锁", ("数字证书", "CA证书")),
    Entry("稅捐", ("税务",)),
)
LEXICON = Lexicon(ENTRIES)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("开分店怎么办", ("分支机构", "一照多址")),
        ("分店怎么办", ("连锁门店",)),
        ("开分店和分店", ("分支机构", "一照多址", "连锁门店")),
        ("开分店免分支机构登记", ("一照多址",)),
        ("ca怎么办", ("数字证书",)),
        ("用ca投标", ("数字证书",)),
        ("cad图纸", ()),
        ("location", ()),
        ("ca1", ()),
        ("ca锁", ("数字证书", "ca证书")),
        ("税捐", ("税务",)),
        ("一照多址", ()),
        ("", ()),
    ],
)
def test_expand_spoken_forms_give_official_terms(text: str, terms: tuple[str, ...]) -> None:
    assert LEXICON.expand(text) == terms


def test_found_tells_each_form_once() -> None:
    assert LEXICON.found("开分店,再开分店,用ca") == ("开分店", "ca")


def test_expand_empty_lexicon_adds_nothing() -> None:
    assert Lexicon().expand("开分店") == ()


@pytest.mark.parametrize(("length", "said"), [(STORY, ("开分店",)), (STORY + 1, ())])
def test_found_long_story_is_left_alone(length: int, said: tuple[str, ...]) -> None:
    assert LEXICON.found("开分店".ljust(length, "呀")) == said


def test_search_expansion_finds_by_words_and_leaves_the_dense_arm(small: Parsed) -> None:
    entries = (Entry("门面", ("一照多址",)),)
    embedder = FakeEmbedder()
    plain = Searcher(build_index([Source(small)], FakeEmbedder()), embedder)
    spoken = Searcher(build_index([Source(small)], FakeEmbedder(), lexicon=entries), embedder)
    before, after = (s.search("门面", k=4).hits for s in (plain, spoken))
    assert [hit.signals.bm25 for hit in before] == [0, 0, 0, 0]
    assert after[0].measure.id == "small:1.1.1"
    assert after[0].signals.bm25 > 0
    assert {h.measure.id: h.signals.dense for h in before} == {
        h.measure.id: h.signals.dense for h in after
    }
    assert embedder.encoded == ["门面", "门面"]


def test_search_expansion_weighs_less_than_the_query(small: Parsed) -> None:
    searcher = Searcher(
        build_index([Source(small)], FakeEmbedder(), lexicon=[Entry("门面", ("一照多址",))]),
        FakeEmbedder(),
    )
    spoken, official = (searcher.search(q, mode="bm25").hits[0] for q in ("门面", "一照多址"))
    assert spoken.measure == official.measure
    assert spoken.signals.bm25 == pytest.approx(ADDED * official.signals.bm25, abs=1e-5)


def test_with_lexicon_leaves_the_searcher_as_it_was(small: Parsed) -> None:
    searcher = Searcher(build_index([Source(small)], FakeEmbedder()), FakeEmbedder())
    other = searcher.with_lexicon([Entry("门面", ("一照多址",))])
    assert other.search("门面", mode="bm25").hits[0].signals.bm25 > 0
    assert searcher.search("门面", mode="bm25").hits[0].signals.bm25 == 0
