"""Trees of conditions: joined out of a question's parts, asked for their units, changed."""

from collections.abc import Sequence

from service.lists.conditions import (
    EVERYTHING,
    And,
    AnyRole,
    Aspect,
    Condition,
    Due,
    Lead,
    Not,
    OnlyResponsible,
    Or,
    Responsible,
    kind_of,
)
from service.lists.unit_groups import Names, leaf_of


def combine(atoms: Sequence[tuple[str, Condition]]) -> Condition:
    """Join conditions in their order; each comes with what joins it to the one before.

    Within a kind 或 binds first; months or aspects that exclude each other are alternatives.
    """
    tight: list[tuple[str, Condition]] = []
    for joint, condition in atoms:
        if tight:
            last_joint, last = tight[-1]
            if kind_of(last) == kind_of(condition) and (joint == "or" or _exclude(last, condition)):
                parts = last.parts if isinstance(last, Or) else (last,)
                tight[-1] = (last_joint, Or((*parts, condition)) if last != condition else last)
                continue
        tight.append((joint, condition))
    sides: list[list[Condition]] = [[]]
    for joint, condition in tight:
        if joint == "or" and sides[-1]:
            sides.append([])
        sides[-1].append(condition)
    whole = [_all(side) for side in sides if side]
    if not whole:
        return EVERYTHING
    return whole[0] if len(whole) == 1 else Or(tuple(whole))


def _all(side: Sequence[Condition]) -> Condition:
    flat: list[Condition] = []
    for condition in side:
        flat += condition.parts if isinstance(condition, And) else (condition,)
    parts = tuple(dict.fromkeys(flat))
    return parts[0] if len(parts) == 1 else And(parts)


def _exclude(one: Condition, other: Condition) -> bool:
    """Whether no row can meet both: two aspects, or months without a month in common."""
    last = one.parts[-1] if isinstance(one, Or) else one
    if isinstance(last, Aspect) and isinstance(other, Aspect):
        return last != other
    if not (isinstance(last, Due) and isinstance(other, Due)):
        return False
    return not any(
        max(a, c) <= min(b or "9999", d or "9999") for a, b in last.ranges for c, d in other.ranges
    )


def units_of(condition: Condition) -> Names:
    """The names of the first condition on units in a tree; none: empty."""
    match condition:
        case And(parts) | Or(parts):
            return next((names for part in parts if (names := units_of(part))), ())
        case Not(part):
            return units_of(part)
        case Lead(names) | Responsible(names) | OnlyResponsible(names) | AnyRole(names):
            return names
        case _:
            return ()


def role_of(condition: Condition) -> str:
    """lead, help or touch: the role of the first condition on units; empty where there is none."""
    match condition:
        case And(parts) | Or(parts):
            return next((role for part in parts if (role := role_of(part))), "")
        case Not(part):
            return role_of(part)
        case Lead():
            return "lead"
        case Responsible() | OnlyResponsible():
            return "help"
        case AnyRole():
            return "touch"
        case _:
            return ""


def with_role(condition: Condition, role: str) -> Condition:
    """A tree whose units without a role take the given one."""
    match condition:
        case And(parts):
            return And(tuple(with_role(part, role) for part in parts))
        case Or(parts):
            return Or(tuple(with_role(part, role) for part in parts))
        case Not(part):
            return Not(with_role(part, role))
        case AnyRole(names) if role in ("lead", "help"):
            return leaf_of(role, names, only=False)
        case _:
            return condition
