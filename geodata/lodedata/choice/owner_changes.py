"""Owners of a mine that a later source names and no earlier one: the change lies between the dates of two sources."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from lodedata.choice.earlier_owners import list_body_keys
from lodedata.matching.evidence.owners import extract_company_tokens
from lodedata.rights.natural_persons import MASK


@dataclass(frozen=True, slots=True)
class StatedOwner:
    """An owner that a source states for a date: a year, or a month or day of one."""

    source: str
    date: str
    name_en: str | None
    name_zh: str | None


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """Owners whom a source names at a date and no source of an earlier year; ``before`` are those of the last earlier one."""

    after: str
    by: str
    owners: tuple[StatedOwner, ...]
    before: tuple[StatedOwner, ...]


def find_owner_changes(stated: Iterable[StatedOwner]) -> list[OwnerChange]:
    """Return the changes of owner that follow from sources with different years, the first one first.

    A name that shares a distinctive word with an earlier one is that of the same body or of one near to it, and no change.
    A source that has no owner at all says nothing, and neither does one whose owners are persons, whose names are masked.
    """
    statements: dict[tuple[str, str], list[StatedOwner]] = {}
    for stated_owner in stated:
        statements.setdefault((stated_owner.date, stated_owner.source), []).append(stated_owner)
    ordered = [statements[key] for key in sorted(statements)]
    changes: list[OwnerChange] = []
    for owners in ordered:
        earlier = [owner_group for owner_group in ordered if owner_group[0].date[:4] < owners[0].date[:4]]
        if not earlier or any(_is_masked(owner) for group in (*earlier, owners) for owner in group):
            continue
        # owners of an earlier year, and those whose arrival was noted already
        former = chain(*earlier, *(change.owners for change in changes))
        former_keys = frozenset[str]().union(*map(_list_keys, former))
        new = tuple(owner for owner in owners if former_keys.isdisjoint(_list_keys(owner)))
        if new:
            changes.append(OwnerChange(earlier[-1][0].date, owners[0].date, new, tuple(earlier[-1])))
    return changes


def list_names(owners: Sequence[StatedOwner], lang: str) -> list[str]:
    """Return the names of owners in a language, else in the other."""
    both = [(owner.name_zh, owner.name_en) if lang == "zh" else (owner.name_en, owner.name_zh) for owner in owners]
    return list(dict.fromkeys(name for names in both if (name := next(filter(None, names), None)) is not None))


def _is_masked(owner: StatedOwner) -> bool:
    return MASK in (owner.name_en, owner.name_zh)


def _list_keys(owner: StatedOwner) -> frozenset[str]:
    names = [name for name in (owner.name_en, owner.name_zh) if name]
    return frozenset(list_body_keys({"name_en": owner.name_en, "name_zh": owner.name_zh})).union(
        *map(extract_company_tokens, names)
    )
