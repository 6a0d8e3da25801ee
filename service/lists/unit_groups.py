"""Units of a question that share a role → a condition."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.lists.conditions import (
    And,
    AnyRole,
    Condition,
    Lead,
    Not,
    OnlyResponsible,
    Responsible,
)

Names = tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A unit that waits for its role, and how it is joined to what stands before."""

    names: Names
    denied: bool
    only: bool
    joint: str
    mark: str


@dataclass(frozen=True)
class Manner:
    """How a role is said of a group: denied, denied of all others, only this role, of all units."""

    denied: bool
    twice: bool
    only: bool
    together: bool


def leaf_of(role: str, names: Names, *, only: bool) -> Condition:
    """The condition that units have a role: lead, help, or any (touch)."""
    if role == "lead":
        return Lead(names, alone=only)
    return Responsible(names, alone=only) if role == "help" else AnyRole(names)


def of_group(group: Sequence[Unit], role: str, manner: Manner) -> Condition | list[Condition]:
    """The condition of units with one role; a list where all or any of them may be meant."""
    only = group[0].only
    every = merged(group)
    if manner.only and not manner.denied:
        return OnlyResponsible(every)
    leaves = [leaf_of(role, unit.names, only=only) for unit in group]
    if manner.twice:  # 除各区县外没有其他责任单位
        return leaf_of(role, every, only=True)
    if manner.denied or group[0].denied:
        refused = tuple(Not(leaf) for leaf in leaves)
        return refused[0] if len(refused) == 1 else And(refused)
    if any(unit.denied for unit in group):
        return And(
            tuple(Not(leaf) if u.denied else leaf for u, leaf in zip(group, leaves, strict=True))
        )
    if len(leaves) == 1 or only or any(unit.joint == "or" for unit in group[1:]):
        return leaf_of(role, every, only=only)
    if manner.together:
        return And(tuple(leaves))
    return leaf_of(role, every, only=False) if role == "lead" else leaves


def merged(group: Sequence[Unit]) -> Names:
    """All names of a group, once each, in order."""
    return tuple(dict.fromkeys(name for unit in group for name in unit.names))


def with_names(condition: Condition, group: Sequence[Unit]) -> Condition:
    """A condition on one unit, for any of the group's."""
    match condition:
        case Responsible(_, alone):
            return Responsible(merged(group), alone)
        case AnyRole():
            return AnyRole(merged(group))
        case _:
            return condition
