"""One record of the records that several rows of a table describe."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from lodedata.cells import convert_cell_to_text
from lodedata.problems import Problem
from lodedata.records import Commodity, Estimate, MineralRecord, PartialDate, Record

JOINED = ("note_en", "note_zh")
"""Texts of which each row may add one."""
NAMES = ("name_en", "name_zh")


def merge_commodities(rows: Iterable[Sequence[Commodity]]) -> tuple[Commodity, ...]:
    """Return each commodity of the rows once.

    Rows that name different main commodities, such as one metal each, are a list without an order: none is the main one.
    """
    listed = [commodity for row in rows for commodity in row]
    mains = {commodity.code for commodity in listed if commodity.rank == "main"}
    commodity_by_code: dict[str, Commodity] = {}
    for commodity in listed:
        rank = "co-product" if commodity.code in mains and len(mains) > 1 else commodity.rank
        commodity_by_code.setdefault(commodity.code, replace(commodity, rank=rank))
    return tuple(commodity_by_code.values())


def merge_row_records(records: Sequence[Record], problems: list[Problem]) -> Record:
    """Return one record: children of all rows, other fields of the first row that has them.

    Names of later rows become aliases, notes are joined, the date is the latest. A field in which rows disagree keeps the
    first value and is added to ``problems``.
    """
    first = records[0]
    if (other_kind := next((record for record in records if type(record) is not type(first)), None)) is not None:
        problems.append(_describe_disagreement("kind", first.kind, other_kind.kind))
        records = [record for record in records if type(record) is type(first)]
    if len(records) == 1 or not isinstance(first, MineralRecord):
        return first
    changes: dict[str, Any] = {}
    aliases: dict[str, None] = dict.fromkeys(first.aliases)
    for field in fields(first):
        values = [value for record in records if (value := getattr(record, field.name)) not in (None, (), {})]
        if not values:
            continue
        changes[field.name] = values[0]
        if field.name == "estimates":
            changes[field.name] = merge_estimates(estimate for value in values for estimate in value)
        elif field.name == "information_date":
            changes[field.name] = max(values, key=_get_day)
        elif isinstance(values[0], tuple):
            changes[field.name] = tuple(dict.fromkeys(element for value in values for element in value))
        elif isinstance(values[0], dict):
            changes[field.name] = {name: value for record in reversed(values) for name, value in record.items()}
        elif field.name in JOINED:
            changes[field.name] = "; ".join(dict.fromkeys(values))
        elif field.name in NAMES:
            aliases.update(dict.fromkeys(values[1:]))
        elif (other := next((value for value in values[1:] if value != values[0]), None)) is not None:
            problems.append(_describe_disagreement(field.name, values[0], other))
    names = {changes.get(name) for name in NAMES}
    changes["aliases"] = tuple(name for name in (*changes.get("aliases", ()), *aliases) if name not in names)
    return replace(first, **changes | {"aliases": tuple(dict.fromkeys(changes["aliases"]))})


def merge_estimates(estimates: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Return the estimates, equal ones once; those of one ore that differ in their commodities are one estimate."""
    merged_estimates: list[Estimate] = []
    for estimate in dict.fromkeys(estimates):
        for place, other in enumerate(merged_estimates):
            if _is_same_ore(other, estimate):
                measures = {m.commodity: m for m in (*other.measures, *estimate.measures)}
                merged_estimates[place] = replace(other, ore=other.ore or estimate.ore, measures=tuple(measures.values()))
                break
        else:
            merged_estimates.append(estimate)
    return tuple(merged_estimates)


def _is_same_ore(estimate: Estimate, other: Estimate) -> bool:
    """Return whether two estimates are of one class and ore and have no commodity in common, or equal figures of it."""
    if replace(estimate, ore=None, measures=()) != replace(other, ore=None, measures=()):
        return False
    if estimate.ore is not None and other.ore is not None and estimate.ore != other.ore:
        return False
    figures = {m.commodity: m for m in estimate.measures}
    return all(figures.get(m.commodity, m) == m for m in other.measures) and bool(estimate.measures and other.measures)


def _describe_disagreement(name: str, first: Any, other: Any) -> Problem:
    return Problem("rows-disagree", _format_value(other), None, {"field": name, "first": _format_value(first)})


def _format_value(value: Any) -> str:
    for name in ("reported", "original", "code"):
        value = getattr(value, name, value)
    return convert_cell_to_text(value)[:80]


def _get_day(partial_date: PartialDate) -> date:
    return partial_date.first
