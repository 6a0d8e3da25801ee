"""Spans that can answer, by eye."""

from corpus.document import Span
from service import spans

TEXT = "全面启用11类电子证照，每五年开展评价；依托“警察叔叔”APP办理《某办法（试行）》。"


def _said(found: tuple[Span, ...]) -> list[str]:
    return [TEXT[span.start : span.end] for span in found]


def test_clauses_are_cut_at_commas_and_semicolons() -> None:
    assert _said(spans.clauses(TEXT))[:2] == ["全面启用11类电子证照", "每五年开展评价"]


def test_numbers_have_their_units() -> None:
    assert _said(spans.numbers(TEXT)) == ["11类", "每五年"]


def test_counted_is_of_the_unit_asked_for() -> None:
    assert _said(spans.counted(TEXT, "类")) == ["11类"]
    assert spans.counted(TEXT, "项") == ()


def test_titled_is_in_title_marks() -> None:
    assert _said(spans.titled(TEXT)) == ["《某办法（试行）》"]


def test_named_ends_as_asked_and_keeps_its_quotes() -> None:
    assert _said(spans.named(TEXT, spans.SITE)) == ["“警察叔叔”APP"]


def test_fold_keeps_every_offset() -> None:
    assert spans.fold("ＡＢ１２") == "ab12"
    assert len(spans.fold("Ⅷ①㎡x")) == 4
