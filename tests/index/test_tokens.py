"""Tests of cutting: the policy dictionary's terms stay whole and match in part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.measures import Parsed
from corpus.text import normalise
from index.tokens import Tokens, mine_dictionary


@pytest.fixture(scope="module")
def tokens(real_list: Parsed) -> Tokens:
    return Tokens(mine_dictionary(real_list.measures))


@pytest.mark.parametrize(
    "term", ["一照多址", "一证多址", "双随机、一公开", "市市场监管局", "各区、县", "一网通办"]
)
def test_mine_dictionary_real_list_holds_term(tokens: Tokens, term: str) -> None:
    assert any(term in entry for entry in tokens.dictionary)


def test_mine_dictionary_small_list_is_sorted_and_normalised(small: Parsed) -> None:
    dictionary = mine_dictionary(small.measures)
    assert list(dictionary) == sorted(set(dictionary))
    assert {"一照多址", "一网通办", "市市场监管局", "市公积金中心"} <= set(dictionary)
    assert all(normalise(term) == term and len(term) > 1 for term in dictionary)


@pytest.mark.parametrize("query", ["一照多址", "一照多址怎么办理", "企业想办一照多址要找谁"])
def test_terms_policy_word_stays_whole_in_any_query(tokens: Tokens, query: str) -> None:
    assert "一照多址" in tokens.terms(query)


def test_terms_term_with_punctuation_keeps_both_halves_whole(tokens: Tokens) -> None:
    terms = tokens.terms(normalise("“双随机、一公开”监管"))
    assert {"双随机", "一公开"} <= set(terms)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("一照多址", "多址"),
        ("一照多址", "一照"),
        ("双随机、一公开", "随机"),
        ("双随机、一公开", "公开"),
        ("双随机、一公开", "双随机"),
    ],
)
def test_terms_policy_word_matches_in_part(tokens: Tokens, text: str, part: str) -> None:
    assert set(tokens.terms(part)) <= set(tokens.terms(text))


def test_terms_small_text_are_words_characters_and_pairs() -> None:
    assert sorted(Tokens(["多址照"]).terms("多址照 ca3.5")) == sorted(
        ["多址照", "多", "址", "照", "多址", "址照", "ca3.5"]
    )


@pytest.mark.parametrize("text", ["", "，。！？", " "])
def test_terms_text_without_words_is_empty(tokens: Tokens, text: str) -> None:
    assert tokens.cut(text) == ([], [])


def test_terms_single_character_counts_once(tokens: Tokens) -> None:
    assert tokens.terms("址") == ["址"]


def test_known_words_of_both_dictionaries_and_no_others(tokens: Tokens) -> None:
    assert tokens.known("一照多址")
    assert tokens.known("企业")
    assert not tokens.known("一照多只")


def test_tokens_two_cutters_do_not_share_their_words() -> None:
    Tokens(["甲乙丙丁戊"])
    assert not Tokens([]).known("甲乙丙丁戊")


CUTTER = Tokens(["一照多址", "双随机、一公开"])


@given(st.text(alphabet="一照多址双随机公开监管ca12. 、", max_size=20))
def test_terms_any_text_holds_every_character_and_is_repeatable(text: str) -> None:
    terms = CUTTER.terms(text)
    assert {c for c in text if "一" <= c <= "鿿"} <= set(terms)
    assert terms == CUTTER.terms(text)


def test_likelihood_policy_word_is_likelier_than_its_homophone() -> None:
    assert CUTTER.likelihood("一照多址") > CUTTER.likelihood("一照多只")
    assert CUTTER.likelihood("一照多址") < 0
