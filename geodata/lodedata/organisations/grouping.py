"""Grouping of the names that records mention: which of them are one organisation.

Known organisations come first. The other names form groups of their own: one for each code, else one for each name, in
whatever countries records print it: the country is that of a site. Names of authorities, which each country has, form one
for each country. A name without legal form joins the only group in its country that has that short name. What may be
several organisations is left open, for an expert to decide.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lodedata.organisations.governments import find_governed_country
from lodedata.organisations.names import is_authority, is_chinese

SCORES: Mapping[str, float] = {"decision": 1.0, "code": 1.0, "exact": 0.95, "former": 0.9, "short": 0.75, "branch": 0.5}
"""The score of a match by its method. A branch is never its head office, which is a candidate only."""


@dataclass(frozen=True, slots=True)
class MentionedName:
    """A name as records mention it, in comparable and short forms, with the other name that is printed with it.

    ``division`` is that of the organisation, None if only the place of a site is known.
    """

    comparable: str
    short: str
    other_comparable: str | None = None
    other_short: str | None = None
    uscc: str | None = None
    country: str | None = None
    division: str | None = None

    @property
    def group(self) -> str:
        """The name of its own group."""
        return f"uscc/{self.uscc}" if self.uscc else f"{self.scope or ''}/{self.division or ''}/{self.comparable}"

    @property
    def scope(self) -> str | None:
        """The country in which alone the name is that of one body, None for a name that is so everywhere."""
        if not is_authority(self.comparable):
            return None
        return find_governed_country(self.comparable) or self.country

    @property
    def is_short(self) -> bool:
        """Whether it has no legal form, so that it may stand for a longer name."""
        return self.comparable == self.short


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of an organisation that a source describes; ``form`` is exact, former or short."""

    organisation_id: str
    form: str
    comparable: str
    short: str
    uscc: str | None = None
    country: str | None = None
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The organisation of a name: a known one, or a group; neither if several are possible."""

    organisation_id: str | None = None
    group: str | None = None
    method: str | None = None
    score: float | None = None
    judged_by: str | None = None


OPEN = Resolution()
Decisions = Mapping[tuple[str, str], tuple[str, str]]
"""Organisation and expert by comparable name and country."""


def resolve(
    names: Collection[MentionedName], organisation_names: Iterable[KnownName], decisions: Decisions
) -> dict[MentionedName, Resolution]:
    """Return the organisation of each name."""
    organisations = _Known(organisation_names)
    resolution_by_name: dict[MentionedName, Resolution] = {}
    for name in names:
        decided = decisions.get((name.comparable, name.country or ""))
        if decided is not None:
            resolution_by_name[name] = Resolution(decided[0], None, "decision", 1.0, decided[1])
        elif (match := organisations.match(name)) is not None:
            resolution_by_name[name] = match
    left = [name for name in names if name not in resolution_by_name]
    return resolution_by_name | _Groups(left).resolve_names()


class _Known:
    """Known organisations by code and name."""

    def __init__(self, names: Iterable[KnownName]) -> None:
        self._codes: dict[str, str] = {}
        self._names: dict[str, list[KnownName]] = defaultdict(list)
        self._short: dict[str, list[KnownName]] = defaultdict(list)
        for name in names:
            if name.uscc:
                self._codes[name.uscc] = name.organisation_id
            self._names[name.comparable].append(name)
            self._short[name.short].append(name)

    def match(self, name: MentionedName) -> Resolution | None:
        """Return the known organisation of a name, an open resolution for several, None for none."""
        if name.uscc in self._codes:
            return Resolution(self._codes[name.uscc], None, "code", SCORES["code"])
        for form in ("exact", "former", "short"):
            named = [
                candidate
                for candidate in self._names.get(name.comparable, ())
                if candidate.form == form and _may_be(candidate, name)
            ]
            if named:
                return _resolve_only(named, form)
        for form in ("exact", "former"):
            named = [
                candidate
                for candidate in self._names.get(name.other_comparable or "", ())
                if candidate.form == form and _may_be(candidate, name)
            ]
            if named and name.other_comparable:
                return _resolve_only(named, form)
        if name.is_short:
            named = [
                candidate
                for candidate in self._short.get(name.short, ())
                if _may_be(candidate, name) and candidate.country == name.country is not None
            ]
            if named:
                return _resolve_only(named, "short")
        return None


def _may_be(candidate: KnownName, name: MentionedName) -> bool:
    """Return whether codes and places of organisations do not contradict each other."""
    codes = candidate.uscc is None or name.uscc is None or candidate.uscc == name.uscc
    if name.division is None:
        return codes
    return codes and candidate.country in (None, name.country) and candidate.division in (None, name.division)


def _resolve_only(named: Sequence[KnownName], method: str) -> Resolution:
    identities = {candidate.organisation_id for candidate in named}
    return Resolution(identities.pop(), None, method, SCORES[method]) if len(identities) == 1 else OPEN


class _Groups:
    """The groups that names without a known organisation form; short names are compared within a country."""

    def __init__(self, names: Iterable[MentionedName]) -> None:
        self._names = list(names)
        self._by_name: dict[tuple[str | None, str], set[MentionedName]] = defaultdict(set)
        self._by_short: dict[tuple[str | None, str], set[MentionedName]] = defaultdict(set)
        for name in self._names:
            for comparable in filter(None, (name.comparable, name.other_comparable)):
                self._by_name[name.scope, comparable].add(name)
            for short in filter(None, (name.short, name.other_short)):
                self._by_short[name.country, short].add(name)

    def resolve_names(self) -> dict[MentionedName, Resolution]:
        """Return the resolution of each name."""
        resolution_by_name: dict[MentionedName, Resolution] = {}
        for name in sorted(self._names, key=_order):
            resolution_by_name[name] = self._resolve_name(name, resolution_by_name)
        return resolution_by_name

    def _resolve_name(self, name: MentionedName, resolution_by_name: Mapping[MentionedName, Resolution]) -> Resolution:
        if name.uscc is not None:
            return _resolve_to_group(name.group, "code")
        exact = self._find_candidates(name, self._by_name[name.scope, name.comparable], resolution_by_name)
        if not exact and name.is_short and name.other_comparable:
            exact = self._find_candidates(name, self._by_name[name.scope, name.other_comparable], resolution_by_name)
        if exact:
            return _resolve_to_group(exact.pop(), "exact") if len(exact) == 1 else OPEN
        if name.is_short:
            longer = {
                other_name
                for other_name in self._by_short[name.country, name.short]
                if not other_name.is_short or other_name.other_comparable
            }
            groups = self._find_candidates(name, longer, resolution_by_name)
            if groups:
                return _resolve_to_group(groups.pop(), "short") if len(groups) == 1 else OPEN
        return _resolve_to_group(name.group, "exact")

    @staticmethod
    def _find_candidates(
        name: MentionedName, others: Iterable[MentionedName], resolutions: Mapping[MentionedName, Resolution]
    ) -> set[str]:
        """Return the groups of other names that were resolved before and whose place does not differ."""
        return {
            group
            for other in others
            if other != name and other in resolutions and (group := resolutions[other].group) is not None
            if other.division is None or name.division is None or other.division == name.division
        }


def _order(name: MentionedName) -> tuple[bool, bool, bool, bool, str]:
    """Return the order of resolution: a name comes after those whose group it may join."""
    in_latin = not is_chinese(name.comparable)
    return name.uscc is None, in_latin, name.is_short, name.division is None, repr(name)


def _resolve_to_group(group: str, method: str) -> Resolution:
    return Resolution(None, group, method, SCORES[method])
