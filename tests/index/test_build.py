"""Tests of building an index, and of its views."""

from dataclasses import replace

import numpy as np
import pytest

from corpus.errors import IndexMismatchError, InputError, WenceError
from corpus.measures import Parsed, parse
from corpus.questions import Question
from corpus.schema import Schema
from corpus.text import normalise
from index.answerable import ENOUGH
from index.build import Source, build_index
from index.datatypes import Index
from index.vector import stored
from index.views import context_text, others, own_questions, own_text, sentence_texts
from tests.conftest import make_document
from tests.fakes import FakeEmbedder, bag

ASKED = Question("small", 1, 1, 1, "开分店")
WHOLE = Question("small", 2, 0, 0, "网上能办什么")
COST = Question("small", 1, 0, 0, "加地址要交多少钱")
WEATHER = Question("small", 0, 0, 0, "明天会下雨吗")
SENTENCES = (
    "扩大“一照多址”适用范围。",
    "允许加载新地址。",
    "改革后，加强监管。",
    "网上缴纳税费。",
    "办税在网上办理。",
    "网上提取公积金。",
)


class OtherEmbedder(FakeEmbedder):
    """The same vectors under another name."""

    identity = "other"


def test_build_index_no_document_is_refused() -> None:
    with pytest.raises(InputError, match="需要至少一个文档"):
        build_index([], FakeEmbedder())


def test_build_index_same_document_twice_is_refused(small: Parsed) -> None:
    with pytest.raises(InputError, match="small、small"):
        build_index([Source(small), Source(small)], FakeEmbedder())


def test_build_index_two_documents_keep_their_order(small: Parsed) -> None:
    other = parse(make_document("第一条 推行告知承诺制。", "other"))
    index = build_index([Source(small), Source(other)], FakeEmbedder())
    assert list(index.documents) == ["small", "other"]
    assert [m.document for m in index.measures] == ["small"] * 4 + ["other"]


def test_build_index_vectors_are_contexts_then_texts_then_questions(small: Parsed) -> None:
    index = build_index([Source(small, (ASKED, WHOLE))], FakeEmbedder())
    texts = [context_text(m) for m in small.measures] + [own_text(m) for m in small.measures]
    expected = np.stack([bag(text) for text in [*texts, "开分店", "网上能办什么"]])
    np.testing.assert_array_equal(stored(index.vectors), expected)


def test_build_index_each_distinct_text_is_encoded_once(small: Parsed) -> None:
    embedder = FakeEmbedder()
    build_index([Source(small, (ASKED, WHOLE))], embedder)
    assert len(embedder.encoded) == len(set(embedder.encoded)) == 13


def test_build_index_previous_of_same_model_encodes_only_what_is_new(small: Parsed) -> None:
    previous = build_index([Source(small, (ASKED,))], FakeEmbedder())
    embedder = FakeEmbedder()
    index = build_index([Source(small, (ASKED, WHOLE))], embedder, previous=previous)
    assert embedder.encoded == ["网上能办什么"]
    fresh = build_index([Source(small, (ASKED, WHOLE))], FakeEmbedder())
    np.testing.assert_array_equal(stored(index.vectors), stored(fresh.vectors))


def test_build_index_previous_of_other_model_is_not_used(small: Parsed) -> None:
    previous = build_index([Source(small)], FakeEmbedder())
    embedder = OtherEmbedder()
    build_index([Source(small)], embedder, previous=previous)
    assert len(embedder.encoded) == 11


def test_build_index_progress_ends_at_the_total(small: Parsed) -> None:
    seen: list[tuple[int, int]] = []
    build_index(
        [Source(small, (ASKED,))],
        FakeEmbedder(),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(11, 12), (12, 12)]


def test_build_index_document_without_words_is_refused() -> None:
    with pytest.raises(WenceError):
        build_index([Source(parse(make_document("。。。\n——\n")))], FakeEmbedder())


def test_build_index_questions_without_words_are_refused_or_kept(small: Parsed) -> None:
    source = Source(small, (Question("small", 1, 1, 1, "？？"),))
    try:
        build_index([source], FakeEmbedder())
    except WenceError:
        return


def test_index_vectors_that_do_not_align_name_both_numbers(small_index: Index) -> None:
    with pytest.raises(IndexMismatchError, match="8 个向量（原始 8 个），却有 6 个视图"):
        replace(small_index, measures=small_index.measures[:3])


def test_context_text_is_title_scope_text_and_content(small: Parsed) -> None:
    assert context_text(small.measures[3]) == (
        "推行“一网通办”。在公积金领域:网上提取公积金。 办税在网上办理。"
    )
    assert own_text(small.measures[3]) == "在公积金领域:网上提取公积金。"


def test_context_text_adds_columns_of_unknown_role_and_durations_that_say_something() -> None:
    header = "事项,主要内容,主要举措,责任单位,完成时间,办结时限,法定时限,备注,电话"
    rows = "甲,子,丑,市某局,2022年6月,5日,20日,需预约,无\n乙,子,丑,市某局,,—,,,86543210"
    first, second = parse(make_document(f"{header}\n{rows}\n")).measures
    assert [cell.name for cell in others(first)] == ["备注", "办结时限", "法定时限"]
    assert context_text(first) == "甲。丑 子 备注:需预约 办结时限:5日 法定时限:20日"
    assert context_text(second) == "乙。丑 子 电话:86543210"
    assert own_text(first) == "丑"


def test_build_index_keeps_each_documents_schema_and_ledger(small: Parsed) -> None:
    other = parse(make_document("第一条 推行告知承诺制。", "other"))
    index = build_index([Source(small), Source(other)], FakeEmbedder())
    assert index.schemas == {"small": small.schema, "other": Schema()}
    assert index.ledgers == {"small": small.ledger, "other": other.ledger}


def test_owners_best_worked_example_takes_each_measures_best(small: Parsed) -> None:
    second = Question("small", 1, 1, 2, "谁来监管")
    owners = own_questions(small.measures, (ASKED, replace(ASKED, text="连锁店"), second, WHOLE))
    assert owners.measure_of.tolist() == [0, 0, 1, -1]
    assert owners.items.tolist() == [0, 0, 1, 1]
    own, item = owners.best(np.array([0.2, 0.9, 0.5, 0.8], np.float32))
    # Who has no question gets the lowest of the others.
    np.testing.assert_allclose(own, [0.9, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(item, [0.8, 0.8, 0.8, 0.8])


def test_owners_best_question_taken_out_does_not_count(small: Parsed) -> None:
    owners = own_questions(small.measures, (ASKED, replace(ASKED, text="连锁店")))
    own, item = owners.best(np.array([0.2, -np.inf], np.float32))
    np.testing.assert_allclose(own, [0.2] * 4)
    np.testing.assert_allclose(item, [0.0] * 4)


def test_owners_best_no_questions_are_zero(small: Parsed) -> None:
    own, item = own_questions(small.measures, ()).best(np.zeros(0, np.float32))
    assert own.tolist() == item.tolist() == [0.0] * 4


def test_sentence_texts_are_distinct_and_in_document_order(small: Parsed) -> None:
    assert sentence_texts(small.measures) == SENTENCES
    assert sentence_texts(small.measures * 2) == SENTENCES
    assert sentence_texts(()) == ()


def test_build_index_sentences_are_those_of_the_views(small: Parsed) -> None:
    expected = np.stack([bag(normalise(text)) for text in SENTENCES])
    np.testing.assert_array_equal(build_index([Source(small)], FakeEmbedder()).sentences, expected)


def test_build_index_sentences_not_wanted_leaves_only_them_out(small: Parsed) -> None:
    embedder = FakeEmbedder()
    without = build_index([Source(small, (ASKED,))], embedder, sentences=False)
    whole = build_index([Source(small, (ASKED,))], FakeEmbedder())
    assert len(embedder.encoded) == 9
    assert len(without.sentences) == 0
    np.testing.assert_array_equal(without.raw, whole.raw)


def test_build_index_previous_without_sentences_encodes_only_new_ones(small: Parsed) -> None:
    previous = build_index([Source(small)], FakeEmbedder(), sentences=False)
    embedder = FakeEmbedder()
    index = build_index([Source(small)], embedder, previous=previous)
    # The other three sentences are also texts of measures.
    assert set(embedder.encoded) == {SENTENCES[1], SENTENCES[4], SENTENCES[5]}
    assert len(index.sentences) == 6


def test_build_index_unanswerable_are_encoded_apart_from_the_views(small: Parsed) -> None:
    source = Source(small, (ASKED,), (COST, WEATHER))
    index = build_index([source], FakeEmbedder())
    assert index.unanswerable == (COST, WEATHER)
    np.testing.assert_array_equal(index.beyond, np.stack([bag(COST.text), bag(WEATHER.text)]))
    assert len(index.raw) == index.vectors.ntotal == 2 * 4 + 1


def test_build_index_unanswerable_of_previous_are_not_encoded_again(small: Parsed) -> None:
    previous = build_index([Source(small, (ASKED,), (COST,))], FakeEmbedder())
    embedder = FakeEmbedder()
    index = build_index([Source(small, (ASKED,), (WEATHER, COST))], embedder, previous=previous)
    assert embedder.encoded == [WEATHER.text]
    np.testing.assert_array_equal(index.beyond, np.stack([bag(WEATHER.text), bag(COST.text)]))


def test_build_index_question_that_changed_its_sort_is_not_encoded_again(small: Parsed) -> None:
    previous = build_index([Source(small, (ASKED,), (COST,))], FakeEmbedder())
    embedder = FakeEmbedder()
    build_index([Source(small, (COST,), (ASKED,))], embedder, previous=previous)
    assert embedder.encoded == []


@pytest.mark.parametrize(("count", "learned"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_build_index_boundary_is_learned_from_enough_questions(
    small: Parsed, count: int, learned: bool
) -> None:
    asked = tuple(replace(ASKED, text=f"开分店第{i}问") for i in range(ENOUGH))
    beyond = tuple(replace(WEATHER, text=f"下雨天第{i}次") for i in range(count))
    index = build_index([Source(small, asked, beyond)], FakeEmbedder())
    assert (index.boundary is not None) == learned
