"""Who is in charge of a measure, by the columns that its document has."""

from corpus.document import Measure
from corpus.measures import split_units
from corpus.schema import is_blank


def leading_organs(measure: Measure) -> tuple[str, ...]:
    """Those of the leading column, else of the one organ column of its document."""
    return measure.lead_units or _single(measure)


def sharing_organs(measure: Measure) -> tuple[str, ...]:
    """Those of the columns beside the leading one, else of the one organ column."""
    return measure.responsible_units or _single(measure)


def all_organs(measure: Measure) -> tuple[str, ...]:
    """Those of all its columns of organs."""
    return (*measure.lead_units, *measure.responsible_units, *_single(measure))


def _single(measure: Measure) -> tuple[str, ...]:
    """The organs of the column of a document that does not tell leading from cooperating."""
    return tuple(
        organ
        for cell in measure.cells("organ")
        if not is_blank(cell.value)
        for organ in split_units(cell.value)
    )
