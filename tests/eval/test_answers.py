"""Scoring answers, citations and related items by eye."""

from dataclasses import replace

import pytest

from corpus.errors import InputError
from eval.answers import (
    accepts,
    false_statement,
    judge,
    judge_related,
    run_cases,
    set_f1,
    summarise,
    valid,
)
from eval.dataset import Case
from service.answer import Answer
from tests.eval.fakes import DOCUMENT, answer, citation, measure, related

DOCUMENTS = {DOCUMENT.id: DOCUMENT}
FACT = Case("f1", "fact", "几日", "", answers=("30日", "30天"), evidence=("hz-2022:1.1.1",))
LIST = Case("l1", "list", "哪些", "", items=(("hz-2022", 1), ("hz-2022", 2)))
NONE = Case("n1", "none", "天气", "far")
BESIDE = Case(
    "r1", "related", "", "", measure="hz-2022:1.1.1", items=(("hz-2022", 2), ("hz-2022", 9))
)


@pytest.mark.parametrize(
    ("said", "accepted", "right"),
    [
        ("30日", "30日", True),
        ("３０ 日内", "30日", True),
        ("130日", "30日", False),
        ("1.30日", "30日", False),
        ("12月", "2月", False),
        ("2022年12月", "12月", True),
        ("300", "30", False),
        ("30.5", "30", False),
        ("30。", "30", True),
        ("市稅務局", "市税务局", True),
        ("ETC 系统", "etc系统", True),
        ("", "30", False),
    ],
)
def test_accepts_contained_string_with_whole_numbers(said: str, accepted: str, right: bool) -> None:
    assert accepts(said, [accepted]) is right


def test_valid_quote_of_its_slice_is_valid() -> None:
    assert valid(citation("30日内办结"), DOCUMENTS)
    spread = citation("由\n市税务局")
    assert valid(replace(spread, quote="由市税务局"), DOCUMENTS)


def test_valid_anything_amiss_is_invalid() -> None:
    good = citation("30日内办结")
    assert not valid(replace(good, start=good.start + 1), DOCUMENTS)
    assert not valid(replace(good, quote="31日内办结"), DOCUMENTS)
    assert not valid(replace(good, sha256="0" * 64), DOCUMENTS)
    assert not valid(replace(good, measure="other:1.1.1"), DOCUMENTS)
    assert not valid(replace(good, start=-5, end=-1), DOCUMENTS)
    assert not valid(replace(good, end=10**9), DOCUMENTS)
    assert not valid(replace(good, quote="", end=good.start), DOCUMENTS)


def test_set_f1_half_found() -> None:
    assert set_f1({("a", 1), ("a", 3)}, {("a", 1), ("a", 2)}) == pytest.approx(2 / 4)
    assert set_f1(set(), set()) == 1
    assert set_f1(set(), {("a", 1)}) == 0


def test_judge_fact_needs_the_words_and_the_evidence() -> None:
    def right(given: Answer) -> bool:
        return judge(FACT, given, DOCUMENTS, ms=1).right

    cited = [citation("30日内办结")]
    assert right(answer("30天", citations=cited))
    assert not right(answer("31天", citations=cited))
    assert not right(answer("30天", citations=[citation("30日内办结", measure="hz-2022:2.1.1")]))
    assert not right(answer("30天"))
    assert not right(answer("30天", kind="none", citations=cited))


def test_judge_howto_needs_a_citation_of_the_evidence_and_no_words() -> None:
    case = Case("h1", "howto", "怎么办", "", evidence=("hz-2022:1.1.1", "hz-2022:1.1.2"))
    cited = answer(None, kind="howto", citations=[citation("30日内办结")])
    other = answer(None, kind="howto", citations=[citation("30日内办结", measure="hz-2022:2.1.1")])
    assert judge(case, cited, DOCUMENTS, ms=1).right
    assert not judge(case, other, DOCUMENTS, ms=1).right
    assert not judge(case, answer(None, kind="howto"), DOCUMENTS, ms=1).right
    assert not judge(case, replace(cited, standing="near"), DOCUMENTS, ms=1).right


@pytest.mark.parametrize(
    ("standing", "answered", "refused"),
    [("answered", True, False), ("near", False, False), ("refused", False, True)],
)
def test_judge_near_is_neither_answered_nor_refused(
    standing: str, answered: bool, refused: bool
) -> None:
    verdict = judge(FACT, replace(answer("30日"), standing=standing), DOCUMENTS, ms=1)
    assert (verdict.answered, verdict.refused) == (answered, refused)


SET = answer(None, kind="list", items=LIST.items)


@pytest.mark.parametrize(
    ("case", "given", "false"),
    [
        (LIST, SET, ""),
        (LIST, replace(SET, items=()), "zero"),
        (LIST, replace(SET, items=LIST.items[:1]), "incomplete"),
        (replace(LIST, items=()), replace(SET, items=()), ""),
        (FACT, replace(SET, items=()), "zero"),
        (FACT, answer("办结", citations=[citation("办结")]), ""),
        (FACT, answer("市税务局", citations=[citation("市税务局牵头")]), ""),
        (FACT, replace(SET, items=(), standing="near"), ""),
        (
            FACT,
            replace(answer("局", citations=[citation("30日")]), answer="责任单位是局"),
            "column",
        ),
        (FACT, replace(answer("局", citations=[citation("30日")]), answer="“责任单位”"), ""),
    ],
)
def test_false_statement_is_named_by_its_kind(case: Case, given: Answer, false: str) -> None:
    assert false_statement(case, given, DOCUMENTS) == false


@pytest.mark.parametrize(
    ("said", "false"), [("24个月", "negation"), ("不超过24个月", ""), ("是，缴费", "negation")]
)
def test_false_statement_words_behind_their_negation_are_a_negation(said: str, false: str) -> None:
    text = "期限不超过24个月。无需缴费。"
    document = replace(DOCUMENT, text=text)
    given = answer(said, citations=[replace(citation("30日"), start=0, end=len(text))])
    assert false_statement(FACT, given, {document.id: document}) == false


def test_judge_mark_without_citation_is_counted() -> None:
    given = replace(answer("30日", citations=[citation("30日内办结")]), answer="甲[1]乙[2]丙[0]")
    verdict = judge(FACT, given, DOCUMENTS, ms=1)
    assert (verdict.citations, verdict.valid_citations, verdict.bad_marks) == (1, 1, 2)


def test_judge_list_counts_the_whole_set_and_measures() -> None:
    both = answer(None, kind="list", items=LIST.items)
    assert judge(LIST, both, DOCUMENTS, ms=1).right
    one = judge(LIST, replace(both, items=LIST.items[:1]), DOCUMENTS, ms=1)
    assert not one.right
    assert one.parts["f1"] == pytest.approx(2 / 3)
    by_measure = replace(LIST, unit="measure", measures=("hz-2022:1.1.1",))
    cited = replace(both, citations=(citation("30日内办结"),))
    assert judge(by_measure, cited, DOCUMENTS, ms=1).parts["measures"] == 1


def test_judge_related_counts_items_not_measures() -> None:
    found = [related(measure(name)) for name in ("2.1.1", "2.1.2", "3.1.1")]
    assert judge_related(BESIDE, found, ms=1).parts == {"p1": 1, "recall5": 1 / 2}
    assert judge_related(BESIDE, [], ms=1).parts == {"p1": 0, "recall5": 0}


def test_summarise_whole_set_gives_every_figure() -> None:
    given = {
        "f1": answer("30日", confidence=0.9, citations=[citation("30日内办结")]),
        "f2": answer(None, kind="none", confidence=0.3),
        "l1": answer(None, kind="list", confidence=0.8, items=LIST.items),
        "n1": answer(None, kind="none", confidence=0.1),
        "n2": answer("30日", confidence=0.4),
        "u1": answer("30日", confidence=0.4, citations=[citation("30日", sha256="0")]),
    }
    near = replace(NONE, qid="n2", style="near")
    later = replace(FACT, qid="u1", turns=("一照多址",))
    cases = [FACT, replace(FACT, qid="f2"), LIST, NONE, near, later, BESIDE]
    verdicts = run_cases(
        cases, lambda case: given[case.qid], lambda _: [related(measure("2.1.1"))], DOCUMENTS
    )
    found = summarise(verdicts)
    assert found.counts == {"fact": 2, "list": 1, "none": 2, "related": 1, "followup": 1}
    assert found.fact_accuracy is not None
    assert found.fact_accuracy.mean == 1 / 2
    assert found.list_exact == 1
    # pairs of {.9, .3, .8} against {.1, .4}: 5 of 6 in order
    assert found.refusal_auroc == pytest.approx(5 / 6)
    assert (found.refusal_recall, found.refusal_precision) == (1 / 2, 1 / 2)
    assert found.refusal_by_style == {"far": 1, "near": 0}
    assert found.false_refusals == pytest.approx(1 / 3)
    assert (found.near, found.false_statements, found.false_by_kind) == (0, 0, {})
    assert (found.citations, found.citation_validity) == (2, 1 / 2)
    assert found.followups == {"fact": 1}
    assert found.related_recall5 == 1 / 2
    # (.1² + .7² + .2² + .1² + .4²) / 5
    assert found.confidence_brier == pytest.approx((0.01 + 0.49 + 0.04 + 0.01 + 0.16) / 5)


def test_summarise_nothing_asked_has_no_figures() -> None:
    found = summarise([])
    assert found.fact_accuracy is None
    assert found.citation_validity is None
    assert found.ask_ms is None


def test_run_cases_question_not_taken_names_the_case() -> None:
    def refuse(_: Case) -> Answer:
        raise InputError("问题太长")

    with pytest.raises(InputError, match="题目 f1：问题太长"):
        run_cases([FACT], refuse, lambda _: [], DOCUMENTS)
