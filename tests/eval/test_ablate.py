"""What the index would be without its parts: built in memory, nothing encoded twice."""

import pytest

from corpus.errors import InputError
from corpus.lexicon import Entry
from corpus.measures import Parsed, parse
from corpus.questions import Question
from eval.ablate import ablations, served
from eval.dataset import Query
from index.build import Source, build_index
from index.search import Searcher
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder


@pytest.fixture
def source(small: Parsed) -> Source:
    return Source(small, (Question("small", 1, 1, 1, "开分店要重新办执照吗"),))


@pytest.fixture
def whole(source: Source) -> Searcher:
    embedder = FakeEmbedder()
    lexicon = (Entry("报税", ("缴纳税费",)),)
    return Searcher(build_index([source], embedder, lexicon=lexicon), embedder)


def test_served_is_the_searcher_in_every_mode(whole: Searcher) -> None:
    assert [(one.name, one.searcher is whole) for one in served(whole)] == [
        ("hybrid", True),
        ("dense", True),
        ("bm25", True),
    ]


def test_ablations_encode_nothing_again(whole: Searcher, source: Source) -> None:
    embedder = whole.embedder
    assert isinstance(embedder, FakeEmbedder)
    before = len(embedder.encoded)
    found = ablations(whole, source)
    assert len(embedder.encoded) == before
    names = ["text-bm25", "text-dense", "text-hybrid", "+questions", "+lexicon"]
    assert [one.name for one in found] == names
    assert [len(one.searcher.index.questions) for one in found] == [0, 0, 0, 1, 1]


def test_ablations_add_one_part_after_the_other(whole: Searcher, source: Source) -> None:
    systems = {one.name: one for one in ablations(whole, source)}
    hits = {
        name: systems[name].searcher.search("报税", mode="bm25").hits
        for name in ("+questions", "+lexicon")
    }
    assert max(hit.signals.bm25 for hit in hits["+questions"]) < max(
        hit.signals.bm25 for hit in hits["+lexicon"]
    )


def test_run_has_the_system_s_name(whole: Searcher, source: Source) -> None:
    outcome = ablations(whole, source)[0].run([Query("q", "缴纳税费", "")])
    assert outcome.name == "text-bm25"
    assert next(iter(outcome.run["q"])) == "small:2.1.1"


def test_ablations_of_another_source_are_refused(whole: Searcher) -> None:
    other = Source(parse(make_document(SMALL, "other")))
    with pytest.raises(InputError, match="other"):
        ablations(whole, other)
