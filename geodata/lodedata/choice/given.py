"""Values that people gave, for the fields of a served record: each goes before what any source tells."""

from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from lodedata.choice.testimony import Testimony
from lodedata.problems import Problem

POSITION = "position"
METHOD = "given by an expert"
SETTLES = {"sources-differ-position": "geom"}
"""Conflicts of sources that a value by a person ends, with the field that it is for."""
Given = Mapping[str, Any]


def given(among: Iterable[Testimony], columns: Iterable[str]) -> dict[str, Given]:
    """By column the value that was given last; of records that are one, for any of them."""
    known = set(columns)
    found: dict[str, Given] = {}
    for t in among:
        for name, one in t.given.items():
            column = "geom" if name == POSITION else name
            if column in known and (column not in found or _when(one) > _when(found[column])):
                found[column] = one
    return found


def served(column: str, one: Given) -> dict[str, Any]:
    """The columns that a value is served in: of a position, the point and by what it is known."""
    if column != "geom":
        return {column: one["value"]}
    point = shapely.set_srid(shapely.Point(*one["value"]), 4326)
    return {"geom": shapely.to_wkb(point, hex=True, include_srid=True), "position_method": METHOD}


def problems(found: Mapping[str, Given]) -> Iterable[Problem]:
    """That values were given, each with its source."""
    for column, one in found.items():
        name = POSITION if column == "geom" else column
        value = one["value"]
        words = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
        yield Problem("value-given", f"{name}: {words}", column=name, detail={"cited": one["cited"]})


def _when(one: Given) -> tuple[str, int]:
    return str(one["at"]), int(one["number"])
