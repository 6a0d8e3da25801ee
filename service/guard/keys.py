"""API keys: named, with a scope, kept as hashes in the data folder's keys.json.

A key is 256 random bits, so that its SHA-256 needs neither salt nor slowness; the key itself is
shown once, when it is made.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock

from corpus.errors import InputError, NotFoundError, SetupError
from service.day import today

FILE = "keys.json"
SCOPES = ("read", "staff", "admin")  # each may what those before it may
MEND = "请腾出空间或改权限"
NAME = re.compile(r"[\w.-]{1,40}")
PREFIX = "wence_"
NEVER = (0, 0)  # the stamp of a file that is not there


@dataclass(frozen=True)
class Key:
    """A key without itself; `day` is when it was made."""

    name: str
    scope: str
    sha256: str
    day: str

    def may(self, scope: str) -> bool:
        """Whether the key's scope holds another."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class Keys:
    """The keys of a data folder; what another process changes in them is seen at the next use."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._stamp = (-1, -1)
        self._keys: tuple[Key, ...] = ()

    def all(self) -> tuple[Key, ...]:
        """The keys, by name.

        Raises:
            SetupError: the file is damaged.
        """
        stamp = self._stamped()
        if stamp != self._stamp:
            self._keys, self._stamp = self._read(), stamp
        return self._keys

    def find(self, token: str) -> Key | None:
        """The key that a caller shows, if it is one."""
        shown = _hash(token)
        found = [key for key in self.all() if secrets.compare_digest(key.sha256, shown)]
        return found[0] if found else None

    def named(self, name: str) -> Key | None:
        """The key of that name."""
        return next((key for key in self.all() if key.name == name), None)

    def add(self, name: str, scope: str) -> str:
        """Make a key and give it; it is not kept.

        Raises:
            InputError: not a name, not a scope, or the name is taken.
            SetupError: the file cannot be written.
        """
        if not NAME.fullmatch(name):
            raise InputError(f"密钥的名称“{name[:40]}”只能由文字、数字、点、横线组成，最多 40 字")
        if scope not in SCOPES:
            raise InputError(f"没有权限“{scope}”；可用 {'、'.join(SCOPES)}")
        token = PREFIX + secrets.token_urlsafe(32)
        made = Key(name, scope, _hash(token), today().isoformat())
        with self._locked():
            if self.named(name):
                raise InputError(
                    f"已有名为“{name}”的密钥；请换一个名称，或先 wence keys revoke {name}"
                )
            self._write([*self.all(), made])
        return token

    def revoke(self, name: str) -> None:
        """Take a key away.

        Raises:
            NotFoundError: there is none of that name.
            SetupError: the file cannot be written.
        """
        with self._locked():
            if not self.named(name):
                known = "、".join(key.name for key in self.all())
                raise NotFoundError(f"没有名为“{name}”的密钥；现有 {known or '无'}")
            self._write([key for key in self.all() if key.name != name])

    def _stamped(self) -> tuple[int, int]:
        try:
            about = self._path.stat()
        except FileNotFoundError:
            return NEVER
        return about.st_mtime_ns, about.st_ino

    def _read(self) -> tuple[Key, ...]:
        if not self._path.exists():
            return ()
        try:
            records = json.loads(self._path.read_text(encoding="utf-8"))
            found = [replace(Key(**record)) for record in records]
        except (OSError, ValueError, TypeError) as error:
            raise SetupError(
                f"{self._path} 读不了或已损坏；请移走它再用 wence keys add 重建"
            ) from error
        return tuple(sorted(found, key=lambda key: key.name))

    def _write(self, keys: list[Key]) -> None:
        beside = self._path.with_name(f".{self._path.name}-new")
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump([asdict(key) for key in keys], stream, ensure_ascii=False, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise SetupError(f"写不了 {self._path}（{error.strerror}）；{MEND}") from error
        self._stamp = (-1, -1)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only writer.

        Raises:
            SetupError: the folder cannot be written.
        """
        lock = FileLock(self._path.with_name(f"{self._path.name}.lock"))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            raise SetupError(f"写不了 {self._path}（{error.strerror}）；{MEND}") from error
        try:
            yield
        finally:
            lock.release()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
