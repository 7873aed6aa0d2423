"""The properties of a record on its page: titles, values as text, and links to more about each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lodebase.query.collections_ import Collection, Field
from lodedata.kinds.shared import FIGURES_REPORTED
from lodeweb.http.representation.links import quote_query_text
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext

NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Word:
    """A value as text, with a link to more about it."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of a record; ``name`` is that of its field."""

    name: str
    title: str
    values: list[Word]


def list_property_facts(
    collection: Collection,
    properties: dict[str, Any],
    without: tuple[str, ...] = (),
    organisations: Mapping[str, str] = NONE,
    acts: Mapping[str, str] = NONE,
) -> list[Fact]:
    """Return the properties of a record that have a value, in the page's language.

    ``organisations`` are those that it names, by printed name, and ``acts`` those that it rests on, by number.
    """
    return [
        Fact(field.name, labels.title_field(field, get_language()), value_texts)
        for field in collection.fields
        if field.name in properties
        and field.name not in without
        and (value_texts := _list_value_texts(collection, field, properties[field.name], organisations, acts))
    ]


def _list_value_texts(
    collection: Collection, field: Field, value: Any, organisations: Mapping[str, str], acts: Mapping[str, str]
) -> list[Word]:
    if field.name == FIGURES_REPORTED.name:
        return [Word(_format_reported_figure(collection, text), None) for text in value or ()]
    return list(list_linked_value_texts(field, value, organisations, acts))


def _format_reported_figure(collection: Collection, text: str) -> str:
    """Return a figure as reported with the title of its field: ``Mass in tonnes: 12.5 Mt`` for ``mass_t: 12.5 Mt``."""
    name, _, figure = text.partition(": ")
    field = collection.kind.field(name)
    return text if field is None else f"{labels.title_field(field, get_language())}{gettext(': ')}{figure}"


def list_absent_properties(collection: Collection, properties: dict[str, Any]) -> list[str]:
    """Return the titles of the properties without a value."""
    fields = [field for field in collection.fields if field.name in properties and not field.optional]
    return [labels.title_field(field, get_language()) for field in fields if properties[field.name] in (None, [])]


def list_linked_value_texts(
    field: Field, value: Any, organisations: Mapping[str, str] = NONE, acts: Mapping[str, str] = NONE
) -> Iterator[Word]:
    """Yield the texts of a value, one for each item of a list."""
    values = value if isinstance(value, list) else [value]
    for entry, text in zip(values, labels.list_value_labels(field, value, get_language()), strict=False):
        named = organisations.get(str(entry).strip()) if field.organisation_role is not None else None
        if named is not None:
            yield Word(text, f"/organisations/{quote_query_text(named)}")
        elif field.act_role is not None and str(entry) in acts:
            yield Word(text, f"/records/{quote_query_text(acts[str(entry)])}")
        else:
            yield Word(text, _find_address(field, str(entry)))


def _find_address(field: Field, value: str) -> str | None:
    if field.vocabulary is not None:
        return f"/api/vocabularies/{field.vocabulary}?f=html#{quote_query_text(value)}"
    if field.name == "sources":
        return f"/api/sources?f=html#{quote_query_text(value)}"
    return None
