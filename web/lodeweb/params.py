"""From a query string to a Query; every 400 is born here."""

import math
from collections.abc import Iterable

from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import Bbox, Query
from lodebase.query.collections_ import Collection
from lodebase.query.query import DEFAULT_LIMIT, MAX_LIMIT
from lodedata.cells import Unreadable, number
from lodedata.vocab import Vocabulary, vocabulary

GENERAL = ("f", "lang")
KNOWN = ("bbox", "limit", "after", "commodity", "country", "properties", *GENERAL)
REPEATABLE = ("commodity", "country")
LONGEST_VALUE = 4_096
SHOWN_OF_VALUE = 200


def query(collection: Collection, arguments: MultiDict[str, str]) -> Query:
    """The query that a request asks. Raises BadQuery with the parameter, its value and what would be right."""
    _check(arguments, KNOWN)
    return Query(
        collection=collection.name,
        bbox=bbox(arguments["bbox"]) if arguments.get("bbox") else None,
        commodities=tuple(_codes("commodity", arguments.getlist("commodity"))),
        countries=tuple(_codes("country", arguments.getlist("country"))),
        properties=_properties(collection, arguments.get("properties")),
        limit=limit(arguments.get("limit")),
        after=arguments.get("after"),
    )


def general(arguments: MultiDict[str, str]) -> None:
    """Check the parameters of an answer that has none of its own. Raises BadQuery."""
    _check(arguments, GENERAL)


def bbox(text: str) -> Bbox:
    """Four or six numbers: west, south, east, north, or with heights west, south, low, east, north, high."""
    right = "four numbers: west,south,east,north in degrees, such as -75,-30,-65,-20"
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadQuery("bbox", text, f"has {len(parts)} parts; write {right}")
    try:
        values = [number(part) for part in parts]
    except Unreadable:
        raise BadQuery("bbox", text, f"holds what is no number; write {right}") from None
    if len(values) == 6:
        values = [values[0], values[1], values[3], values[4]]
    west, south, east, north = values
    if not all(map(math.isfinite, values)) or south > north:
        raise BadQuery("bbox", text, f"has its south above its north; write {right}")
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise BadQuery("bbox", text, f"lies off the globe; write {right}")
    return Bbox(west, south, east, north)


def limit(text: str | None) -> int:
    """A positive whole number; one above the maximum is taken for the maximum (OGC 17-069r4, fc-limit-response-1 C)."""
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or int(text[:12]) < 1:
        raise BadQuery("limit", text, f"must be a whole number from 1 to {MAX_LIMIT}")
    return min(int(text[:12]), MAX_LIMIT)


def _check(arguments: MultiDict[str, str], known: tuple[str, ...]) -> None:
    for name, value in arguments.items(multi=True):
        if name not in known:
            raise BadQuery(_short(name), _short(value), f"is no parameter here; there are {', '.join(known)}")
        if len(value) > LONGEST_VALUE:
            raise BadQuery(name, _short(value), f"is longer than {LONGEST_VALUE} characters")
        if "\0" in value:
            raise BadQuery(name, value.replace("\0", "\\0"), "holds a NUL character")
        if name not in REPEATABLE and len(given := arguments.getlist(name)) > 1:
            raise BadQuery(name, _short(given[1]), "stands there twice; give it once")
    fmt = arguments.get("f")
    if fmt not in (None, "json", "geojson"):
        raise BadQuery("f", fmt, "is no format here; there is json")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_OF_VALUE else f"{text[:SHOWN_OF_VALUE]}…"


def _codes(name: str, values: Iterable[str]) -> Iterable[str]:
    known: Vocabulary = vocabulary(name)
    for value in values:
        for word in filter(None, (part.strip() for part in value.split(","))):
            term = known.find(word)
            if term is None:
                raise BadQuery(
                    name,
                    word,
                    f"is no code, label or alias of the vocabulary {name}; /api/vocabularies/{name} lists them",
                )
            yield term.code


def _properties(collection: Collection, text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in collection.field_names:
            raise BadQuery(
                "properties",
                name,
                f"is no property of {collection.name}; there are {', '.join(collection.field_names)}",
            )
    if not names:
        raise BadQuery("properties", text, "names no property")
    return names
