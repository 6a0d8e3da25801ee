"""Fixtures that more than one test file needs; what is dear is made once a run.

The real index is built by the first process that needs it and kept in build/ for as long as
nothing that it is made of changes; tests work on copies.
"""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from platformdirs import user_cache_path

from corpus.document import Document
from corpus.examples import FILE as EXAMPLES
from corpus.examples import read_examples
from corpus.lexicon import read_lexicon
from corpus.measures import Parsed, parse
from corpus.plain import FILE as PLAIN
from corpus.plain import read_plain
from corpus.questions import FILE, UNANSWERABLE, read_questions, read_unanswerable
from corpus.read import read_document
from index.adapt import FILE as ADAPTER
from index.adapt import load_adapter
from index.build import Source, build_index
from index.datatypes import Index
from index.embed import LightEmbedder, default_model, open_embedder
from index.search import Searcher
from index.store import load_index, save_index
from service.settings import Settings
from tests.fakes import FakeEmbedder

ROOT = Path(__file__).parent.parent
LIST = ROOT / "corpus" / "data" / "hz-2022"

# A list of the same form as the real one: two items, the second with two rows.
SMALL = """\

（共2个方面2项4条改革举措）

\t序号
\t改革

事项
\t主要内容
\t主要举措
\t牵头单位
\t责任单位
\t取得阶段性成效时间

\t一、第一方面

\t1
\t开展“一照多址”改革
\t允许加载新地址。
\t1.扩大“一照多址”适用范围。

2.改革后，加强监管。
\t市市场

监管局
\t市级相关部门，各区、县（市）政府
\t2022年6月

\t二、第二方面

\t2
\t推行“一网通办”
\t办税在网上办理。
\t网上缴纳税费。
\t市税务局
\t各区、县（市）政府
\t2022年3月

\t
\t
\t
\t在公积金领域：

1.网上提取公积金。
\t市公积金中心
\t市财政局
\t2022年12月
"""

# Tasks of another year: one column of organs, times that are no months, columns of no known role.
TASKS = """\
编号\t任务名称\t具体内容\t主管部门\t办结时限\t完成时间\t资金来源
1\t企业开办\t营业执照和公章合并为一次申报。\t市市场监管局、市税务局\t1个工作日\t2025年底前\t市级财政
2\t校园午餐\t食堂每日菜品留样。\t市教育局\t—\t长期坚持\t区级财政
3\t公积金提取\t网上提取公积金。\t市公积金中心\t3个工作日\t2025-05\t—
"""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say last of all what was left out and why, each reason once."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"跳过 {count} 个测试：{reason}")
    if config.option.markexpr == "not dear":
        terminalreporter.write_line("没有跑要几分钟的几个测试（报告、训练）；make check 全都跑")


def make_document(text: str, identity: str = "small") -> Document:
    """A document in memory with the given text."""
    return Document(identity, "小清单", "某市", "2022", "测试", text, "0" * 64)


@pytest.fixture
def small() -> Parsed:
    """The small list, parsed: measures 1.1.1, 1.1.2, 2.1.1, 2.2.1."""
    return parse(make_document(SMALL))


@pytest.fixture
def tasks() -> Parsed:
    """The tasks, parsed: measures 1.1.1, 2.1.1, 3.1.1."""
    return parse(make_document(TASKS, "tasks"))


@pytest.fixture
def small_index(small: Parsed) -> Index:
    """The small list, indexed with the fake embedder."""
    return build_index([Source(small)], FakeEmbedder())


@pytest.fixture
def searcher_of() -> Callable[..., Searcher]:
    """A function that makes a searcher with the fake embedder out of parsed documents."""

    def build(*parsed: Parsed) -> Searcher:
        return Searcher(build_index([Source(p) for p in parsed], FakeEmbedder()), FakeEmbedder())

    return build


@pytest.fixture(scope="session")
def list_folder() -> Path:
    """The folder of the real Hangzhou list."""
    return LIST


@pytest.fixture(scope="session")
def real_list() -> Parsed:
    """The real list, parsed."""
    return parse(read_document(LIST))


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where the default model is kept between runs."""
    given = os.environ.get("WENCE_CACHE")
    return Path(given) if given else user_cache_path("wence")


@pytest.fixture(scope="session")
def model_folder(cache: Path) -> Path:
    """The default model's folder, made at the first run."""
    return default_model(cache)


@pytest.fixture(scope="session")
def embedder(cache: Path) -> LightEmbedder:
    """The default model."""
    opened = open_embedder("", cache)
    assert isinstance(opened, LightEmbedder)
    return opened


@pytest.fixture(scope="session")
def real_folder(
    real_list: Parsed, embedder: LightEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A saved index of the real list with its questions, adapter and the default model."""
    shared = ROOT / "build" / "test-index" / _recipe(embedder)
    shared.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(shared.with_name("lock")):
        if not (shared / "index").exists():
            for old in shared.parent.iterdir():
                shutil.rmtree(old, ignore_errors=True)  # of other code; leaves the lock
            _build_real(real_list, embedder, shared / "index")
    mine = tmp_path_factory.mktemp("data") / "index"
    shutil.copytree(shared / "index", mine)
    return mine


def _recipe(embedder: LightEmbedder) -> str:
    """What the real index is made of: the code and the data of corpus and index, and the model."""
    digest = hashlib.sha256(embedder.identity.encode())
    for path in sorted([*(ROOT / "corpus").rglob("*"), *(ROOT / "index").rglob("*")]):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _build_real(real_list: Parsed, embedder: LightEmbedder, folder: Path) -> None:
    questions = read_questions(LIST / FILE, "hz-2022", real_list.measures)
    beyond = read_unanswerable(LIST / UNANSWERABLE, "hz-2022", real_list.measures)
    plain = read_plain(LIST / PLAIN, "hz-2022", real_list.measures)
    examples = read_examples(LIST / EXAMPLES, "hz-2022")
    adapter = load_adapter(LIST / ADAPTER)
    source = Source(real_list, questions, beyond, adapter, plain, examples)
    save_index(build_index([source], embedder, lexicon=read_lexicon()), folder)


@pytest.fixture(scope="session")
def searcher(real_folder: Path, embedder: LightEmbedder) -> Searcher:
    """A searcher over the real list."""
    return Searcher(load_index(real_folder), embedder)


@pytest.fixture(scope="session")
def real_settings(real_folder: Path, cache: Path) -> Settings:
    """Settings whose data folder holds the real list's index."""
    return Settings(data=real_folder.parent, cache=cache, model="", log_level="INFO")


@pytest.fixture(scope="session")
def real_searcher(searcher: Searcher) -> Searcher:
    """The searcher over the real list, by the name that the service's tests use."""
    return searcher
