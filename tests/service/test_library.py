"""Building and opening: from documents on disk to a Searcher, and every way it can fail."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import service.library
from corpus.errors import (
    DocumentError,
    IndexMismatchError,
    IndexMissingError,
    InputError,
    SetupError,
)
from corpus.measures import Parsed
from index.datatypes import Index
from index.store import FORMAT, read_sources, save_index
from service.library import (
    BUILT,
    BUNDLED,
    build,
    built_from,
    is_unused,
    open_searcher,
    read_source,
)
from service.settings import Settings

MANIFEST = "manifest.json"
CLAUSES = "某办法\n第一条 为了便民，制定本办法。\n第三条 申请人可以网上申请。\n申请免费。\n"


@pytest.fixture
def settings(tmp_path: Path, cache: Path) -> Settings:
    """Settings with an empty data folder and the default model."""
    return Settings(data=tmp_path / "data", cache=cache, model="")


@pytest.fixture
def small_file(small: Parsed, tmp_path: Path) -> Path:
    """The small list as a UTF-8 file."""
    path = tmp_path / "small.txt"
    path.write_text(small.document.text, encoding="utf-8")
    return path


@pytest.fixture
def saved(small_index: Index, settings: Settings) -> Settings:
    """Settings whose data folder holds an index of the small list, of the fake model."""
    save_index(small_index, settings.index)
    return settings


def flip(path: Path, place: int) -> None:
    """Flip the lowest bit of one byte."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


def test_bundled_is_the_hangzhou_list() -> None:
    assert [path.name for path in BUNDLED] == ["hz-2022"]
    assert (BUNDLED[0] / "source.txt").is_file()


def test_read_source_of_the_bundled_list_has_its_questions() -> None:
    source = read_source(BUNDLED[0])
    assert source.parsed.document.id == "hz-2022"
    assert len(source.parsed.measures) == 346
    assert source.questions


def test_read_source_of_a_file_takes_the_questions_beside_it(small_file: Path) -> None:
    assert read_source(small_file).questions == ()
    beside = small_file.with_name("small.questions.jsonl")
    beside.write_text('{"target": "1.1.1", "questions": ["地址多了怎么办"]}\n', encoding="utf-8")
    assert [q.text for q in read_source(small_file).questions] == ["地址多了怎么办"]


def test_build_of_small_list_can_be_opened_and_searched(
    settings: Settings, small_file: Path
) -> None:
    (ledger,) = build(settings, [small_file]).ledgers
    assert ledger.balanced
    assert (ledger.rows, ledger.parsed.measures, ledger.cells_lost) == (3, 4, 0)
    searcher = open_searcher(settings)
    assert searcher.search("公积金").hits[0].measure.id == "small:2.2.1"


def test_build_again_encodes_nothing_anew(settings: Settings, small_file: Path) -> None:
    first: list[tuple[int, int]] = []
    again: list[tuple[int, int]] = []
    build(settings, [small_file], progress=lambda done, total: first.append((done, total)))
    before = {path.name: path.read_bytes() for path in settings.index.iterdir()}
    build(settings, [small_file], progress=lambda done, total: again.append((done, total)))
    assert first
    assert first[-1][0] == first[-1][1]
    assert again == []
    assert before == {path.name: path.read_bytes() for path in settings.index.iterdir()}


def test_built_from_nothing_is_the_bundled_list(settings: Settings) -> None:
    assert built_from(settings) == BUNDLED


def test_built_from_is_what_was_built_and_a_bundled_list_goes_by_its_name(
    settings: Settings, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_file.parent)
    build(settings, [Path(small_file.name)])
    assert built_from(settings) == (small_file,)
    monkeypatch.setattr(service.library, "DATA", small_file.parent)  # the bundled lists' folder
    build(settings, [small_file])
    assert read_sources(settings.index) == ("small.txt",)
    assert built_from(settings) == (small_file,)


@pytest.mark.parametrize(
    ("content", "says"),
    [("{", "已损坏"), ("[1]", "已损坏"), ("7", "已损坏"), ('["/no/such"]', "/no/such 已不在")],
)
def test_built_from_a_damaged_list_or_a_lost_document_says_what_to_do(
    settings: Settings, content: str, says: str
) -> None:
    settings.data.mkdir()
    (settings.data / BUILT).write_text(content, encoding="utf-8")
    with pytest.raises(SetupError, match=f"{says}.*--documents"):
        built_from(settings)


def test_built_from_a_list_of_an_earlier_edition_is_read_until_the_next_build(
    settings: Settings, small_file: Path
) -> None:
    settings.data.mkdir()
    (settings.data / BUILT).write_text(json.dumps([str(small_file)]), encoding="utf-8")
    assert built_from(settings) == (small_file,)
    build(settings, built_from(settings))
    assert not (settings.data / BUILT).exists()
    assert built_from(settings) == (small_file,)


def test_is_unused_only_where_nothing_was_ever_built(settings: Settings, small_file: Path) -> None:
    assert is_unused(settings)
    settings.data.mkdir()
    (settings.data / "index.lock").touch()
    (settings.data / "index-versions" / ".new-killed").mkdir(parents=True)
    assert is_unused(settings)
    build(settings, [small_file])
    assert not is_unused(settings)
    settings.index.unlink()  # the pointer alone: the newest version is taken
    assert not is_unused(settings)
    shutil.rmtree(settings.data / "index-versions")
    (settings.data / "feedback.sqlite").touch()
    with pytest.raises(SetupError, match=r"没有索引，却有 feedback.sqlite.*--documents"):
        is_unused(settings)


def test_build_that_fails_leaves_what_was_built_from(settings: Settings, small_file: Path) -> None:
    build(settings, [small_file])
    with pytest.raises(DocumentError):
        build(settings, [small_file.parent / "nowhere.txt"])
    assert built_from(settings) == (small_file,)


def test_build_from_gb18030_equals_build_from_utf8(small_file: Path) -> None:
    other = small_file.with_name("gb") / "small.txt"
    other.parent.mkdir()
    other.write_bytes(small_file.read_text(encoding="utf-8").encode("gb18030"))
    assert read_source(other).parsed.measures == read_source(small_file).parsed.measures


def test_build_of_a_document_that_is_no_list_makes_its_clauses_measures(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_text(CLAUSES, encoding="utf-8")
    measures = read_source(path).parsed.measures
    assert [m.id for m in measures][-2:] == ["rules:1.1.1", "rules:3.1.1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x80\x81\xff\xfe\xfd", r"第 \d+ 字节"),
        ("制定本办法。".encode()[:-1], r"第 \d+ 字节"),
        (b"a\x00b", "控制字符"),
        (b"", "没有文字"),
        (b" \n\t\n", "没有文字"),
    ],
)
def test_build_of_a_damaged_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "damaged.txt"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=says):
        read_source(path)


def test_build_of_a_truncated_list_names_both_figures(tmp_path: Path) -> None:
    text = (BUNDLED[0] / "source.txt").read_text(encoding="utf-8")
    path = tmp_path / "half.txt"
    path.write_text(text[: text.index("\t二、")], encoding="utf-8")
    with pytest.raises(DocumentError, match=r"10 个方面 101 项 344 条.*1 个方面"):
        read_source(path)


def test_build_of_a_list_cut_in_mid_row_is_refused(tmp_path: Path) -> None:
    text = (BUNDLED[0] / "source.txt").read_text(encoding="utf-8")
    path = tmp_path / "half.txt"
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(DocumentError, match="half"):
        read_source(path)


def test_build_of_a_missing_document_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nowhere\.txt"):
        build(settings, [tmp_path / "nowhere.txt"])


def test_build_of_one_document_twice_is_refused(settings: Settings, small_file: Path) -> None:
    with pytest.raises(InputError, match="重复"):
        build(settings, [small_file, small_file])


def test_build_that_fails_leaves_the_old_index(saved: Settings, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in saved.index.iterdir()}
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xff\xff")
    with pytest.raises(DocumentError):
        build(saved, [bad])
    assert before == {path.name: path.read_bytes() for path in saved.index.iterdir()}


def test_build_into_an_unwritable_data_folder_says_so(
    tmp_path: Path, cache: Path, small_file: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = Settings(data=tmp_path / "file" / "data", cache=cache, model="")
    with pytest.raises(SetupError, match=r"不能写入.*WENCE_DATA"):
        build(blocked, [small_file])


def test_build_with_an_unwritable_cache_says_so(tmp_path: Path, small_file: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = Settings(data=tmp_path / "data", cache=tmp_path / "file" / "cache", model="")
    with pytest.raises(SetupError, match="不能写入"):
        build(blocked, [small_file])


def test_build_over_a_damaged_index_mends_it(saved: Settings, small_file: Path) -> None:
    flip(saved.index / "settings.json", 5)
    build(saved, [small_file])
    assert len(open_searcher(saved).measures) == 4


def test_open_without_an_index_says_to_build(settings: Settings) -> None:
    with pytest.raises(IndexMissingError, match="wence build"):
        open_searcher(settings)


def test_open_with_a_file_for_a_data_folder_says_to_build(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexMissingError, match="wence build"):
        open_searcher(Settings(data=tmp_path / "file", cache=cache, model=""))


def test_open_with_an_index_of_another_model_names_both(saved: Settings) -> None:
    with pytest.raises(IndexMismatchError, match=r"fake-character-bag.*multilingual-e5-small"):
        open_searcher(saved)


def test_open_with_an_index_of_another_format_names_both(saved: Settings) -> None:
    path = saved.index / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=rf"第 99 版.*第 {FORMAT} 版.*wence build"):
        open_searcher(saved)


@pytest.mark.parametrize(
    "name",
    [
        "documents.json",
        "measures.jsonl",
        "questions.jsonl",
        "settings.json",
        "words.npz",
        "own_words.npz",
        "asked.npz",
        "vectors.faiss",
    ],
)
def test_open_with_one_byte_flipped_names_the_file(
    real_settings: Settings, tmp_path: Path, cache: Path, name: str
) -> None:
    settings = Settings(data=tmp_path, cache=cache, model="")
    shutil.copytree(real_settings.index, settings.index)
    flip(settings.index / name, (settings.index / name).stat().st_size // 2)
    with pytest.raises(IndexMismatchError, match=f"{name}.*wence build"):
        open_searcher(settings)


def test_open_with_a_file_missing_names_it(saved: Settings) -> None:
    (saved.index / "vectors.faiss").unlink()
    with pytest.raises(IndexMismatchError, match=r"vectors\.faiss.*wence build"):
        open_searcher(saved)


PLACES: dict[str, Callable[[bytes], int]] = {
    "brace": lambda _: 0,
    "format_key": lambda data: data.index(b'"format"') + 1,
    "model_key": lambda data: data.index(b'"model"') + 1,
    "documents_key": lambda data: data.index(b'"documents"') + 1,
    "document_hash": lambda data: data.index(b'"small": "') + 12,
    "measure_count": lambda data: data.index(b'"measures": ') + 12,
    "files_key": lambda data: data.index(b'"files"') + 1,
    "file_name": lambda data: data.index(b'"words.npz"') + 1,
    "file_hash": lambda data: data.index(b'"words.npz": "') + 20,
    "last_newline": lambda data: len(data) - 1,
}


@pytest.mark.parametrize("place", PLACES)
def test_open_with_one_byte_of_the_manifest_flipped_is_refused(saved: Settings, place: str) -> None:
    path = saved.index / MANIFEST
    flip(path, PLACES[place](path.read_bytes()))
    with pytest.raises(IndexMismatchError, match="wence build") as caught:
        open_searcher(saved)
    assert "fake-character-bag" not in str(caught.value)  # refused for the byte, not the model
