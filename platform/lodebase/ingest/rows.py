"""Records as rows of their tables for COPY, with values in the order of :data:`COLUMNS`."""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Table

from lodebase.db.schema import tables
from lodedata.choice.criteria import is_position_doubtful
from lodedata.figures.amounts import EstimateAmounts, MetalAmount, compute_estimate_amounts, estimate_id
from lodedata.figures.leading_figures import PhaseCapacity, compute_capacity_figures, estimate_figures, list_owner_names
from lodedata.figures.size import build_size_columns, choose_sized_commodities, classify_size
from lodedata.kinds import KINDS, Kind
from lodedata.problems import Problem
from lodedata.records import (
    Deposit,
    Discovery,
    Estimate,
    GenericRecord,
    MineralRecord,
    PartialDate,
    Phase,
    Position,
    Project,
    Quantity,
    Record,
    Status,
    UnreadPosition,
    Zone,
)
from lodedata.search_terms import search_text
from lodedata.vocab import load_vocabulary

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_PAIRS = tuple(a + b for a in ID_ALPHABET for b in ID_ALPHABET)
DERIVED = frozenset({"since_version", "morton_code"})
"""Columns that the store fills by itself, and of a project its status too; a phase's status is its own and is written."""


def _list_columns(table: Table) -> tuple[str, ...]:
    left_out = DERIVED | {"status", "status_date"} if table is tables.project else DERIVED
    return tuple(column.name for column in table.columns if column.name not in left_out)


RECORDS: Mapping[str, type[Record]] = {record_type.kind: record_type for record_type in (Deposit, Discovery, Project, Zone)}
"""The classes of the kinds that have one of their own."""
COLUMNS: dict[str, tuple[str, ...]] = {
    table.name: _list_columns(table) for table in (*tables.SERVED.values(), *tables.CHILDREN)
}


def record_id(source: str, key: str) -> str:
    """Return the public id of the record of a leading source row: 60 bits of a hash, the same on every import."""
    bits = int.from_bytes(hashlib.blake2b(f"{source}\0{key}".encode(), digest_size=8).digest()) >> 4
    pairs = _ID_PAIRS
    return (
        pairs[bits >> 50]
        + pairs[bits >> 40 & 1023]
        + pairs[bits >> 30 & 1023]
        + pairs[bits >> 20 & 1023]
        + pairs[bits >> 10 & 1023]
        + pairs[bits & 1023]
    )


def kind_of(record: Record) -> str:
    """Return the name of a record's kind, which is also that of its served table."""
    return record.kind


def record_rows(record: Record, identity: str, source: str, flags: Sequence[Problem]) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """Yield the row of the served table, the child rows and the flags of a record, each with the name of its table."""
    amounts = compute_estimate_amounts(record.estimates, identity) if isinstance(record, Deposit | Discovery) else []
    yield kind_of(record), build_served_row(record, identity, source, flags, amounts)
    yield from build_child_rows(record, identity, source, amounts)
    for row in build_flag_rows(flags, identity):
        yield "flag", row


def build_served_row(
    record: Record, identity: str, source: str, flags: Sequence[Problem], amounts: Sequence[EstimateAmounts]
) -> tuple[Any, ...]:
    """Return the row of the served table; ``amounts`` are those of the estimates of a deposit or discovery."""
    values: dict[str, Any] = {
        "id": identity,
        "sources": format_array([source]),
        "flags": format_array(tuple(dict.fromkeys(p.rule for p in flags))),
    }
    if isinstance(record, MineralRecord):
        values |= _derive_point_values(record)
        values["position_doubtful"] = is_position_doubtful({problem.rule for problem in flags})
    if isinstance(record, Deposit):
        values |= _build_status("mine_status", record.mine_status, source)
    if isinstance(record, Deposit | Discovery):
        values |= estimate_figures(amounts, record.commodities[0].code) if amounts else {}
    if isinstance(record, Deposit):
        size = classify_size(choose_sized_commodities(record.commodities), record.deposit_form, amounts)
        values |= build_size_columns(size, source)
    if isinstance(record, Project):
        values |= compute_capacity_figures(map(_compute_phase_capacity, record.phases), record.commodities[0].code)
        values["owner_names"] = format_array(tuple(list_owner_names((owner.name_en, owner.name_zh) for owner in record.owners)))
        values["products"] = format_array(tuple(dict.fromkeys(phase.product for phase in record.phases if phase.product)))
    if isinstance(record, Zone | GenericRecord) and record.wkb is not None:
        values["geom"] = record.wkb.hex()
    if isinstance(record, GenericRecord) and KINDS[record.kind].geometry == "point":
        values |= _position_values(record.position, record.unread_position)
    if isinstance(record, GenericRecord) and record.kind in tables.SEARCHED:
        values["search_text"] = write_generic_search_text(KINDS[record.kind], record.values)
    return tuple(map({**_collect_declared(record, values), **values}.get, COLUMNS[record.kind]))


def write_generic_search_text(kind: Kind, values: Mapping[str, Any]) -> str:
    """Return the search text of a record that has only declared fields, by the names that its kind declares."""
    names = [name for field in reversed(kind.name_fields) if (name := values.get(field))]
    return search_text(names, [alias for field in kind.alias_fields for alias in values.get(field) or ()])


def _collect_declared(record: Record, derived: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declared fields that have a value and are not derived: further values of the record and its attributes."""
    declared = {} if isinstance(record, Zone) else {name: _convert_value(value) for name, value in record.values.items()}
    if isinstance(record, GenericRecord):
        return declared
    for name in _list_attributes(record.kind):
        if name not in derived and (value := getattr(record, name)) is not None:
            declared[name] = _convert_value(value)
    return declared


@lru_cache(maxsize=100)
def _list_attributes(kind: str) -> tuple[str, ...]:
    """Return the columns of a kind that are attributes of its records."""
    return tuple(name for name in COLUMNS[kind] if name in RECORDS[kind].__dataclass_fields__)


def _convert_value(value: Any) -> Any:
    """Return a value as COPY reads it."""
    if isinstance(value, PartialDate):
        return str(value)
    return format_array(value) if isinstance(value, tuple) else value


def build_child_rows(
    record: Record, identity: str, source: str, amounts: Sequence[EstimateAmounts]
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """Yield the child rows of a record, each with the name of its table."""
    if isinstance(record, Deposit | Discovery):
        for n, (estimate, estimate_amounts) in enumerate(zip(record.estimates, amounts, strict=True)):
            yield from _estimate_rows(estimate, n, estimate_amounts.metals, identity, source, isinstance(record, Deposit))
    if isinstance(record, Deposit):
        yield from _build_activity_rows(record, identity, source)
    if isinstance(record, Project):
        yield from _build_phase_rows(record, identity, source)
        yield from _build_owner_rows(record, identity, source)


def _build_activity_rows(record: Deposit, identity: str, source: str) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for n, step in enumerate(record.activities):
        yield (
            "exploration_activity",
            (
                f"{identity}.a{n}",
                identity,
                n,
                step.reported,
                step.detail,
                _date(step.start),
                _date(step.end),
                source,
                step.source_row,
                step.citation,
            ),
        )


def _build_phase_rows(record: Project, identity: str, source: str) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for n, phase in enumerate(record.phases):
        capacity = _split_quantity(phase.capacity)
        yield (
            "phase",
            (
                f"{identity}.p{n}",
                identity,
                n,
                phase.name,
                phase.phase_type,
                phase.product,
                phase.product_reported,
                *capacity[:4],
                phase.capacity.basis if phase.capacity is not None else None,
                *capacity[4:],
                format_array(phase.shared_with) if phase.shared_with else None,
                phase.included_in,
                *_hold(phase.capacity),
                None,
                None,
                *_build_status("status", phase.status, phase.citation or source).values(),
                _date(phase.start),
                _date(phase.end),
                format_array(phase.feedstock),
                phase.technology,
                phase.energy_kgce_per_t,
                phase.note,
                source,
                phase.source_row,
                phase.citation,
            ),
        )


def _compute_phase_capacity(phase: Phase) -> PhaseCapacity:
    status = phase.status.code if phase.status is not None else None
    if phase.capacity is None:
        return PhaseCapacity(phase.product, None, None, status)
    return PhaseCapacity(phase.product, phase.capacity.basis, phase.capacity.value, status)


def _build_owner_rows(record: Project, identity: str, source: str) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for n, owner in enumerate(record.owners):
        yield (
            "owner",
            (
                f"{identity}.o{n}",
                identity,
                n,
                owner.name_en,
                owner.name_zh,
                owner.share_pct,
                owner.role,
                owner.uscc,
                _date(owner.on),
                owner.date_basis,
                owner.name_reported,
                source,
                owner.source_row,
                owner.citation,
            ),
        )


def build_flag_rows(flags: Sequence[Problem], identity: str) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of a record's flags."""
    for n, problem in enumerate(flags):
        suggestion = _encode_point(*problem.suggestion) if problem.suggestion is not None else None
        yield (
            identity,
            n,
            problem.rule,
            problem.column,
            clean(problem.value),
            clean(problem.sentence("en")),
            clean(problem.sentence("zh")),
            suggestion,
        )


def format_array(values: Sequence[str]) -> str:
    """Return an array as PostgreSQL's text."""
    return _format_array(tuple(values)) if values else "{}"


@lru_cache(maxsize=4096)
def _format_array(values: tuple[str, ...]) -> str:
    return "{" + ",".join('"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values) + "}"


def clean(text: str) -> str:
    """Return the text without characters that PostgreSQL can't store: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _derive_point_values(record: MineralRecord) -> dict[str, Any]:
    """Return values derived from a record's position, commodities, names and citations, by column."""
    codes = [c.code for c in record.commodities]
    names = [name for name in (record.name_zh, record.name_en) if name]
    return _position_values(record.position, record.unread_position) | {
        "commodity_group": group_of(codes),
        "main_commodity": codes[0],
        "main_commodity_ground": record.main_commodity_ground or "stated",
        "major_commodities": format_array([c.code for c in record.commodities if c.rank != "by-product"]),
        "commodities": format_array(codes),
        "value_sources": orjson.dumps(dict(record.citations)).decode() if record.citations else None,
        "search_text": search_text(names, record.aliases),
    }


def _position_values(position: Position | None, unread: UnreadPosition | None) -> dict[str, Any]:
    reported = position or unread
    return {
        "geom": _encode_point(position.lon, position.lat) if position is not None else None,
        "position_accuracy_m": position.accuracy_m if position is not None else None,
        "position_method": position.method if position is not None else None,
        "coord_original": reported.original if reported is not None else None,
        "coord_crs": reported.crs if reported is not None else None,
    }


def group_of(codes: Iterable[str]) -> str:
    """Return the commodity group of the first commodity that has one, else ``other``."""
    groups = _map_groups()
    return next((groups[code] for code in codes if groups.get(code)), "other")


@lru_cache(maxsize=1)
def _map_groups() -> dict[str, str]:
    return {term.code: term.extra["group"] for term in load_vocabulary("commodity")}


def _estimate_rows(
    estimate: Estimate, n: int, metals: Mapping[str, MetalAmount], identity: str, source: str, of_deposit: bool
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    own = estimate_id(identity, n)
    category = estimate.category
    kind = "reserve" if category in tables.RESERVE_CATEGORIES else "endowment" if category == "endowment" else "resource"
    yield (
        "estimate",
        (
            own,
            identity if of_deposit else None,
            None if of_deposit else identity,
            n,
            category,
            estimate.category_reported,
            kind,
            category in tables.COMBINED_CATEGORIES,
            estimate.code,
            _date(estimate.on),
            *_split_quantity(estimate.ore),
            estimate.cut_off,
            estimate.includes_reserves,
            estimate.competent_person,
            estimate.zone,
            estimate.covers,
            source,
            estimate.source_row,
            estimate.citation,
        ),
    )
    for measure in estimate.measures:
        grade, contained = _split_quantity(measure.grade), _split_quantity(measure.contained)
        metal = metals[measure.commodity]
        yield (
            "estimate_measure",
            (
                own,
                measure.commodity,
                *grade[:4],
                _find_basis(measure.grade),
                *grade[4:],
                *_hold(measure.grade),
                None,
                *contained[:4],
                _find_basis(measure.contained),
                contained[4],
                metal.contained_t,
                metal.is_derived,
            ),
        )


def _find_basis(quantity: Quantity | None) -> str | None:
    return None if quantity is None else quantity.basis or "metal"


def _split_quantity(
    quantity: Quantity | None,
) -> tuple[float | None, str | None, float | None, str | None, float | None, float | None]:
    """Return the reported figure, its qualifier, the upper end of a range, the unit, the factor and the value."""
    if quantity is None:
        return None, None, None, None, None, None
    factor = None if quantity.held is not None else quantity.factor
    return quantity.reported, quantity.qualifier, quantity.upper, quantity.unit, factor, quantity.value


def _hold(quantity: Quantity | None) -> tuple[str | None, float | None]:
    """Return the reason for which a quantity is held and its factor, None for both if it is not held."""
    return (None, None) if quantity is None or quantity.held is None else (quantity.held, quantity.factor)


def _build_status(name: str, status: Status | None, given_by: str) -> dict[str, Any]:
    """Return the columns of a status, all None without one."""
    values = (
        (None,) * 6
        if status is None
        else (status.code, status.reported, *_split_partial_date(status.on), given_by, status.inferred)
    )
    parts = ("", "_reported", "_date", "_date_precision", "_source", "_inferred")
    return {f"{name}{part}": value for part, value in zip(parts, values, strict=True)}


def _split_partial_date(value: PartialDate | None) -> tuple[date | None, str | None]:
    return (None, None) if value is None else (value.first, value.precision)


def _date(value: PartialDate | None) -> str | None:
    return None if value is None else str(value)


def _encode_point(lon: float, lat: float) -> str:
    """Return a point as hexadecimal EWKB in EPSG:4326."""
    return struct.pack("<BIIdd", 1, 0x20000001, 4326, lon, lat).hex()
