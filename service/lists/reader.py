"""Reads the words of a list question from left to right into conditions.

Units wait for a role (法院牵头), a role without units waits for them (牵头单位是法院), months and
aspects are conditions by themselves, a denial goes to what follows it.
"""

from collections.abc import Sequence
from dataclasses import replace

from service.lists.columns import Columns
from service.lists.conditions import (
    And,
    Aspect,
    Blank,
    Condition,
    Due,
    Not,
    NotApplicable,
    Several,
    holds,
)
from service.lists.trees import combine
from service.lists.unit_groups import Manner, Names, Unit, of_group, with_names
from service.lists.words import Token

ROLES = ("lead", "help", "touch")
QUIET = ("fill", "ask", "place")
SPLITS = (",", ";", "、")
ALONE = ("单独", "独自", "独立", "独家", "单一", "一家")
BOTH = ("既", "也", "又", "同时", "都", "同时都")


class Reader:
    """Reads tokens from left to right; made anew for every question."""

    def __init__(self, tokens: Sequence[Token], columns: Columns, before: Names) -> None:
        self.tokens, self.columns, self.before = tokens, columns, before
        self.atoms: list[tuple[str, Condition]] = []
        self.group: list[Unit] = []
        self.open = ""  # a role that waits for its units
        self.by, self.role = "", ""
        self.bare = self.noun_role = self.guessed = False
        self._asked = ""  # who or each_unit, waiting for a role
        self._last: tuple[Unit, ...] = ()
        self._last_denied = False  # the last units' role was denied: 法院不牵头
        self._denied = self._except = self._together = self._twice = False
        self._only = ""
        self._excepted = self._lost = False
        self._joint, self._mark, self._noun = "", "", False

    def read(self, place: int, token: Token) -> None:
        """Take the next token."""
        kind = token.kind
        if kind == "unit":
            self._unit(_names(token))
        elif kind == "it":
            names = self._last[0].names if self._last else self.before
            self._lost = self._lost or not names
            self._unit(names)
        elif kind in ROLES:
            self._role(place, token)
        elif kind == "month":
            self._add(Due(tuple(token.means)))  # type: ignore[arg-type]
        elif kind == "aspect":
            self._add(Aspect(_names(token)))
        elif kind == "absent":
            self._add(NotApplicable())
        elif kind == "present":
            self._add(Not(NotApplicable()))
        elif kind == "several":
            self.role = ""
            self._add(Several())
        elif kind in ("not", "except"):
            self._twice = bool(self.group) and self._excepted and kind == "not"
            self._excepted = self._excepted or kind == "except"
            self._denied, self._except = True, self._except or kind == "except"
        elif kind == "close":
            self._close_except()
        elif kind == "only":
            self._only = token.text
        elif kind == "together":
            self._together = self._together or bool(self.group)
        elif kind in ("or", "join", "and"):
            self._join(kind, token.text)
        else:
            self._ask(kind, token.text)
        if kind in ("item", "measure") or (token.text.endswith("的") and kind != "fill"):
            self._noun = True
        elif kind not in ("ask", "and", "join", "fill") or token.text == "的":
            self._noun = kind == "fill" and token.text == "的"

    def close(self) -> Condition | None:
        """The whole condition; None where a denial or 它 found nothing to mean."""
        if self.group:
            self.bare = not self.open
            self._flush(self.open or "touch")
        elif self.open and self._last:
            self._again(self.open)
        if self._lost or (self._denied and not self._except):
            return None
        if self._asked and not self.by:
            units = self._asked in ("who", "each_unit")
            self.by = "lead" if units else self._asked
            if self.role and units:
                self.by, self.role = _column(self.role), ""
            self.guessed = units
        return combine(self.atoms)

    def _unit(self, names: Names) -> None:
        if self.open and self.group and self._noun:  # 责任单位里没有财政局的, 法院……
            self._flush(self.open)
        self.group.append(Unit(names, self._denied, bool(self._only), self._joint, self._mark))
        self._denied = self._denied and self._except
        self._only, self._joint, self._mark = "", "", ""

    def _role(self, place: int, token: Token) -> None:
        kind, noun = token.kind, token.text.rstrip("的").endswith(("单位", "部门", "方"))
        if kind == "lead" and not self.group and self.atoms and self.atoms[-1][1] == Several():
            return  # 几个单位共同牵头
        if self._asked in ("who", "each_unit") and not self.group:
            self.by, self._asked = _column(kind), ""
            return
        waits = self._waits(place)
        if self.group and self.open:
            cut = len(self.group)
            if not waits:
                cut = max(
                    (i for i, u in enumerate(self.group) if i and u.mark in SPLITS), default=cut
                )
            rest, self.group = self.group[cut:], self.group[:cut]
            self._flush(self.open)
            self.group, self.open = rest, ""
        if self.group:
            self._flush(kind, denied=self._denied)
        elif waits:
            self.open, self.role = ("touch" if self.role else kind), ""
            self._only = ""
        elif self._denied and noun and not self._last:
            self._denied = False
            self.atoms.append((self._joint, Blank(kind)))
        elif self._column_asked(place, noun=noun) and kind != "touch":
            self.by = _column(kind)
            self.noun_role = any(t.kind in ("all", "count") or t.text == "都" for t in self.tokens)
        elif self._last and self.tokens[place - 1].kind in ROLES and kind != "touch":
            pass  # 作为责任单位配合: the same said twice
        elif self._last and kind != "touch":
            self._again(kind)
        elif kind != "touch":
            self.role = kind

    def _waits(self, place: int) -> bool:
        """Whether units follow a role at once: 牵头单位是法院."""
        for token in self.tokens[place + 1 :]:
            if token.kind in ("unit", "it"):
                return True
            if token.text in BOTH:
                continue
            if token.kind not in (*QUIET, "not", "only"):
                return False
        return False

    def _column_asked(self, place: int, *, noun: bool) -> bool:
        """Whether the role itself is asked for: 责任单位有哪些, 多少个牵头单位."""
        if not noun:
            return False
        back = [t for t in self.tokens[:place] if t.kind != "ask"][-1:]
        if back and (
            back[0].kind in ("or", "only")
            or back[0].text in ("作为", "当", "做", "为", "是", "列为", "担任")
        ):
            return False
        if back and (back[0].kind == "count" or back[0].text in ("个", "家")):
            return True
        after = [t for t in self.tokens[place + 1 :] if t.kind not in QUIET and t.text != "都"][:1]
        return (
            bool(after)
            and after[0].kind in ("which", "who", "count", "most", "least")
            and not self._heads(place)
        )

    def _heads(self, place: int) -> bool:
        return any(token.kind in ("item", "measure") for token in self.tokens[place + 1 :])

    def _again(self, kind: str) -> None:
        """A further role of the last units: 教育局牵头或配合."""
        apart = self._denied or self._last_denied or self._last[0].denied
        either = not (apart or self._together)
        self.group = [replace(unit, joint="", only=False) for unit in self._last]
        self.group[0] = replace(self.group[0], joint="or" if either else self._joint)
        self._flush(kind, denied=self._denied)

    def _flush(self, role: str, *, denied: bool = False) -> None:
        """Units and their role become a condition."""
        group, joint = self.group, self.group[0].joint
        if self._only in ALONE and role == "lead":
            group = [replace(unit, only=True) for unit in group]
        manner = Manner(
            denied=denied,
            twice=self._twice,
            only=bool(self._only) and role == "help",
            together=self._together,
        )
        condition = of_group(group, role, manner)
        if isinstance(condition, list):
            whole = And(tuple(condition))
            condition = whole if self._met(whole) else with_names(condition[0], group)
        self._last, self.group, self.open = tuple(group), [], ""
        self._last_denied = denied
        self._denied = self._denied and self._except
        self._together = self._twice = self._excepted = False
        self._only = ""
        self.atoms.append((joint, condition))
        self._joint = self._mark = ""

    def _met(self, condition: Condition) -> bool:
        return any(holds(condition, measure) for measure in self.columns.measures)

    def _add(self, condition: Condition) -> None:
        if self._denied:
            condition, self._denied = Not(condition), self._except
        self.atoms.append((self._joint, condition))
        self._joint = self._mark = ""
        self._only = ""

    def _close_except(self) -> None:
        """以外 without 除了 denies the units before it: 税务局以外的单位."""
        if self.group and not self._except:
            self.group = [replace(unit, denied=True) for unit in self.group]
        self._end_except()

    def _end_except(self) -> None:
        """The end of 除了…以外: units in it that have no role yet keep waiting, denied."""
        self._denied = self._except = False

    def _join(self, kind: str, text: str) -> None:
        if text == "," and self._except and (self.group or self.atoms):
            self._end_except()
        if kind == "or" or (kind == "join" and self._noun and not self.group):
            self._joint = "or"
        elif kind == "join" and not self._joint:
            self._joint = "with"
        self._together = self._together or text == "既"
        self._mark = text if text in SPLITS else self._mark

    def _ask(self, kind: str, text: str) -> None:
        """Words that tell by what is counted."""
        if kind in ("who", "each_unit", "many_units"):
            said = "help" if any(word in text for word in ("责任", "配合", "参与")) else ""
            said = "lead" if "牵头" in text or "主管" in text else said
            if said:
                self.by = _column(said)
            elif self.role:
                self.by, self.role = _column(self.role), ""
            else:
                self._asked = "each_unit" if kind == "many_units" else kind
        elif kind in ("when", "each_month"):
            self._asked = "due"
        elif kind in ("which_aspect", "each_aspect", "many_aspects"):
            self._asked = "aspect"


def _names(token: Token) -> Names:
    return tuple(str(name) for name in token.means)


def _column(role: str) -> str:
    return "responsible" if role == "help" else "lead"
