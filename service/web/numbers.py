"""A bare number in the find page's box: 27 is an item, 60.2 a row of one or a measure in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Measure
from corpus.text import normalise
from index.query import Address

NUMBER = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?")


@dataclass(frozen=True)
class Place:
    """A place in the documents: `said` in words, and `query`, which finds its whole item."""

    said: str
    query: str
    address: Address


def read_number(text: str, measures: Sequence[Measure]) -> Place | None:
    """The place that a query names which is nothing but a number; None where there is none.

    60.2 is the second row of item 60, as in the id 60.2.1; where the item has no such row, it is
    its second measure.
    """
    found = NUMBER.fullmatch(normalise(text))
    if found is None:
        return None
    item, second = int(found[1]), int(found[2] or 0)
    said = query = f"第{item}项"
    places = [Place(said, query, Address("", item, 0, 0))]
    if second:
        places = [
            Place(f"{said}第{second}行", query, Address("", item, second, 0)),
            Place(f"{said}第{second}条", query, Address("", item, 0, second)),
        ]
    return next((p for p in places if any(p.address.holds(m) for m in measures)), None)
