"""Checks of merged records whose position, country and division come from different sources, or from an expert."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import shapely
from psycopg import Connection

from lodebase.db.boundaries import read_stored_boundaries
from lodebase.ingest.rows import COLUMNS, build_flag_rows
from lodedata.checks import AREA_CHECKS, AREA_RULES, locate
from lodedata.choice import ServedRecord
from lodedata.choice.criteria import is_position_doubtful
from lodedata.problems import Problem
from lodedata.records import MineralRecord, Position

PLACE_RULES = frozenset({"geom", "country", "division"})
"""Choice rules of values that make up the place of a record."""


def check_positions(connection: Connection[Any], served: Sequence[ServedRecord]) -> list[ServedRecord]:
    """Return served records with the flags of their position against their area, where several sources make up the place."""
    composed = [
        served_record for served_record in served if served_record.row["geom"] is not None and _is_composed(served_record)
    ]
    if not composed:
        return list(served)
    placed = [_build_placed_record(served_record) for served_record in composed]
    checked = {}
    for served_record, record, location in zip(
        composed, placed, locate(placed, read_stored_boundaries(connection)), strict=True
    ):
        problems = [problem for find in AREA_CHECKS for problem in find(record, location)]
        checked[served_record.record_id] = _replace_problems(served_record, problems)
    return [checked.get(served_record.record_id, served_record) for served_record in served]


def _is_composed(served: ServedRecord) -> bool:
    """Return whether position, country and division are not all of one reported record, whose own checks hold then."""
    choices = [choice for choice in served.choices if choice.rule.name in PLACE_RULES]
    values = [choice for choice in choices if choice.chosen is not None or choice.expert_value is not None]
    return any(choice.expert_value is not None or choice.chosen is not values[0].chosen for choice in values)


def _build_placed_record(served: ServedRecord) -> MineralRecord:
    row = served.row
    lon, lat = shapely.get_coordinates(shapely.from_wkb(bytes.fromhex(row["geom"])))[0].tolist()
    position = Position(lon, lat, row["position_accuracy_m"], "", row["coord_original"] or "", "EPSG:4326")
    return MineralRecord(position=position, country=row["country"], division=row["division"])


def _replace_problems(served: ServedRecord, problems: Sequence[Problem]) -> ServedRecord:
    """Return a served record with these problems in place of its flags of position against area."""
    names = [str(name) for name in COLUMNS["flag"]]
    new_flags = [dict(zip(names, row, strict=True)) for row in build_flag_rows(problems, served.record_id)]
    others = [flag for flag in served.parts["flag"] if flag["rule"] not in AREA_RULES]
    flags = [{**flag, "ordinal": n} for n, flag in enumerate((*new_flags, *others))]
    rules = list(dict.fromkeys(flag["rule"] for flag in flags))
    row = {**served.row, "flags": rules, "position_doubtful": is_position_doubtful(rules)}
    return replace(served, row=row, parts={**served.parts, "flag": flags})
