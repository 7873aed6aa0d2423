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
    column_names = set(columns)
    expert_values: dict[str, ExpertValue] = {}
    for t in among:
        for name, expert_value in t.expert_values.items():
            column = "geom" if name == POSITION else name
            if column in column_names and (column not in expert_values or is_later(expert_value, expert_values[column])):
                expert_values[column] = expert_value
    return expert_values


def convert_to_served_columns(column: str, expert_value: ExpertValue) -> dict[str, Any]:
    """Return a value by served column; a position gives ``geom`` as hexadecimal EWKB and its method."""
    if column != "geom":
        return {column: expert_value["value"]}
    point = shapely.set_srid(shapely.Point(*expert_value["value"]), 4326)
    return {"geom": shapely.to_wkb(point, hex=True, include_srid=True), "position_method": METHOD}


def find_expert_value_problems(expert_values: Mapping[str, ExpertValue]) -> Iterable[Problem]:
    """Yield a problem for each expert value, with the source that it cites."""
    for column, expert_value in expert_values.items():
        name = POSITION if column == "geom" else column
        value = expert_value["value"]
        text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
        yield Problem("value-given", f"{name}: {text}", column=name, detail={"cited": expert_value["cited"]})


def is_later(expert_value: ExpertValue, other: ExpertValue) -> bool:
    """Return whether a value was given after another one."""
    return _order(expert_value) > _order(other)


def _order(expert_value: ExpertValue) -> tuple[str, int]:
    return str(expert_value["at"]), int(expert_value["number"])
