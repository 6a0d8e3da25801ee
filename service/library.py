"""Building and opening: from documents on disk to a Searcher."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import corpus
from corpus.errors import IndexMismatchError, IndexMissingError, SetupError
from corpus.lexicon import read_lexicon
from corpus.measures import Ledger, parse
from corpus.questions import FILE, UNANSWERABLE, read_questions, read_unanswerable
from corpus.read import read_document
from index import adapt
from index.build import Progress, Source, build_index, quiet
from index.datatypes import Index
from index.embed import DEFAULT_MODEL, open_embedder
from index.reader import Reader, open_default_reader
from index.search import Searcher
from index.store import load_index, save_index
from service.answer import Answerer
from service.settings import Settings

DATA = Path(corpus.__file__).parent / "data"
BUNDLED = (DATA / "hz-2022",)
BUILT = "documents.json"  # in the data folder: the documents that the index was built from


def read_source(path: Path) -> Source:
    """Read and parse a document with the questions beside it.

    Raises:
        DocumentError: it cannot be read or does not prove itself.
    """
    parsed = parse(read_document(path))
    name = parsed.document.id
    adapter = path / adapt.FILE
    return Source(
        parsed,
        read_questions(_beside(path, FILE), name, parsed.measures),
        read_unanswerable(_beside(path, UNANSWERABLE), name, parsed.measures),
        adapt.load_adapter(adapter) if adapter.is_file() else None,
    )


def _beside(path: Path, name: str) -> Path:
    """A file in the document's folder, or a.questions.jsonl beside a.txt."""
    return path / name if path.is_dir() else path.with_suffix(f".{name}")


def build(
    settings: Settings, paths: Sequence[Path] = BUNDLED, *, progress: Progress = quiet
) -> tuple[Ledger, ...]:
    """Build the index over the documents and swap it in; unchanged texts are not encoded again.

    Where the documents lie is kept for `built_from`.

    Raises:
        WenceError: as the reading, the model and the folder may.
    """
    sources = [read_source(path) for path in paths]
    embedder = open_embedder(settings.model, settings.cache)
    index = build_index(
        sources,
        embedder,
        lexicon=read_lexicon(),
        previous=_previous(settings),
        progress=progress,
    )
    save_index(index, settings.index)
    _keep(settings.data / BUILT, paths)
    return tuple(source.parsed.ledger for source in sources)


def _keep(file: Path, paths: Sequence[Path]) -> None:
    """Write where documents lie: a bundled one by its name, so that the program may move."""
    places = [path.resolve() for path in paths]
    names = [place.name if place.parent == DATA.resolve() else str(place) for place in places]
    beside = file.with_name(f".{file.name}")
    beside.write_text(json.dumps(names, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(beside, file)


def built_from(settings: Settings) -> tuple[Path, ...]:
    """The documents that the index was built from; the bundled one where that is not known.

    Raises:
        SetupError: one of them is not there any more, or the list of them is damaged.
    """
    file = settings.data / BUILT
    if not file.is_file():
        return BUNDLED
    mend = f"请用 wence build --documents 给出全部文档，内置的清单是 {BUNDLED[0]}"
    try:
        paths = tuple(DATA / name for name in json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise SetupError(f"{file} 已损坏；{mend}") from error
    for path in paths:
        if not path.exists():
            raise SetupError(f"上次所建的文档 {path} 已不在；{mend}")
    return paths or BUNDLED


def _previous(settings: Settings) -> Index | None:
    """The index that is there, if it can be opened: its vectors are worth keeping."""
    try:
        return load_index(settings.index)
    except (IndexMissingError, IndexMismatchError):
        return None


def train(settings: Settings, path: Path, *, progress: Progress = quiet) -> Path:
    """Train an adapter on a document folder's questions and save it in that folder.

    Raises:
        WenceError: as the reading and the model may; too few questions.
    """
    source = replace(read_source(path), adapter=None)
    embedder = open_embedder(settings.model, settings.cache)
    index = build_index([source], embedder, previous=_previous(settings))
    adapt.save_adapter(adapt.train_adapter(index, progress=progress), path / adapt.FILE)
    return path / adapt.FILE


def open_answerer(settings: Settings) -> Answerer:
    """Open the index, and the reader where the default model is used.

    Raises:
        SetupError: as `open_searcher`; the reader's file is damaged.
    """
    return Answerer(open_searcher(settings), open_reader_of(settings))


def open_reader_of(settings: Settings) -> Reader | None:
    """The packaged reader where the default model is used, beside which it was trained.

    Raises:
        ModelError: its file is damaged.
    """
    default = settings.model in ("", DEFAULT_MODEL)
    return open_default_reader(settings.cache) if default else None


def open_searcher(settings: Settings) -> Searcher:
    """Open the index with the model that it was built with.

    Raises:
        IndexMissingError: nothing was built yet.
        IndexMismatchError: it does not match its manifest, or another model is configured.
    """
    index = load_index(settings.index)
    embedder = open_embedder(settings.model, settings.cache)
    if index.model != embedder.identity:
        raise IndexMismatchError(
            f"索引用模型 {index.model} 建成，现在设置的是 {embedder.identity}；"
            "请运行 wence build 重建，或改回 WENCE_MODEL"
        )
    return Searcher(index, embedder)
