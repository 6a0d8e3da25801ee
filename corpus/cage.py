"""Reading a document in a process of its own, which may be killed: bad files harm nobody.

The child has limits on memory, seconds and what it writes, reads and parses the document, and
gives its text back as JSON; the parent parses that text again. Whatever goes wrong in the child
is one line that names the file and the cause.

Run as `python -m corpus.cage SECONDS BYTES PATH`.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

import corpus
from corpus.document import Document
from corpus.errors import DocumentError, SetupError, WenceError

FILE_MB = 100  # of a file
UNPACKED_MB = 300  # of all that an office file unpacks to
TEXT = 10_000_000  # characters of a document's text
MEASURES = 50_000
WRITTEN = 128 << 20  # bytes that the child may write
SHOWN, LONGEST = 200, 2_000  # characters of a cause, and of a whole message
ZIPPED = (".xlsx", ".docx", ".npz")
SETUP, BAD, FULL = 3, 4, 5  # exit codes


@dataclass(frozen=True)
class Cage:
    """What reading one document may take."""

    seconds: int = 60
    memory: int = 1 << 30


def read_caged(path: Path, cage: Cage) -> Document:
    """Read a document as `corpus.read.read_document` does, in a child process.

    Raises:
        DocumentError: as there; or reading it takes too much time or memory, or fails.
        SetupError: as there.
    """
    name = path.name or str(path)
    command = [sys.executable, "-P", "-m", "corpus.cage", str(cage.seconds), str(cage.memory)]
    home = str(Path(corpus.__file__).parent.parent)
    inherited = [entry for entry in sys.path if entry]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([home, *inherited])}
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(  # noqa: S603 (our own program)
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        try:
            child.wait(cage.seconds + 5)
        except subprocess.TimeoutExpired as error:
            raise DocumentError(_too_slow(name, cage)) from error
        finally:
            child.kill()
            child.wait()
        return _result(name, cage, child.returncode, out)


def _too_slow(name: str, cage: Cage) -> str:
    return f"{name}：{cage.seconds} 秒里没有读完；请拆小再读，或放宽 WENCE_READ_SECONDS"


def _result(name: str, cage: Cage, code: int, out: IO[bytes]) -> Document:
    """What the child wrote, or why it wrote nothing.

    Raises:
        DocumentError, SetupError: as `read_caged`.
    """
    out.seek(0)
    try:
        told = json.loads(out.read(WRITTEN))
    except ValueError:
        told = {}
    if code == 0 and "document" in told:
        return Document(**told["document"])
    if code == SETUP and "error" in told:
        raise SetupError(told["error"])
    if code == BAD and "error" in told:
        raise DocumentError(told["error"])
    if code == FULL:
        raise SetupError(f"临时文件夹 {tempfile.gettempdir()} 写不下 {name} 的文字；请腾出空间再试")
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise DocumentError(_too_slow(name, cage))
    raise DocumentError(f"{name}：读的时候出错，读文件的进程停了（{code}）；请换一份文件")


def main(arguments: list[str]) -> int:
    """Read the document of the arguments and write it, or what is wrong with it; the exit code."""
    seconds, memory, path = int(arguments[0]), int(arguments[1]), Path(arguments[2])
    _limit(seconds, memory)
    try:
        told: dict[str, object] = {"document": asdict(_read(path))}
        code = 0
    except SetupError as error:
        told, code = {"error": str(error)}, SETUP
    except WenceError as error:
        told, code = {"error": _line(str(error), LONGEST)}, BAD
    except MemoryError:
        cause = f"要用的内存超过 {memory >> 20} MB；请拆小再读，或放宽 WENCE_READ_MB"
        told, code = {"error": f"{path.name}：{cause}"}, BAD
    except RecursionError:
        told, code = {"error": f"{path.name}：里面嵌套得太深；请另存一份再读"}, BAD
    except Exception as error:  # whatever a reader fails at is the document's fault
        cause = _line(f"{type(error).__name__}: {error}")
        told, code = {"error": f"{path.name}：文件损坏或不受支持（{cause}）；请另存一份再读"}, BAD
    try:
        sys.stdout.write(json.dumps(told))
        sys.stdout.flush()
    except OSError:
        os._exit(FULL)  # leaving the usual way would try to write again
    return code


def _line(text: str, most: int = SHOWN) -> str:
    """A cause in one line, without control characters."""
    seen = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return seen if len(seen) <= most else seen[:most] + "…"


def _limit(seconds: int, memory: int) -> None:
    """Take the limits on; what a system lacks of them the parent's clock makes up for."""
    wanted = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: WRITTEN,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in wanted.items():
        _, hard = resource.getrlimit(which)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(which, (bound, bound))
        except (ValueError, OSError):
            continue


def _read(path: Path) -> Document:
    """Read the document, and parse it with the questions beside it, to see whether that goes well.

    Raises:
        WenceError: as the reading and parsing.
    """
    from corpus.measures import parse
    from corpus.questions import FILE, UNANSWERABLE, read_questions, read_unanswerable
    from corpus.read import SOURCES, read_document

    places = [path / name for name in SOURCES] if path.is_dir() else [path]
    source = next((place for place in places if place.is_file()), places[0])
    for file in sorted(path.iterdir()) if path.is_dir() else [source]:
        if file.is_file():
            _check_size(file)
    document = read_document(path)
    if len(document.text) > TEXT:
        raise DocumentError(
            f"{source.name}：有 {len(document.text)} 字，最多 {TEXT} 字；请拆小再读"
        )
    measures = parse(document).measures
    if len(measures) > MEASURES:
        raise DocumentError(f"{source.name}：有 {len(measures)} 条，最多 {MEASURES} 条；请拆小再读")
    read_questions(_beside(path, FILE), document.id, measures)
    read_unanswerable(_beside(path, UNANSWERABLE), document.id, measures)
    json.dumps(asdict(document)).encode("utf-8")
    document.text.encode("utf-8")
    return document


def _beside(path: Path, name: str) -> Path:
    return path / name if path.is_dir() else path.with_suffix(f".{name}")


def _check_size(source: Path) -> None:
    """Look at sizes before anything is read.

    Raises:
        DocumentError: the file, or what it unpacks to, is too large.
    """
    size = source.stat().st_size
    if size > FILE_MB << 20:
        raise DocumentError(f"{source.name}：有 {size >> 20} MB，最多 {FILE_MB} MB；请拆小再读")
    if source.suffix.lower() not in ZIPPED:
        return
    try:
        with ZipFile(source) as archive:
            whole = sum(part.file_size for part in archive.infolist())
    except (BadZipFile, OSError, NotImplementedError):
        return  # the reader says so better
    if whole > UNPACKED_MB << 20:
        raise DocumentError(
            f"{source.name}：解开有 {whole >> 20} MB，最多 {UNPACKED_MB} MB；请拆小再读"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
