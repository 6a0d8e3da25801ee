"""Building and opening: from documents on disk to a Searcher."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import corpus
from corpus import examples, plain
from corpus.cage import Cage, read_caged
from corpus.errors import DocumentError, IndexMismatchError, IndexMissingError, SetupError
from corpus.lexicon import read_lexicon
from corpus.measures import Ledger, parse
from corpus.questions import FILE, UNANSWERABLE, read_questions, read_unanswerable
from index import adapt
from index.build import Progress, Source, build_index, quiet
from index.datatypes import Index
from index.embed import DEFAULT_MODEL, Embedder, open_embedder
from index.reader import Reader, open_default_reader
from index.search import Searcher
from index.store import load_index, read_sources, save_index
from index.versions import current, writing
from service.answer import Answerer
from service.contacts import FILE as CONTACTS
from service.settings import Settings

DATA = Path(corpus.__file__).parent / "data"
BUNDLED = (DATA / "hz-2022",)
BUILT = "documents.json"  # in the data folder, by earlier editions: what the index was built from
# A data folder that holds nothing else was never used.
EMPTY = {"index.lock", "lost+found", CONTACTS}


def read_source(path: Path, cage: Cage = Cage()) -> Source:  # noqa: B008 (frozen)
    """Read and parse a document with what lies beside it; the reading is done in a cage.

    Raises:
        DocumentError: it cannot be read or does not prove itself.
    """
    parsed = parse(read_caged(path, cage))
    name = parsed.document.id
    adapter = path / adapt.FILE
    return Source(
        parsed,
        read_questions(_beside(path, FILE), name, parsed.measures),
        read_unanswerable(_beside(path, UNANSWERABLE), name, parsed.measures),
        adapt.load_adapter(adapter) if adapter.is_file() else None,
        plain.read_plain(_beside(path, plain.FILE), name, parsed.measures),
        examples.read_examples(_beside(path, examples.FILE), name),
    )


def _read_all(paths: Sequence[Path], cage: Cage) -> list[Source]:
    """Read all documents, so that every bad one is told and not only the first.

    Raises:
        DocumentError: some cannot be read, a line for each.
        SetupError: as the reading may.
    """
    sources: list[Source] = []
    faults: list[str] = []
    for path in paths:
        try:
            sources.append(read_source(path, cage))
        except DocumentError as error:
            faults.append(str(error))
    if faults:
        raise DocumentError("\n".join(faults))
    return sources


def cage_of(settings: Settings) -> Cage:
    """What reading one document may take, by the settings."""
    return Cage(settings.read_seconds, settings.read_mb << 20)


def _beside(path: Path, name: str) -> Path:
    """A file in the document's folder, or a.questions.jsonl beside a.txt."""
    return path / name if path.is_dir() else path.with_suffix(f".{name}")


def build(
    settings: Settings, paths: Sequence[Path] = BUNDLED, *, progress: Progress = quiet
) -> tuple[Ledger, ...]:
    """Build the index over the documents and switch to it; unchanged texts are not encoded again.

    One build at a time: a second waits for the first. Where the documents lie is kept in the
    index for `built_from`.

    Raises:
        WenceError: as the reading, the model and the folder may.
    """
    sources = _read_all(paths, cage_of(settings))
    embedder = open_embedder(settings.model, settings.cache)
    with writing(settings.index):
        index = build_index(
            sources,
            embedder,
            lexicon=read_lexicon(),
            previous=_previous(settings),
            progress=progress,
        )
        save_index(index, settings.index, _places(paths))
        (settings.data / BUILT).unlink(missing_ok=True)
    return tuple(source.parsed.ledger for source in sources)


def _places(paths: Sequence[Path]) -> list[str]:
    """Where documents lie: a bundled one by its name, so that the program may move."""
    places = [path.resolve() for path in paths]
    return [place.name if place.parent == DATA.resolve() else str(place) for place in places]


def built_from(settings: Settings) -> tuple[Path, ...]:
    """The documents that the index was built from; the bundled one where nothing was built.

    Raises:
        SetupError: one of them is not there any more, or the list of them is damaged.
    """
    mend = f"请用 wence build --documents 给出全部文档，内置的清单是 {BUNDLED[0]}"
    file = settings.data / BUILT
    try:
        names = read_sources(settings.index)
        if names is None and file.is_file():
            names = tuple(json.loads(file.read_text(encoding="utf-8")))
        paths = tuple(DATA / name for name in names or ())
    except (ValueError, TypeError) as error:
        raise SetupError(f"{file} 已损坏；{mend}") from error
    except IndexMismatchError as error:
        raise SetupError(f"{error}；{mend}") from error
    for path in paths:
        if not path.exists():
            raise SetupError(f"上次所建的文档 {path} 已不在；{mend}")
    return paths or BUNDLED


def is_unused(settings: Settings) -> bool:
    """Whether nothing was ever built here, so that the bundled list may be.

    Raises:
        SetupError: there is no index, but other things are: somebody's index may be lost.
    """
    if current(settings.index) is not None:
        return False
    home = settings.index.with_name(f"{settings.index.name}-versions")
    there = list(settings.data.iterdir()) if settings.data.is_dir() else []
    left = [
        path.name
        for path in there
        if not (path.name.startswith(".") or path.name in EMPTY or path == home)
    ]
    if left:
        raise SetupError(
            f"数据文件夹 {settings.data} 里没有索引，却有 {'、'.join(sorted(left)[:3])}；"
            "请用 wence build --documents 给出全部文档（什么都不给就是上次的文档或内置的清单），"
            "或用 wence restore 恢复备份"
        )
    return True


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
    source = replace(read_source(path, cage_of(settings)), adapter=None)
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


def open_searcher(settings: Settings, embedder: Embedder | None = None) -> Searcher:
    """Open the index with the model that it was built with, which may be open already.

    Raises:
        IndexMissingError: nothing was built yet.
        IndexMismatchError: it does not match its manifest, or another model is configured.
    """
    index = load_index(settings.index)
    embedder = embedder or open_embedder(settings.model, settings.cache)
    if index.model != embedder.identity:
        raise IndexMismatchError(
            f"索引用模型 {index.model} 建成，现在设置的是 {embedder.identity}；"
            "请运行 wence build 重建，或改回 WENCE_MODEL"
        )
    return Searcher(index, embedder)
