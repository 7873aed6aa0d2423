"""Names and codes that experts decided to be those of persons: they leave what an import reads, whatever its source."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import orjson

from lodebase.ingest.rows import record_id
from lodedata.kinds import KINDS
from lodedata.mapping import Reading
from lodedata.records import GenericRecord, Owner, Record, SourceRow
from lodedata.rights.natural_persons import MASK, NameDecisions, is_distinct, name_key, name_pattern

MASK_ZH = "（自然人）"
Value = TypeVar("Value")


def mask_person_key(source: str, key: str) -> str:
    """Return the key of a row in place of one that is a name: it has the id that a record of the row has."""
    return f"person-{record_id(source, key)}"


class DecidedPersons:
    """Masks of names: of distinct ones in every text, of short ones such as a single word where a text is only the name."""

    def __init__(self, decided: NameDecisions) -> None:
        self._keys, self._codes = decided.persons, decided.codes
        self._anywhere = name_pattern([*filter(is_distinct, decided.persons), *decided.codes])
        self._mentioned = name_pattern([*decided.persons, *decided.codes])

    def masked(self, reading: Reading, source: str) -> Reading:
        """Return a reading of a source without the names; it is the same one if its rows have none."""
        if self._mentioned is None or not any(self._mentioned.search(f"{row.key} {row.raw.decode()}") for row in reading.rows):
            return reading
        return self.mask(reading, source)

    def mask(self, reading: Reading, source: str) -> Reading:
        """Return a reading of a source without the names, which its records have."""
        return replace(
            reading,
            rows=tuple(self._mask_row(row, source) for row in reading.rows),
            records=tuple(self._record(record) for record in reading.records),
            problems=tuple(self.value(problem) for problem in reading.problems),
        )

    def is_named(self, text: str) -> bool:
        """Return whether a text has one of the names."""
        return self._mask_text(text) != text

    def _mask_row(self, row: SourceRow, source: str) -> SourceRow:
        key = mask_person_key(source, row.key) if self.is_named(row.key) else row.key
        return replace(row, key=key, raw=orjson.dumps(self.value(orjson.loads(row.raw))))

    def _record(self, record: Record) -> Record:
        if isinstance(record, GenericRecord):
            record = replace(record, values=self._remove_codes(record.kind, dict(record.values)))
        masked_record: Record = self.value(record)
        return masked_record

    def _remove_codes(self, kind: str, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values without the holder whose code is that of a person."""
        for field in (field.name for field in KINDS[kind].fields if field.personal):
            if values.get(f"{field}_uscc") in self._codes and values.get(f"{field}_uscc") is not None:
                values |= {field: None, f"{field}_uscc": None, f"{field}_kind": "natural-person"}
        return values

    def value(self, value: Any) -> Any:
        """Return a text, or a structure of texts, without the names."""
        if isinstance(value, str):
            return self._mask_text(value)
        if isinstance(value, Owner) and self._is_person(value):
            return replace(value, name_en=MASK, name_zh=MASK_ZH, name_reported=None, uscc=None)
        if isinstance(value, list | tuple):
            return type(value)(map(self.value, value))
        if isinstance(value, dict):
            return {self.value(key): self.value(element) for key, element in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            now = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
            changed = {name: new for name, old in now.items() if (new := self.value(old)) != old}
            return replace(value, **changed) if changed else value
        return value

    def _is_person(self, owner: Owner) -> bool:
        names = (owner.name_en, owner.name_zh)
        return owner.uscc in self._codes or any(name is not None and self._mask_text(name) != name for name in names)

    def _mask_text(self, text: str) -> str:
        if name_key(text) in self._keys:
            return MASK
        return text if self._anywhere is None else self._anywhere.sub(MASK, text)
