"""What a page says of a record's properties: titles, values in words, and where more of each stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response

from lodebase.query.collections_ import Collection, Field
from lodeweb.http.responses import HTML, VERSION_HEADER, quoted
from lodeweb.i18n import labels
from lodeweb.i18n.language import language

NAMES = ("name_en", "name_zh")


@dataclass(frozen=True, slots=True)
class Word:
    """One value in words, and where more of it stands."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One property that a record has."""

    title: str
    words: list[Word]


def facts(collection: Collection, properties: dict[str, Any], without: tuple[str, ...] = ()) -> list[Fact]:
    """The properties that a record has, each in words of the page's language."""
    return [
        Fact(labels.title(field, language()), found)
        for field in collection.fields
        if field.name in properties and field.name not in without and (found := list(words(field, properties[field.name])))
    ]


def absent(collection: Collection, properties: dict[str, Any]) -> list[str]:
    """The titles of the properties that a record lacks."""
    fields = [field for field in collection.fields if field.name in properties and not field.optional]
    return [labels.title(field, language()) for field in fields if properties[field.name] in (None, [])]


def words(field: Field, value: Any) -> Iterator[Word]:
    """The words of a value, one for each that it holds."""
    values = value if isinstance(value, list) else [value]
    for one, text in zip(values, labels.words(field, value, language()), strict=False):
        yield Word(text, _address(field, str(one)))


def name(properties: dict[str, Any], identity: str) -> str:
    """A record's name in the page's language, else its other one, else its id."""
    order = reversed(NAMES) if language() == "zh" else NAMES
    return next((properties[one] for one in order if properties.get(one)), identity)


def position(geometry: dict[str, Any] | None) -> str | None:
    """Where a record lies: longitude and latitude of a point, how many polygons of an area."""
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        return ", ".join(str(part) for part in geometry["coordinates"])
    polygons = len(geometry["coordinates"]) if geometry["type"] == "MultiPolygon" else 1
    return f"{polygons} 个多边形" if language() == "zh" else f"polygons: {polygons}"


def title(collection: Collection) -> str:
    """A collection's title."""
    return collection.title_zh if language() == "zh" else collection.title_en


def root(collection: Collection) -> str:
    """Where a collection stands."""
    return f"/api/collections/{collection.name}"


def address(collection: Collection, identity: str, as_of: str | None = None) -> str:
    """Where a record's page stands, as it is or as it was."""
    then = "" if as_of is None else f"&as_of={quoted(as_of)}"
    return f"{root(collection)}/items/{quoted(identity)}?f=html{then}"


def page(html: str, dataset_version: int) -> Response:
    """The answer that a page of the data is."""
    response = Response(html, mimetype=HTML)
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    response.headers[VERSION_HEADER] = str(dataset_version)
    return response


def _address(field: Field, value: str) -> str | None:
    if field.vocabulary is not None:
        return f"/api/vocabularies/{field.vocabulary}?f=html#{quoted(value)}"
    if field.name == "sources":
        return f"/api/sources?f=html#{quoted(value)}"
    return None
