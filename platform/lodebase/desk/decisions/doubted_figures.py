"""Figures of a record that are held, left out of sums or judged, for people to decide on them."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from lodedata.choice.figure_judgements import build_figure_name

DOUBTED = text(
    """
    SELECT 'capacity' AS kind, f.product, NULL AS commodity, f.capacity_reported, NULL::double precision AS grade_reported,
      f.capacity_unit AS unit, coalesce(f.held, f.doubtful) AS why, f.judged
    FROM lode.phase f WHERE f.project_id = :id AND coalesce(f.held, f.doubtful, f.judged) IS NOT NULL
    UNION
    SELECT 'grade', NULL, m.commodity, NULL, m.grade_reported, m.grade_unit, m.held, m.judged
    FROM lode.estimate_measure m JOIN lode.estimate e ON e.id = m.estimate_id
    WHERE :id IN (e.deposit_id, e.discovery_id) AND coalesce(m.held, m.judged) IS NOT NULL
    ORDER BY 1, 2, 3, 4, 5
    """
)


@dataclass(frozen=True, slots=True)
class DoubtedFigure:
    """A figure by its name in judgements, with its unit, the reason of the doubt and the judgement, if any."""

    name: str
    unit: str | None
    why: str | None
    judged: str | None


def find_doubted_figures(connection: Connection, identity: str) -> list[DoubtedFigure]:
    """Return the figures of a record that are held, left out of sums or judged."""
    rows = [dict(row) for row in connection.execute(DOUBTED, {"id": identity}).mappings()]
    named = [(build_figure_name(row["kind"], row), row) for row in rows]
    return [DoubtedFigure(name, row["unit"], row["why"], row["judged"]) for name, row in named if name is not None]
