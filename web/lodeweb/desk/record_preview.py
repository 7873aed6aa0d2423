"""The first records of an import with the titles of their fields and the terms of their codes, for a reader of the page."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lodedata.kinds import KINDS, Field, Kind
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext, translate_message

OTHERS: Mapping[str, Message] = {
    "position": msg("Position"),
    "unread_position": msg("Coordinates as reported"),
    "on": msg("Date"),
    "ore": msg("Ore"),
    "grade": msg("Grade"),
    "contained": msg("Contained metal"),
    "capacity": msg("Capacity"),
    "owners": msg("Owners and operators"),
    "name": msg("Name"),
}
"""Titles of parts of a record that are no fields of their own."""
CODED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("status", "mine_status"), ("status",)),
    **dict.fromkeys(("capacity", "ore", "grade", "contained"), ("figure-qualifier",)),
    "category": ("resource-category", "reserve-category"),
}
"""The vocabularies of parts whose text begins with a code that no field declares."""
LEFT_OUT = frozenset({"kind", "values", "citations", "wkb"})
"""Parts that are no values of a record: its kind, its geometry as bytes, and the wrappers of others."""
UNDATED = "date not stated"


def describe_records(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of a preview with titles and terms in the language of the page."""
    return [
        {**record, "record": _describe_record(KINDS[record["kind"]], record["record"], get_language())}
        if "record" in record
        else dict(record)
        for record in records
    ]


def _describe_record(kind: Kind, record: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return the values of a record by the titles of their fields; those of a record of declared fields are its own."""
    fields = {field.name: field for field in _list_fields(kind)}
    relations = {child.relation: child.title.in_language(lang) for child in kind.children}

    def title(name: str) -> str:
        if name in fields:
            return labels.title_field(fields[name], lang)
        return relations.get(name) or (translate_message(OTHERS[name]) if name in OTHERS else name)

    def value(name: str, content: Any) -> Any:
        if isinstance(content, Mapping):
            return {title(inner): value(inner, part) for inner, part in content.items()}
        if isinstance(content, list):
            return [value(name, part) for part in content]
        return _translate_term(name, fields.get(name), content, lang)

    own = {name: part for name, part in record.items() if name not in LEFT_OUT}
    return {title(name): value(name, part) for name, part in {**own, **record.get("values", {})}.items()}


def _list_fields(kind: Kind) -> Iterator[Field]:
    """Yield the fields of the rows that belong to a record, then its own, which go before those of the same name."""
    for child in kind.children:
        yield from child.fields
    yield from kind.fields


def _translate_term(name: str, field: Field | None, content: Any, lang: str) -> Any:
    """Return the term of a code, with what follows it, such as the text of a status; other values as they are."""
    if not isinstance(content, str):
        return content
    code, blank, rest = content.partition(" ")
    names = (field.vocabulary,) if field is not None and field.vocabulary is not None else CODED.get(name, ())
    for of in names:
        if code in (terms := load_vocabulary(of)):
            return f"{terms[code].label(lang)}{blank}{rest.replace(UNDATED, gettext('date not stated'))}"
    return content
