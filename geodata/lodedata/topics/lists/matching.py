"""Matching of an organisation with the entries of a list: by code, then by name; a similar name never decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lodedata.organisations.names import derive_comparable_name, find_head_office, shorten_comparable_name
from lodedata.topics.lists.register import EntryHistory
from lodedata.vocab import load_vocabulary

SCORES = {
    "uscc": 1.0,
    "project": 1.0,
    "exact-name": 0.95,
    "former-name": 0.9,
    "exact-name-no-province": 0.85,
    "same-name-other-province": 0.6,
    "short-name": 0.5,
    "branch": 0.3,
    "same-name-other-code": 0.2,
}
"""Score of each method. Only the methods in :data:`DECIDING` make an entry that of the organisation."""
DECIDING = frozenset({"uscc", "project", "exact-name", "former-name", "exact-name-no-province"})
UNDECIDED = frozenset({"same-name-other-province", "short-name"})
"""Methods by which an entry may be that of the organisation; a person has to decide."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The organisation that is checked, by code or names, or a project with its owners; its province if it is known."""

    uscc: str | None = None
    names: tuple[str, ...] = ()
    division: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """An entry that may be that of the subject, with method and score."""

    history: EntryHistory
    method: str

    @property
    def score(self) -> float:
        """How sure the method is, from 0 to 1."""
        return SCORES[self.method]

    @property
    def decides(self) -> bool:
        """Whether the entry is that of the subject."""
        return self.method in DECIDING


def find_code_division(uscc: str) -> str | None:
    """Return the province in which a code was registered (its characters 3 and 4, GB/T 2260); None for the state register."""
    return _load_provinces().get(uscc[2:4])


class ListIndex:
    """The entries of one list by code, project and name."""

    def __init__(self, histories: Iterable[EntryHistory]) -> None:
        self.histories = list(histories)
        self._codes: dict[str, list[EntryHistory]] = {}
        self._projects: dict[str, list[EntryHistory]] = {}
        self._names: dict[str, list[tuple[EntryHistory, bool]]] = {}
        self._short: dict[str, list[EntryHistory]] = {}
        self._branches: dict[str, list[EntryHistory]] = {}
        for history in self.histories:
            self._add(history)

    def _add(self, history: EntryHistory) -> None:
        entry = history.entry
        for code in {uscc for uscc in (entry.uscc, *(event.uscc for event in history.events)) if uscc}:
            self._codes.setdefault(code, []).append(history)
        if entry.project:
            self._projects.setdefault(entry.project, []).append(history)
        for number, name in enumerate(history.names):
            self._names.setdefault(derive_comparable_name(name), []).append((history, number == len(history.names) - 1))
            self._short.setdefault(shorten_comparable_name(name), []).append(history)
            if office := find_head_office(name):
                self._branches.setdefault(office, []).append(history)

    @property
    def all_have_codes(self) -> bool:
        """Whether every entry has a code, so that a code that is not found is not on the list."""
        return all(history.entry.uscc for history in self.histories)

    def matches(self, subject: Subject) -> list[EntryMatch]:
        """Return the matches of a subject, the best first, each entry once."""
        entry_matches = [EntryMatch(history, "project") for history in self._projects.get(subject.project or "", ())]
        entry_matches += [EntryMatch(history, "uscc") for history in self._codes.get(subject.uscc or "", ())]
        for name in subject.names:
            entry_matches += self._find_matches(subject, name)
        best: dict[int, EntryMatch] = {}
        for match in sorted(entry_matches, key=lambda entry_match: -entry_match.score):
            best.setdefault(id(match.history), match)
        return list(best.values())

    def _find_matches(self, subject: Subject, name: str) -> list[EntryMatch]:
        wanted = derive_comparable_name(name)
        if not wanted:
            return []
        entry_matches = [
            EntryMatch(history, _choose_method(subject, history, latest)) for history, latest in self._names.get(wanted, ())
        ]
        entry_matches += [
            EntryMatch(history, "short-name")
            for history in self._short.get(shorten_comparable_name(name), ())
            if not _is_other(subject, history)
        ]
        entry_matches += [EntryMatch(history, "branch") for history in self._branches.get(wanted, ())]
        if office := find_head_office(name):
            entry_matches += [EntryMatch(history, "branch") for history, _ in self._names.get(office, ())]
        return entry_matches


def _choose_method(subject: Subject, history: EntryHistory, latest: bool) -> str:
    """Return the method of an entry with an equal name: codes and provinces that differ make it another's."""
    if _is_other(subject, history):
        return "same-name-other-code"
    if subject.division is not None and history.divisions and subject.division not in history.divisions:
        return "same-name-other-province"
    if not latest:
        return "former-name"
    return "exact-name" if subject.division is not None and history.divisions else "exact-name-no-province"


def _is_other(subject: Subject, history: EntryHistory) -> bool:
    """Return whether codes show that an entry is that of another organisation."""
    code = history.entry.uscc
    return subject.uscc is not None and code is not None and code != subject.uscc


@lru_cache(maxsize=1)
def _load_provinces() -> dict[str, str]:
    return {term.extra["gb_code"][:2]: term.code for term in load_vocabulary("division") if term.extra.get("gb_code")}
