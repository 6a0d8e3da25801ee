"""The words of a list question → the condition that they say, and how the question is put.

What stands between two
conditions joins them: 或 makes one of both, all else makes both; two months or two aspects are
always one of both, since a row has only one. Within one kind 或 binds before 且.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.lists.columns import Columns
from service.lists.conditions import And, Condition, Topic
from service.lists.reader import Reader
from service.lists.unit_groups import Names
from service.lists.words import Token

STRONG = ("改革", "事项", "举措", "条改革", "条举措", "试点", "任务", "项")
HEADS = ("item", "measure")
DOUBT = ("?", "也", "么")
LISTED = ("有", "列", "清单", "名单", "一览", "汇总", "梳理", "整理")


@dataclass(frozen=True)
class Parsed:
    """A question taken apart.

    `asks`: it asks which or how many; `headed`: it names items or measures, `strong`: by
    the words of such lists; `listed`: it asks what there is; `ends`: it ends
    in such a word; `doubt`: it may ask for yes or no; `nominal`: it ends
    in 的; `said`: a role or a month's effect is named; `either`: 还是 stands in it; `bare`: its
    units have no role; `whole`: all of the list is meant; `role`: a role without units;
    `guessed`: it asks for units and leaves their role open.
    """

    condition: Condition
    over: str = ""
    by: str = ""
    order: str = ""
    edge: str = ""
    role: str = ""
    counted: bool = False
    each: bool = False
    asks: bool = False
    headed: bool = False
    strong: bool = False
    listed: bool = False
    nominal: bool = False
    doubt: bool = False
    ends: bool = False
    said: bool = False
    either: bool = False
    bare: bool = False
    whole: bool = False
    among: bool = False
    instead: bool = False
    it: bool = False
    guessed: bool = False

    def also(self, topic: Topic) -> "Parsed":
        """The same with a topic that must be met too."""
        old = self.condition
        parts = old.parts if isinstance(old, And) else (old,)
        return replace(self, condition=And((*parts, topic)) if parts else topic)


def parse(tokens: Sequence[Token], columns: Columns, before: Names = ()) -> Parsed | None:
    """Take tokens apart; None where a word has no place in a list question.

    Args:
        tokens: of the question, none of them left over.
        columns: of the documents.
        before: the units of the turn before, which 它 may mean.
    """
    reader = Reader(tokens, columns, before)
    for place, token in enumerate(tokens):
        reader.read(place, token)
    condition = reader.close()
    if condition is None:
        return None
    kinds = {token.kind for token in tokens}
    by = reader.by
    strong = any(token.text.startswith(STRONG) and token.text != "项目" for token in tokens)
    return Parsed(
        condition=condition,
        over=_over(tokens),
        by=by,
        order=next((kind for kind in ("most", "least") if kind in kinds and by), ""),
        edge=next((kind for kind in ("earliest", "latest") if kind in kinds), ""),
        role=reader.role,
        counted="count" in kinds or any(kind.startswith("many") for kind in kinds),
        each=any(kind.startswith(("each", "many")) for kind in kinds) or reader.noun_role,
        asks=bool(kinds & {"which", "count"}),
        headed=bool(kinds & {"item", "measure"}),
        strong=strong,
        ends=strong and tokens[-1].kind in HEADS,
        doubt=any(token.text in DOUBT for token in tokens),
        nominal=_last(tokens).endswith("的"),
        said=bool(kinds & {"lead", "help", "done", "absent", "present"}),
        either=any(token.text == "还是" for token in tokens),
        bare=reader.bare,
        whole=strong and "all" in kinds and any(len(t.text) > 1 for t in tokens if t.kind in HEADS),
        listed=any(t.text.startswith(LISTED) for t in tokens),
        among="among" in kinds,
        instead="instead" in kinds,
        it="it" in kinds,
        guessed=reader.guessed,
    )


def _over(tokens: Sequence[Token]) -> str:
    """Measure for 举措 and 条, item for 事项 and 项; empty where neither is named."""
    measures = [token.text for token in tokens if token.kind == "measure"]
    items = [token.text for token in tokens if token.kind == "item"]
    if any("措" in text for text in measures):
        return "measure"
    if measures and not any("项" in text for text in items):
        return "measure"
    return "item" if items else ""


def _last(tokens: Sequence[Token]) -> str:
    """The text of the last word that is no mark."""
    return next((token.text for token in reversed(tokens) if token.kind != "ask"), "")
