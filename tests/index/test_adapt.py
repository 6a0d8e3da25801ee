"""Tests of the adapter: its file, its refusals, and what training does."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexMismatchError, InputError, ModelError
from corpus.measures import Parsed
from corpus.questions import Question
from index.adapt import FILE, Adapter, apply_adapter, load_adapter, save_adapter, train_adapter
from index.build import Source, build_index
from index.datatypes import Heads, Index
from index.fuse import DEFAULT_CALIBRATIONS, MODES
from index.heads import through
from index.learn import ENOUGH
from index.search import Searcher
from index.store import load_index, save_index
from index.vector import stored
from tests.fakes import DIMENSION, FakeEmbedder

IDENTITY = np.eye(DIMENSION, dtype=np.float32)
# A passage head that reverses the places, and half-precision keeps exactly.
REVERSED = IDENTITY[::-1].copy()


def _adapter(model: str = FakeEmbedder.identity) -> Adapter:
    return Adapter(Heads(IDENTITY, REVERSED), DEFAULT_CALIBRATIONS, {"model": model})


def _questions(count: int) -> tuple[Question, ...]:
    texts = ("一照多址范围", "加强监管", "网上缴纳税费")
    targets = ((1, 1, 1), (1, 1, 2), (2, 1, 1))
    return tuple(Question("small", *targets[i % 3], f"{texts[i % 3]}第{i}问") for i in range(count))


def test_save_adapter_round_trips(tmp_path: Path) -> None:
    save_adapter(_adapter(), tmp_path / FILE)
    loaded = load_adapter(tmp_path / FILE)
    np.testing.assert_array_equal(loaded.heads.query, IDENTITY)
    np.testing.assert_array_equal(loaded.heads.passage, REVERSED)
    assert (loaded.calibrations, loaded.recipe) == (
        DEFAULT_CALIBRATIONS,
        {"model": _adapter().recipe["model"]},
    )


def _bytes_without_members() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, other=np.zeros(1))
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"text", b"PK\x03\x04broken", _bytes_without_members()],
    ids=["empty", "text", "broken zip", "other members"],
)
def test_load_adapter_other_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(InputError, match=r"不是适配器文件.*wence adapt"):
        load_adapter(tmp_path / FILE)


def test_apply_adapter_puts_passages_and_questions_through_their_heads(small: Parsed) -> None:
    index = build_index([Source(small, _questions(2))], FakeEmbedder())
    adapted = apply_adapter(index, _adapter())
    np.testing.assert_allclose(stored(adapted.vectors)[:8], index.raw[:8, ::-1], atol=1e-6)
    np.testing.assert_allclose(stored(adapted.vectors)[8:], index.raw[8:], atol=1e-6)
    np.testing.assert_array_equal(adapted.raw, index.raw)


def test_apply_adapter_of_another_model_is_refused(small_index: Index) -> None:
    with pytest.raises(ModelError, match="适配器为模型 other 训练"):
        apply_adapter(small_index, _adapter("other"))


def test_build_index_adapter_of_another_model_is_left_out(small: Parsed) -> None:
    assert build_index([Source(small, adapter=_adapter("other"))], FakeEmbedder()).heads is None


def test_build_index_adapter_of_this_model_is_applied_and_saved(
    small: Parsed, tmp_path: Path
) -> None:
    index = build_index([Source(small, adapter=_adapter())], FakeEmbedder())
    save_index(index, tmp_path / "index")
    loaded = load_index(tmp_path / "index")
    assert loaded.heads is not None
    np.testing.assert_array_equal(loaded.heads.passage, REVERSED)
    np.testing.assert_array_equal(stored(loaded.vectors), stored(index.vectors))
    assert loaded.fusion == index.fusion


def test_through_worked_example_is_normalised_product() -> None:
    head = np.array([[2, 0], [0, 0]], np.float32)
    vectors = np.array([[0.6, 0.8]], np.float32)
    np.testing.assert_allclose(through(head, vectors), [[1, 0]], atol=1e-6)


def test_train_adapter_too_few_questions_names_both_numbers(small: Parsed) -> None:
    index = build_index([Source(small, _questions(5))], FakeEmbedder())
    with pytest.raises(InputError, match=f"只有 5 个问法，至少要 {ENOUGH} 个"):
        train_adapter(index, progress=lambda _done, _total: None)


@pytest.mark.slow
@pytest.mark.dear
def test_train_adapter_twice_gives_the_same_heads_nearer_to_the_measures(
    small: Parsed,
) -> None:
    index = build_index([Source(small, _questions(ENOUGH))], FakeEmbedder())
    steps: list[tuple[int, int]] = []
    first = train_adapter(index, progress=lambda done, total: steps.append((done, total)))
    second = train_adapter(index, progress=lambda _done, _total: None)
    np.testing.assert_array_equal(first.heads.query, second.heads.query)
    assert steps[-1] == (6, 6)
    assert set(first.calibrations) == set(MODES)
    adapted = stored(apply_adapter(index, first).vectors)
    # The questions about 1.1.1 stand nearer to it, against the other measures, than before.
    before, after = (v[8::3] @ v[:4].T for v in (index.raw, adapted))
    gap = [s[:, 0].mean() - s[:, 1:].max(axis=1).mean() for s in (before, after)]
    assert gap[1] > gap[0]


def test_adapter_of_the_real_list_is_applied_beside_the_default_model(
    list_folder: Path, searcher: Searcher
) -> None:
    assert load_adapter(list_folder / FILE).recipe["model"] == searcher.embedder.identity
    assert searcher.index.heads is not None
    assert searcher.index.fusion.provenance.startswith("adapter: ")


def test_adapter_of_the_real_list_is_for_its_text(list_folder: Path, real_list: Parsed) -> None:
    adapter = load_adapter(list_folder / FILE)
    assert adapter.recipe["documents"] == {"hz-2022": real_list.document.sha256}
    assert adapter.heads.query.shape == (384, 384)
    for calibration in adapter.calibrations.values():
        assert calibration.coefficients[0] > 0


def test_index_raw_vectors_that_do_not_align_are_refused(small_index: Index) -> None:
    with pytest.raises(IndexMismatchError):
        replace(small_index, raw=small_index.raw[:3])
