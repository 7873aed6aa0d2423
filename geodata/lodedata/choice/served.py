"""One served record from what several sources tell of a thing: each value by the table of rules, the others beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodedata.choice.conflicts import conflicts
from lodedata.choice.criteria import CRITERIA, GONE, MISPLACED, comparable
from lodedata.choice.given import SETTLES, given, problems, served
from lodedata.choice.rules import RULES, TOGETHER
from lodedata.choice.testimony import Testimony, leader, units
from lodedata.kinds import ChoiceRule
from lodedata.normal_form import normal
from lodedata.problems import Problem
from lodedata.search_words import search_text

_OF_FIGURES = frozenset({"contained-differs", "unit-unstated", "unknown-unit", "figure-unreadable"})
_IDS: Mapping[str, tuple[str, ...]] = {
    "estimate": ("id", "deposit_id", "discovery_id"),
    "estimate_measure": ("estimate_id",),
    "exploration_activity": ("id", "deposit_id"),
    "owner": ("id", "project_id"),
}
"""The columns of children that hold their record's id or begin with it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is served by one rule: from which testimony, why, and who else tells something; nobody's if nobody tells it.

    A value that a person gave is nobody's testimony; it stands in ``given``.
    """

    rule: ChoiceRule
    chosen: Testimony | None
    reason: str
    telling: tuple[Testimony, ...]
    given: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """The one record of a thing: its row and its children's rows by table, and where each value is from."""

    record_id: str
    row: Mapping[str, Any]
    parts: Mapping[str, Sequence[Mapping[str, Any]]]
    choices: tuple[Choice, ...]
    conflicts: tuple[Problem, ...]


def choose(kind: str, testimonies: Sequence[Testimony]) -> Served:
    """The served record of the testimonies of one thing, which are of one kind; their order doesn't matter."""
    ordered = sorted(testimonies, key=Testimony.standing)
    lead = leader(ordered)
    row, parts = dict(lead.row), dict[str, Sequence[Mapping[str, Any]]]()
    by_people = given(ordered, lead.row)
    chosen: dict[str, Choice] = {}
    for rule in (*RULES[kind], *_beyond(kind, by_people)):
        choice = _choice(rule, ordered, row, chosen)
        if (value := by_people.get(rule.name)) is not None:
            choice = Choice(rule, None, "given", choice.telling, value)
        chosen[rule.name] = choice
        row |= {name: choice.chosen.row.get(name) if choice.chosen else None for name in rule.fields}
        row |= {} if value is None else served(rule.name, value)
        for table in rule.children:
            parts[table] = _children(table, choice, ordered, lead.record_id)
    row["size_estimate_id"] = _under(row.get("size_estimate_id"), lead.record_id)
    row["access_level"] = row["access_level"] or lead.row["access_level"]
    row |= {name: _together(name, ordered, row) for name in TOGETHER[kind]}
    row["aliases"] = _aliases(ordered, row)
    row["search_text"] = search_text([n for n in (row["name_zh"], row["name_en"]) if n], row["aliases"])
    row["value_sources"] = _citations(chosen.values()) or None
    found = (*(one for one in conflicts(ordered) if SETTLES.get(one.rule) not in by_people), *problems(by_people))
    parts["flag"] = _flags(ordered, row, chosen, found, lead.record_id)
    row["flags"] = list(dict.fromkeys(flag["rule"] for flag in parts["flag"]))
    row["id"] = lead.record_id
    return Served(lead.record_id, row, parts, tuple(chosen.values()), found)


def _choice(rule: ChoiceRule, among: Sequence[Testimony], row: Mapping[str, Any], before: Mapping[str, Choice]) -> Choice:
    field = rule.name
    telling = tuple(t for t in among if (t.part(rule.children[0]) if rule.children else t.row.get(field) is not None))
    left = [t for t in telling if rule.within is None or t.row.get(rule.within) in (None, row[rule.within])]
    if not left:
        return Choice(rule, None, "only", telling)
    if rule.beside is not None and before[rule.beside].chosen in left:
        return Choice(rule, before[rule.beside].chosen, "only" if len(telling) == 1 else "beside", telling)
    reason = "only" if len(telling) == 1 else "key"
    for name in rule.by:
        measured = [CRITERIA[name].measure(t, field, telling) for t in left]
        best = min(measured)
        if max(measured) != best:
            left, reason = [t for t, measure in zip(left, measured, strict=True) if measure == best], name
    alike = not rule.children and field != "geom" and len(telling) > 1 and _alike(telling, field)
    return Choice(rule, left[0], "alike" if alike else reason, telling)


def _beyond(kind: str, by_people: Iterable[str]) -> Iterable[ChoiceRule]:
    """A rule for each value by a person that is not the first of any, such as the accuracy of a position."""
    first = {rule.name for rule in RULES[kind]}
    return [ChoiceRule((column,)) for column in by_people if column not in first]


def _alike(telling: Sequence[Testimony], field: str) -> bool:
    first = comparable(telling[0], field)
    return all(comparable(t, field) == first for t in telling[1:])


def _together(name: str, among: Sequence[Testimony], row: Mapping[str, Any]) -> list[str]:
    """What any source has in a list, in the sources' order; the main commodity first among the commodities."""
    first = [row["main_commodity"]] if name == "commodities" else []
    return list(dict.fromkeys([*first, *(value for t in among for value in t.row.get(name) or ())]))


def _aliases(among: Sequence[Testimony], row: Mapping[str, Any]) -> list[str]:
    """Every name that is not the served one, once."""
    seen = {normal(row[name]) for name in ("name_en", "name_zh") if row[name]}
    found = []
    for t in among:
        for name in (t.row.get("name_en"), t.row.get("name_zh"), *(t.row.get("aliases") or ())):
            if name and normal(name) not in seen:
                seen.add(normal(name))
                found.append(name)
    return found


def _citations(choices: Iterable[Choice]) -> dict[str, str]:
    """What the sources cite for the values that are served."""
    found: dict[str, str] = {}
    for choice in choices:
        if choice.chosen is not None:
            cited = choice.chosen.row.get("value_sources") or {}
            names = ("position",) if choice.rule.name == "geom" else choice.rule.fields
            found |= {name: cited[name] for name in names if name in cited}
        elif choice.given is not None:
            found["position" if choice.rule.name == "geom" else choice.rule.name] = choice.given["cited"]
    return found


def _children(table: str, choice: Choice, among: Sequence[Testimony], identity: str) -> list[dict[str, Any]]:
    """The children of what was chosen as those of the served record."""
    if choice.chosen is None:
        return []
    if choice.rule.units:
        return [
            {**phase, "id": f"{identity}.p{n}", "project_id": identity, "ordinal": n}
            for n, phase in enumerate(units(t for t in among if t.source == choice.chosen.source))
        ]
    return [dict(row) | {name: _under(row.get(name), identity) for name in _IDS[table]} for row in choice.chosen.part(table)]


def _under(name: str | None, identity: str) -> str | None:
    if name is None:
        return None
    _, point, rest = name.partition(".")
    return f"{identity}{point}{rest}"


def _flags(
    among: Sequence[Testimony],
    row: Mapping[str, Any],
    chosen: Mapping[str, Choice],
    found: Sequence[Problem],
    identity: str,
) -> list[dict[str, Any]]:
    """The flags of what is served, then the conflicts."""
    kept = [flag for t in among for flag in t.part("flag") if _holds(flag["rule"], t, among, row, chosen)]
    told = {(flag["rule"], flag["value"]): dict(flag) for flag in reversed(kept)}
    flags = list(reversed(told.values()))
    for problem in found:
        about = {"rule": problem.rule, "column_name": problem.column, "value": problem.value, "suggestion": None}
        flags.append(about | {"sentence_en": problem.sentence("en"), "sentence_zh": problem.sentence("zh")})
    return [flag | {"record_id": identity, "ordinal": n} for n, flag in enumerate(flags)]


def _holds(rule: str, of: Testimony, among: Sequence[Testimony], row: Mapping[str, Any], chosen: Mapping[str, Choice]) -> bool:
    """Whether what a check noticed on one testimony is true of the served record."""
    if rule == GONE:
        return all(GONE in t.rules for t in among)
    if rule == "name-missing":
        return not (row["name_en"] or row["name_zh"])
    if rule == "no-position":
        return row["geom"] is None
    if rule in MISPLACED:
        return chosen["geom"].chosen is of
    if rule in _OF_FIGURES:
        return any(chosen[name].chosen is of for name in ("estimate", "phase") if name in chosen)
    return of is among[0]
