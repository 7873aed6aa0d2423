"""Features of another Lode of kinds that are not compared across sources, read back: mining rights and lists of conditions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
import shapely
from shapely.geometry import shape

from lodedata.kinds import KINDS, Field
from lodedata.kinds.shared import ORIGIN_FIELDS
from lodedata.mapping.lode_feature import (
    Json,
    expect_feature,
    filter_vocabulary_codes,
    number_of,
    parse_json_date,
    read_json_text,
    read_json_texts,
)
from lodedata.mapping.reading import Reading, Tally
from lodedata.problems import Problem
from lodedata.records import GenericRecord, SourceRow

GENERIC_KINDS = ("mining_right", "list_batch", "list_entry")
"""The kinds whose records are read; the others are entered at a desk, follow from records, or are read as statistics."""
GENERIC_COLLECTIONS: Mapping[str, str] = {KINDS[name].collection: name for name in GENERIC_KINDS}
"""The kinds by collection."""
_OWN = frozenset(field.name for field in ORIGIN_FIELDS) | {"holder_projects"}
"""Fields that a store fills by itself, or that have ids of the other store."""


class GenericFeatureReader:
    """Reads the features of a collection as records of its kind."""

    def __init__(self, collection: str, tally: Tally) -> None:
        self._kind = KINDS[GENERIC_COLLECTIONS[collection]]
        self._fields = tuple(field for field in self._kind.fields if field.served and field.name not in _OWN)
        self._collection = collection
        self._tally = tally

    def reading(self, feature: Json, url: str) -> Reading:
        """Return a feature as a reading whose key is its id. Raise FileRefused if it is not as Lode writes it."""
        with expect_feature(url):
            identity, values = str(feature["id"]), feature["properties"]
            stated = {field.name: values[field.name] for field in self._fields if values.get(field.name) not in (None, [])}
            geometry = feature.get("geometry")
            raw = {"collection": self._collection, "geometry": geometry, "sources": values.get("sources") or [], **stated}
            row = SourceRow(identity, orjson.dumps(raw), url)
            problems: list[Problem] = []
            field_values = {field.name: self._read_value(field, stated.get(field.name), problems) for field in self._fields}
            lacking = [field.name for field in self._fields if field.required and field.default is None]
            problems += [Problem("missing-value", "", None, {"field": name}) for name in lacking if field_values[name] is None]
            if any(problem.refuses for problem in problems):
                return Reading((row,), (), tuple(problems))
            stored = {name: value for name, value in field_values.items() if value is not None}
            return Reading(
                (row,),
                (GenericRecord(kind=self._kind.name, values=stored, wkb=_convert_to_multipolygon(geometry)),),
                tuple(problems),
            )

    def _read_value(self, field: Field, value: object, problems: list[Problem]) -> Any:
        if value is None:
            return () if field.type == "array" and field.required else None
        if field.type == "array":
            texts = read_json_texts(value)
            return texts if field.vocabulary is None else self._filter_codes(field, texts, problems)
        if field.type in ("number", "integer"):
            number = number_of(value)
            return int(number) if field.type == "integer" and number is not None else number
        if field.type == "boolean":
            return bool(value)
        if field.type == "date":
            return date.fromisoformat(str(value))
        if field.partial_date:
            return parse_json_date(value)
        text = read_json_text(value)
        if field.vocabulary is None or text is None:
            return text
        return next(iter(self._filter_codes(field, (text,), problems)), None)

    def _filter_codes(self, field: Field, codes: tuple[str, ...], problems: list[Problem]) -> tuple[str, ...]:
        assert field.vocabulary is not None
        return filter_vocabulary_codes(field.vocabulary, codes, field.name, self._tally, problems)


def _convert_to_multipolygon(geometry: Json | None) -> bytes | None:
    """Return a GeoJSON geometry as a WGS 84 multipolygon, None without one. Raise ValueError for another geometry."""
    if geometry is None:
        return None
    parsed_geometry = shape(geometry)
    if parsed_geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise ValueError(parsed_geometry.geom_type)
    parts = [part for part in shapely.get_parts(parsed_geometry).tolist() if not part.is_empty]
    return bytes(shapely.to_wkb(shapely.multipolygons(parts), include_srid=False)) if parts else None
