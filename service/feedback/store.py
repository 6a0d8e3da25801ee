"""What was asked and how answers were judged, counted by day in any database of SQLAlchemy.

Nothing of a person is stored: no address, no browser, no cookie, no time finer than the day,
and questions are masked first. The same on the same day is one row with a count.
"""

import hashlib
import json
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Engine,
    Float,
    Integer,
    MetaData,
    QueuePool,
    RowMapping,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from corpus.errors import InputError, SetupError
from corpus.text import normalise
from service.day import today
from service.feedback.masking import check_question
from service.settings import Settings

FILE = "feedback.sqlite"
MEMORY = "sqlite://"
VERDICTS = ("useful", "not_useful", "right")
SHOWN = 100  # so many shown measures are kept with a judgement at most
CHUNK = 500  # digests in one statement
WAIT = 5  # seconds until a locked SQLite file, or a busy pool, counts as failed

_tables = MetaData()
_asked = Table(
    "wence_asked",
    _tables,
    Column("digest", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("question", Text, nullable=False),
    Column("answerable", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("item", String(255), nullable=False),
    Column("count", Integer, nullable=False),
)
_judged = Table(
    "wence_judged",
    _tables,
    Column("digest", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("question", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("measure", String(255), nullable=False),
    Column("shown", Text, nullable=False),
    Column("count", Integer, nullable=False),
)


@dataclass(frozen=True)
class Asked:
    """A question as asked `count` times on a day; the rest is of its last answer that day.

    `item` is the nearest item as `document:number`, empty where none is near.
    """

    day: date
    question: str
    answerable: bool
    confidence: float
    item: str
    count: int


@dataclass(frozen=True)
class Judged:
    """A judgement as given `count` times on a day.

    `verdict` is one of VERDICTS; `measure` is the right one, empty for other verdicts; `shown`
    are the measures that the judged answer cited, in its order.
    """

    day: date
    question: str
    verdict: str
    measure: str
    shown: tuple[str, ...]
    count: int


class Store:
    """The open database; safe to share between threads."""

    def __init__(self, engine: Engine, *, today: Callable[[], date] = today) -> None:
        """Create the tables where they are missing and make sure that they can be written.

        Raises:
            SetupError: the database cannot be opened or written, or holds other tables so named.
        """
        self._engine = engine
        self._today = today
        self._close = weakref.finalize(self, engine.dispose)
        with self._failing("打不开"):
            _tables.create_all(engine)
            there = inspect(engine)
            for table in _tables.sorted_tables:
                columns = {column["name"] for column in there.get_columns(table.name)}
                if columns != set(table.columns.keys()):
                    raise SetupError(
                        f"反馈库 {self} 里的表 {table.name} 是别的程序或版本的；"
                        "请把 WENCE_DATABASE 指向另一个库"
                    )
            with engine.begin() as connection:  # deletes nothing, but must be allowed to
                connection.execute(delete(_asked).where(_asked.c.digest == ""))

    def __str__(self) -> str:
        """The address of the database, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close all connections; closing twice does no harm."""
        self._close()

    def note_asked(self, question: str, answerable: bool, confidence: float, item: str) -> None:
        """Count a question for today, masked.

        Raises:
            InputError: as `check_question`.
            SetupError: it cannot be written.
        """
        seen = check_question(question)
        outcome = {"answerable": answerable, "confidence": confidence, "item": item}
        self._count(_asked, _digest(normalise(seen)), outcome, question=seen)

    def note_judged(
        self,
        question: str,
        verdict: str,
        measure: str,
        shown: Sequence[str],
        *,
        counted: bool = True,
    ) -> Judged:
        """Count a judgement for today and give what is stored; the ids must be full ones.

        One that is not to be `counted`, since its visitor gave it today already, is only checked.

        Raises:
            InputError: as `check_question`; not a verdict; a measure with a verdict other than
                "right", or "right" without one; over 100 measures shown.
            SetupError: it cannot be written.
        """
        seen = check_question(question)
        if verdict not in VERDICTS:
            raise InputError(f"不认识的评价“{verdict[:20]}”；可用 {'、'.join(VERDICTS)}")
        if (verdict == "right") != bool(measure):
            raise InputError("评价为 right 时要给出正确的举措编号，其他评价不要给")
        if len(shown) > SHOWN:
            raise InputError(f"所示举措最多 {SHOWN} 条，给出了 {len(shown)} 条")
        listed = json.dumps(list(shown), ensure_ascii=False)
        key = _digest(normalise(seen), verdict, measure, *shown)
        told = {"verdict": verdict, "measure": measure, "shown": listed}
        if counted:
            self._count(_judged, key, {}, question=seen, **told)
        return Judged(self._today(), seen, verdict, measure, tuple(shown), 1)

    def asked(self, *, since: date | None = None) -> tuple[Asked, ...]:
        """All questions from a day on, by day and then question.

        Raises:
            SetupError: they cannot be read.
        """
        return tuple(map(_asked_of, self._rows(_asked, since)))

    def judged(self, *, since: date | None = None) -> tuple[Judged, ...]:
        """All judgements from a day on, by day and then question.

        Raises:
            SetupError: they cannot be read.
        """
        return tuple(map(_judged_of, self._rows(_judged, since)))

    def forget(self, before: date) -> int:
        """Delete everything of the days before one; gives how many rows that were.

        Raises:
            SetupError: it cannot be written.
        """
        with self._failing("写不进"), self._engine.begin() as connection:
            return sum(
                connection.execute(delete(table).where(table.c.day < before)).rowcount
                for table in _tables.sorted_tables
            )

    def keep_days(self, days: int) -> int:
        """Delete what is older than so many days; as `forget`."""
        return self.forget(self._today() - timedelta(days=days))

    def gap_rows(
        self, *, since: date | None = None, most: int, skip: int = 0
    ) -> tuple[tuple[Asked, ...], tuple[Judged, ...]]:
        """The rows of the questions most often refused or judged not useful, for the gap report.

        At most `most` questions of each sort, behind the first `skip`; the database ranks them.

        Raises:
            SetupError: they cannot be read.
        """
        refused = self._ranked(_asked, _asked.c.answerable.is_(False), since, most, skip)
        unloved = self._ranked(_judged, _judged.c.verdict == "not_useful", since, most, skip)
        judged = self._chosen(_judged, unloved, since)
        keys = {*refused, *(_digest(normalise(row["question"])) for row in judged)}
        asked = self._chosen(_asked, sorted(keys), since)
        return tuple(map(_asked_of, asked)), tuple(map(_judged_of, judged))

    def _ranked(
        self, table: Table, wanted: ColumnElement[bool], since: date | None, most: int, skip: int
    ) -> list[str]:
        """The digests of the most frequent rows that are wanted."""
        count = func.sum(table.c.count)
        chosen = select(table.c.digest).where(wanted)
        if since:
            chosen = chosen.where(table.c.day >= since)
        ranked = (
            chosen.group_by(table.c.digest)
            .order_by(count.desc(), table.c.digest)
            .limit(most)
            .offset(skip)
        )
        with self._failing("读不了"), self._engine.connect() as connection:
            return list(connection.execute(ranked).scalars())

    def _chosen(self, table: Table, digests: Sequence[str], since: date | None) -> list[RowMapping]:
        """The rows of those digests, as `_rows` orders them."""
        rows: list[RowMapping] = []
        with self._failing("读不了"), self._engine.connect() as connection:
            for start in range(0, len(digests), CHUNK):
                wanted = select(table).where(table.c.digest.in_(digests[start : start + CHUNK]))
                if since:
                    wanted = wanted.where(table.c.day >= since)
                rows += connection.execute(wanted).mappings().all()
        return sorted(rows, key=lambda row: (row["day"], row["question"], row["digest"]))

    def _rows(self, table: Table, since: date | None) -> Sequence[RowMapping]:
        wanted = select(table).where(table.c.day >= since) if since else select(table)
        ordered = wanted.order_by(table.c.day, table.c.digest)
        with self._failing("读不了"), self._engine.connect() as connection:
            rows = connection.execute(ordered).mappings().all()
        return sorted(rows, key=lambda row: (row["day"], row["question"], row["digest"]))

    def _count(self, table: Table, digest: str, outcome: dict[str, Any], **row: Any) -> None:
        """Add one to today's row, or insert it; whoever loses the race to insert adds instead."""
        day = self._today()
        here = (table.c.digest == digest) & (table.c.day == day)
        more = update(table).where(here).values(count=table.c.count + 1, **outcome)
        first = insert(table).values(digest=digest, day=day, count=1, **outcome, **row)
        with self._failing("写不进"):
            if self._changed(more):
                return
            try:
                self._changed(first)
            except IntegrityError:
                self._changed(more)

    def _changed(self, statement: Any) -> bool:
        with self._engine.begin() as connection:
            return bool(connection.execute(statement).rowcount)

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        """Tell a failure of the database as one of the set-up."""
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise SetupError(
                f"{what}反馈库 {self}（{reason}）；请检查 WENCE_DATABASE 和文件的写权限"
            ) from error


def _asked_of(row: RowMapping) -> Asked:
    return Asked(**{name: value for name, value in row.items() if name != "digest"})


def _judged_of(row: RowMapping) -> Judged:
    told = {name: row[name] for name in ("day", "question", "verdict", "measure", "count")}
    return Judged(**told, shown=tuple(json.loads(row["shown"])))


def open_store(address: str | URL = MEMORY, *, today: Callable[[], date] = today) -> Store:
    """Open a database by its SQLAlchemy URL.

    Raises:
        SetupError: not such a URL, its driver is missing, or as `Store`.
    """
    try:
        url = make_url(address)
        engine = _engine_of(url)
    except ArgumentError as error:
        raise SetupError(
            "WENCE_DATABASE 应是 SQLAlchemy 的数据库地址，如 sqlite:////srv/feedback.sqlite"
        ) from error
    except ImportError as error:
        raise SetupError(f"反馈库需要驱动 {error.name}；请用 pip 安装它") from error
    return Store(engine, today=today)


def open_store_of(settings: Settings) -> Store:
    """Open the database of the settings, by default a file in the data folder.

    Raises:
        SetupError: as `open_store`; the data folder cannot be made.
    """
    if settings.database:
        return open_store(settings.database)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"建不了数据文件夹 {settings.data}（{error}）；请改 WENCE_DATA") from error
    return open_store(URL.create("sqlite", database=str(settings.data / FILE)))


def _engine_of(url: URL) -> Engine:
    """One connection at a time for SQLite, which has one writer anyway and one memory."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=WAIT * 2,
        connect_args={"check_same_thread": False, "timeout": WAIT},
    )
    event.listen(engine, "connect", _use_log)
    return engine


def _use_log(connection: Any, _: Any) -> None:
    """Write ahead: a note then costs no wait for the disk, and readers block nobody."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _digest(*parts: str) -> str:
    """The SHA-256 of a key: as short in every database, whatever its limit for an index."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
