"""Names of owners, operators and listed firms that have signs of persons: they leave an import, and wait for an expert.

Most of these names are short names of companies without a sign of a body, so that only a sign of a person withholds them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lodebase.ingest.entered.decided_persons import DecidedPersons
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source
from lodedata.records import Discovery, GenericRecord, Owner, Project, Record
from lodedata.rights.natural_persons import NameDecisions, is_body, name_key, name_pattern
from lodedata.rights.person_signs import has_person_signs

NAMING = {
    kind.name: tuple(
        field.name for field in kind.fields if field.organisation_role and not field.personal and field.type == "string"
    )
    for kind in KINDS.values()
    if kind.name not in ("organisation", "official_act")
}
"""The fields of each kind that name organisations, except those of registers of organisations and of authorities."""


class ProposedPersons:
    """Masks of decided names and of proposed ones in the readings of one import, with a list of the proposed ones."""

    def __init__(self, decided: NameDecisions, source: Source) -> None:
        self._decided = decided
        self._masks = DecidedPersons(decided)
        self._bodies = decided.bodies | _list_stated_bodies(source)
        self._judged: dict[str, bool] = {}
        self.withheld: list[tuple[str, str, str]] = []
        """The proposed names, each with the key of its row and its field."""

    def masked(self, reading: Reading, source: str) -> Reading:
        """Return a reading of a source without names of persons; it is the same one if it has none."""
        reading = self._masks.masked(reading, source)
        named = [mention for record in reading.records for mention in _names(record) if self._is_person(mention[1])]
        if not named:
            return reading
        names = {name for _, name in named}
        raw = " ".join(row.raw.decode() for row in reading.rows)
        # a repaired name is printed otherwise in the row
        printed = {
            owner.name_reported or ""
            for record in reading.records
            if isinstance(record, Project)
            for owner in record.owners
            if owner.name_en in names and not _occurs_in(owner.name_en, raw)
        }
        persons = frozenset(map(name_key, filter(None, names | printed)))
        masked = DecidedPersons(NameDecisions(persons=persons)).mask(reading, source)
        self.withheld += [(masked.rows[0].key, field, name) for field, name in named]
        return masked

    def value(self, value: Any) -> Any:
        """Return a text, or a structure of texts, without the names that are decided or were proposed."""
        proposed = frozenset(key for key, is_person in self._judged.items() if is_person)
        return DecidedPersons(replace(self._decided, persons=self._decided.persons | proposed)).value(value)

    def _is_person(self, name: str) -> bool:
        key = name_key(name)
        if key not in self._judged:
            self._judged[key] = key not in self._bodies and has_person_signs(name) and not is_body(name)
        return self._judged[key]


def _names(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the names of organisations in a record, each with its field or role."""
    if isinstance(record, Project):
        for owner in record.owners:
            yield from ((owner.role, name) for name in _names_of_owner(owner))
    elif isinstance(record, Discovery) and record.announced_by is not None:
        yield "announced_by", record.announced_by
    elif isinstance(record, GenericRecord):
        for field in NAMING.get(record.kind, ()):
            name = record.values.get(field)
            if isinstance(name, str):
                yield field, name


def _names_of_owner(owner: Owner) -> Iterator[str]:
    yield from filter(None, (owner.name_en, owner.name_zh))


def _occurs_in(name: str, text: str) -> bool:
    pattern = name_pattern([name])
    return pattern is not None and pattern.search(text) is not None


def _list_stated_bodies(source: Source) -> frozenset[str]:
    """Return the names of owners that the mapping of a source states to be those of bodies."""
    maps = (owner.name.map or {} for table in source.tables for owner in table.owners)
    return frozenset(name_key(str(text)) for map_ in maps for pair in map_.items() if pair[1] is not None for text in pair)
