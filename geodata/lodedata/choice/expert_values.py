"""Values of experts for fields of a served record; each takes precedence over all sources."""

from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from lodedata.choice.reported_record import ReportedRecord
from lodedata.problems import Problem

POSITION = "position"
METHOD = "given by an expert"
SETTLES = {"sources-differ-position": "geom"}
"""Conflicts of sources that an expert's value resolves, with its field."""
ExpertValue = Mapping[str, Any]


def find_latest_expert_values(among: Iterable[ReportedRecord], columns: Iterable[str]) -> dict[str, ExpertValue]:
    """Return the latest expert value by column, among all reported records of one record."""
    known = set(columns)
    found: dict[str, ExpertValue] = {}
    for t in among:
        for name, one in t.expert_values.items():
            column = "geom" if name == POSITION else name
            if column in known and (column not in found or is_later(one, found[column])):
                found[column] = one
    return found


def convert_to_served_columns(column: str, one: ExpertValue) -> dict[str, Any]:
    """Return a value by served column; a position gives ``geom`` as hexadecimal EWKB and its method."""
    if column != "geom":
        return {column: one["value"]}
    point = shapely.set_srid(shapely.Point(*one["value"]), 4326)
    return {"geom": shapely.to_wkb(point, hex=True, include_srid=True), "position_method": METHOD}


def find_expert_value_problems(found: Mapping[str, ExpertValue]) -> Iterable[Problem]:
    """Yield a problem for each expert value, with the source that it cites."""
    for column, one in found.items():
        name = POSITION if column == "geom" else column
        value = one["value"]
        text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
        yield Problem("value-given", f"{name}: {text}", column=name, detail={"cited": one["cited"]})


def is_later(one: ExpertValue, other: ExpertValue) -> bool:
    """Return whether a value was given after another one."""
    return _order(one) > _order(other)


def _order(one: ExpertValue) -> tuple[str, int]:
    return str(one["at"]), int(one["number"])
