"""Literals of CQL2 and the ids that a filter selects."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from lodebase.query.collections_ import COLLECTIONS, Field

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

VALUES = {"string": "'foo'", "number": "3.14", "integer": "1", "date": "DATE('2022-04-14')", "boolean": "true"}
PARTIAL = {"information_date", "discovery_date", "valid_from", "valid_to"}
"""Fields of text that hold a year, a month or a day, and are compared as such."""
WORLD_BOX = "BBOX(-180,-90,180,90)"
LINE = "LINESTRING(7 50,10 51)"
POINT = "POINT(7.02 49.92)"
OFF_THE_GLOBE = "POINT(90 180)"


def fields(name: str, *types: str) -> Iterator[Field]:
    """The fields of a collection of some JSON types, dates apart from texts."""
    for field in COLLECTIONS[name].fields:
        kind = "date" if field.name in PARTIAL else field.type
        if kind in types:
            yield field


def value_of(field: Field) -> str:
    return VALUES["date" if field.name in PARTIAL else field.type]


def valued(api: "Api", name: str, field: Field) -> set[str]:
    """The features that have a value."""
    return {identity for identity, f in api.features(name).items() if f["properties"][field.name] not in (None, [])}


def where(api: "Api", name: str, met: Callable[[Any], bool]) -> set[str]:
    """The features whose geometry meets a condition of shapely's."""
    return {i for i, f in api.features(name).items() if f["geometry"] is not None and met(shape(f["geometry"]))}


def refused(api: "Api", name: str, filter_: str, **more: str) -> bool:
    query = {"filter": filter_, **{key.replace("_", "-"): value for key, value in more.items()}}
    return api.request(f"/collections/{name}/items", query).status_code == 400
