"""A service's words → the records of this program, so that one code shows and judges both."""

from dataclasses import fields
from typing import Any

from corpus.document import Measure
from service.client import shapes


def known(shape: shapes.Shape, record: type[Any]) -> dict[str, Any]:
    """What a shape tells of a record's fields."""
    names = {field.name for field in fields(record)}
    return {name: value for name, value in dict(shape).items() if name in names}


def measure_of(given: shapes.Measure) -> Measure:
    """The measure; of its spans only that of its text is known."""
    cells = [cell.model_dump() for cell in given.columns]
    spans = {"text": [given.start, given.end]}
    return Measure.from_record(known(given, Measure) | {"columns": cells, "spans": spans})
