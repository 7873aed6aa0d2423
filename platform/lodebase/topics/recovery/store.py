"""Recovery records with their projects, and the metal of deposits between the rate of their mine and a text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, text

from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.statistics.contained_figures import COLUMNS, FIGURES, ContainedFigure, choose_figures, mark_nested_figures
from lodebase.statistics.figures import CLASSES
from lodedata.topics.recovery.check import RecoveryFacts, derive_recovery_facts
from lodedata.topics.recovery.gap import STAGE, RateGap, find_gaps

OF_PROJECT = """
SELECT r.* FROM recovery_project l JOIN recovery_record r ON r.id = l.record_id WHERE l.project_id = %(id)s
ORDER BY r.year DESC NULLS LAST, r.recovery_stage, r.commodity, r.id LIMIT 200
"""
PROJECT = """
SELECT l.outcome, l.probability, p.id, p.name_en, p.name_zh FROM recovery_project l LEFT JOIN project p ON p.id = l.project_id
WHERE l.record_id = %(id)s
"""
RECORD = "SELECT * FROM recovery_record WHERE id = %(id)s"
# the latest actual rate of processing of each project and metal, and of a deposit that several projects work the latest
RATES = text(f"""
WITH rate AS (
  SELECT DISTINCT ON (l.project_id, r.commodity) l.project_id, r.id AS record, r.commodity, r.country, r.mining_method, r.year,
    r.recovery_stage, r.rate_reported_pct, r.rate_computed_pct, r.head_grade_pct, r.reference
  FROM lode.recovery_project l JOIN lode.recovery_record r ON r.id = l.record_id
  WHERE l.project_id IS NOT NULL AND r.recovery_stage = :stage AND r.recovery_basis = 'actual'
    AND coalesce(r.rate_reported_pct, r.rate_computed_pct) IS NOT NULL
  ORDER BY l.project_id, r.commodity, r.year DESC NULLS LAST, r.id
), worked AS (
  SELECT DISTINCT ON (k.to_id, rate.commodity) k.to_id AS deposit_id, rate.* FROM rate
  JOIN lode.link k ON k.from_id = rate.project_id AND k.relation = 'works' AND k.to_kind = 'deposit'
  ORDER BY k.to_id, rate.commodity, rate.year DESC NULLS LAST, rate.project_id
), wanted AS (SELECT deposit_id, commodity FROM worked), {FIGURES}
SELECT worked.*, d.name_en, d.name_zh, p.name_en AS project_name_en, p.name_zh AS project_name_zh, {COLUMNS}
FROM worked JOIN lode.deposit d ON d.id = worked.deposit_id JOIN lode.project p ON p.id = worked.project_id
LEFT JOIN figure f ON f.deposit_id = worked.deposit_id AND f.commodity = worked.commodity
ORDER BY worked.commodity, worked.deposit_id, f.source, f.ordinal
""")


@dataclass(frozen=True, slots=True)
class DepositGap:
    """A deposit with the rate of the project that works it, its metal by class, and the gaps to the texts of the day."""

    deposit: str
    project: str
    record: str
    names: Mapping[str, str | None]
    facts: RecoveryFacts
    year: int | None
    figures: tuple[ContainedFigure, ...]
    gaps: tuple[RateGap, ...]


@dataclass(frozen=True, slots=True)
class GapTotal:
    """The metal between actual rates and a tier of a text in one class of one metal, at the lowest and the highest rate."""

    commodity: str
    category: str
    instrument: str
    tier: str
    deposits: int
    contained_t: float
    low_t: float
    high_t: float


@dataclass(frozen=True, slots=True)
class RecoveryGaps:
    """The gaps of a day: by deposit, and the totals of those with every input."""

    dataset_version: int
    on: date
    deposits: tuple[DepositGap, ...]
    totals: tuple[GapTotal, ...]


def read_gaps(engine: Engine, on: date) -> RecoveryGaps:
    """Return the metal between the actual rates of processing and the rates of the texts that apply on a day."""
    with open_reading(engine) as connection:
        rows = connection.execute(RATES, {"stage": STAGE}).mappings().all()
        version = read_dataset_version(connection)
        of_metal: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            of_metal[row["commodity"]][row["deposit_id"]].append(dict(row))
        deposit_gaps = tuple(
            _make_gap(parts[deposit][0], counted, on)
            for metal, parts in of_metal.items()
            for deposit, counted in mark_nested_figures(
                connection, {id_: choose_figures(part, metal) for id_, part in parts.items()}
            ).items()
        )
    return RecoveryGaps(version, on, deposit_gaps, sum_gaps(deposit_gaps))


def sum_gaps(deposits: Iterable[DepositGap]) -> tuple[GapTotal, ...]:
    """Return the sums of one metal, class, text and tier; classes and texts are never added up, nor deposits within others."""
    parts: dict[tuple[str, str, str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for deposit in deposits:
        for gap in deposit.gaps:
            for figure in deposit.figures:
                metal = gap.metal_t(figure.metal_t)
                if metal is not None and figure.counted_in is None:
                    key = (deposit.facts.commodity, figure.category, gap.instrument.id, gap.tier)
                    parts[key].append((figure.metal_t, *metal))
    totals = (GapTotal(*key, len(of), *(sum(column) for column in zip(*of, strict=True))) for key, of in parts.items())
    return tuple(
        sorted(
            totals,
            key=lambda gap_total: (
                gap_total.commodity,
                gap_total.instrument,
                gap_total.tier,
                CLASSES.index(gap_total.category),
            ),
        )
    )


def _make_gap(first: Mapping[str, Any], counted: tuple[ContainedFigure, ...], on: date) -> DepositGap:
    # the rates of the day apply to the rate that the mine last reached
    facts = derive_recovery_facts({**first, "year": None}, on)
    names = {name: first[name] for name in ("name_en", "name_zh", "project_name_en", "project_name_zh")}
    return DepositGap(
        first["deposit_id"],
        first["project_id"],
        first["record"],
        names,
        facts,
        first["year"],
        counted,
        tuple(find_gaps(facts)),
    )


def read_records_of_project(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the recovery records of a project, the latest year first."""
    return [dict(row) for row in connection.exec_driver_sql(OF_PROJECT, {"id": identity}).mappings()]


def read_project_of_record(connection: Connection, identity: str) -> dict[str, Any] | None:
    """Return the project of a recovery record with the outcome of matching, None for a record that is not there."""
    row = connection.exec_driver_sql(PROJECT, {"id": identity}).mappings().first()
    return None if row is None else dict(row)


def read_record(connection: Connection, identity: str) -> dict[str, Any] | None:
    """Return the values of a recovery record, None for an unknown id."""
    row = connection.exec_driver_sql(RECORD, {"id": identity}).mappings().first()
    return None if row is None else dict(row)
