"""Sums of the capacity of operating plants by country and stage, next to the output, and the capacities left out of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, text

from lodebase.query.reading import open_reading
from lodedata.figures.national_output import MAX_OUTPUT_RATIO, NationalOutput, OutputStage, find_output, load_output_stages

PHASES = text(
    "SELECT commodity, stage, country, phase_id, project_id, name_en, name_zh, product, basis, tpa, status_date,"
    " status_inferred, source, judged, CASE reason WHEN 'held' THEN held WHEN 'doubtful' THEN doubtful ELSE reason END AS why,"
    " reason FROM operating_capacity WHERE country IS NOT NULL ORDER BY tpa DESC, phase_id"
)
HELD = text(
    """
    SELECT 'grade' AS figure, d.id AS record_id, d.name_en, d.name_zh, d.country, m.commodity AS code,
      m.grade_reported AS reported, m.grade_unit AS unit, m.grade_basis AS basis, m.held, m.judged, e.source
    FROM estimate_measure m JOIN estimate e ON e.id = m.estimate_id
    JOIN (SELECT id, name_en, name_zh, country FROM deposit UNION ALL SELECT id, name_en, name_zh, country FROM discovery) d
      ON d.id IN (e.deposit_id, e.discovery_id)
    WHERE m.held IS NOT NULL
    UNION ALL
    SELECT 'capacity', p.id, p.name_en, p.name_zh, p.country, f.product, f.capacity_reported, f.capacity_unit,
      f.capacity_basis, f.held, f.judged, f.source
    FROM phase f JOIN project p ON p.id = f.project_id WHERE f.held IS NOT NULL
    ORDER BY 1, 6, 7 DESC, 2
    """
)
LEFT_OUT = ("held", "doubtful")
"""Reasons that are doubts; others say that a capacity is in another sum or of another kind."""


@dataclass(frozen=True, slots=True)
class NationalSum:
    """The capacities of one stage in one country: all of them, and the output that they are compared with, if known."""

    of: OutputStage
    area: str
    output: NationalOutput | None
    phases: Sequence[Mapping[str, Any]] = field(repr=False)

    def tonnes(self, *reasons: str | None) -> float:
        """Return the tonnes a year of the capacities that are left out for one of these reasons, None for those that count."""
        return sum((float(phase["tpa"]) for phase in self.phases if phase["reason"] in reasons), 0.0)

    @property
    def reported_tpa(self) -> float:
        """All capacities as reported, whatever they count."""
        return sum((float(phase["tpa"]) for phase in self.phases), 0.0)

    @property
    def counted_tpa(self) -> float:
        """The capacities that count."""
        return self.tonnes(None)

    @property
    def doubted(self) -> list[Mapping[str, Any]]:
        """The capacities that are held or left out as doubtful."""
        return [phase for phase in self.phases if phase["reason"] in LEFT_OUT]

    @property
    def coverage_percent(self) -> float | None:
        """The counted capacity in per cent of the output; None where no capacity is comparable with it."""
        return self._compute_output_percent(self.counted_tpa)

    @property
    def unlike_tpa(self) -> float:
        """The capacities in ore or concentrate, which an output of metal is not compared with."""
        return self.tonnes("other-basis")

    @property
    def comparable_percent(self) -> float | None:
        """The capacity before anything was left out as doubtful, in per cent of the output; None where none is comparable."""
        return self._compute_output_percent(self.tonnes(None, *LEFT_OUT))

    def _compute_output_percent(self, tonnes: float) -> float | None:
        if self.output is None or not self.tonnes(None, *LEFT_OUT):
            return None
        return tonnes / self.output.tonnes * 100

    @property
    def is_over_full(self) -> bool:
        """Whether the capacities were above the bound if nothing had been left out as doubtful."""
        return self.output is not None and self.tonnes(None, *LEFT_OUT) > MAX_OUTPUT_RATIO * self.output.tonnes

    @property
    def is_unmarked(self) -> bool:
        """Whether the sum is above the bound although a capacity in it was not judged right."""
        if self.output is None or self.counted_tpa <= MAX_OUTPUT_RATIO * self.output.tonnes:
            return False
        return any(phase["reason"] is None and phase["judged"] != "right" for phase in self.phases)


@dataclass(frozen=True, slots=True)
class NationalFigures:
    """The sums of all countries and stages, and the figures that are held."""

    sums: tuple[NationalSum, ...]
    held: tuple[Mapping[str, Any], ...]


def read_national_figures(engine: Engine) -> NationalFigures:
    """Return the sums and the held figures of the current version."""
    with open_reading(engine) as connection:
        return NationalFigures(compute_national_sums(connection), tuple(read_held_figures(connection)))


def compute_national_sums(connection: Connection) -> tuple[NationalSum, ...]:
    """Return the sums of all countries and stages, by stage, the largest share of the output first."""
    grouped: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in connection.execute(PHASES).mappings():
        grouped.setdefault((row["commodity"], row["stage"], row["country"]), []).append(dict(row))
    stages = load_output_stages()
    sums = [
        NationalSum(stages[commodity, stage], area, find_output(commodity, stage, area), phases)
        for (commodity, stage, area), phases in grouped.items()
    ]
    order = list(stages.values())
    return tuple(sorted(sums, key=lambda sum_: (order.index(sum_.of), -(sum_.comparable_percent or 0.0), sum_.area)))


def find_doubts(sums: Iterable[NationalSum]) -> list[NationalSum]:
    """Return the sums with a capacity that is left out as doubtful, or that need one."""
    return [sum_ for sum_ in sums if sum_.doubted or sum_.is_unmarked]


def read_held_figures(connection: Connection) -> list[dict[str, Any]]:
    """Return the grades and capacities that are held, as reported."""
    return [dict(row) for row in connection.execute(HELD).mappings()]


def sum_data(national_sum: NationalSum) -> dict[str, Any]:
    """Return a sum as plain data, with the capacities in it if any is in doubt."""
    listed = national_sum.phases if national_sum.doubted or national_sum.is_unmarked else ()
    return {
        "commodity": national_sum.of.commodity,
        "stage": national_sum.of.stage,
        "area": national_sum.area,
        "output_t": None if national_sum.output is None else national_sum.output.tonnes,
        "output_year": None if national_sum.output is None else national_sum.output.year,
        "output_source": None if national_sum.output is None else national_sum.output.source,
        "reported_tpa": national_sum.reported_tpa,
        "other_basis_tpa": national_sum.unlike_tpa,
        "comparable_percent": national_sum.comparable_percent,
        "counted_tpa": national_sum.counted_tpa,
        "counted_percent": national_sum.coverage_percent,
        "doubtful_tpa": national_sum.tonnes("doubtful"),
        "held_tpa": national_sum.tonnes("held"),
        "capacities": len(national_sum.phases),
        "over_full": national_sum.is_over_full,
        "unmarked": national_sum.is_unmarked,
        "records": [_build_phase_data(phase) for phase in listed],
    }


def _build_phase_data(phase: Mapping[str, Any]) -> dict[str, Any]:
    day = phase["status_date"]
    return {
        "record": phase["project_id"],
        "name_en": phase["name_en"],
        "name_zh": phase["name_zh"],
        "product": phase["product"],
        "basis": phase["basis"],
        "tpa": phase["tpa"],
        "status_date": None if day is None else day.isoformat(),
        "status_inferred": phase["status_inferred"],
        "source": phase["source"],
        "counts": phase["reason"] is None,
        "reason": phase["why"],
        "judged": phase["judged"],
    }
