"""Checks among the tables of drill holes of one source: which holes there are, which are surveyed, and what overlaps."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from lodedata.mapping.reading import Reading
from lodedata.problems import Problem
from lodedata.records import GenericRecord
from lodedata.topics.drilling.composites import find_overlaps
from lodedata.topics.drilling.row_checks import has_direction

DRILL_KINDS = frozenset({"drill_hole", "drill_survey", "drill_interval"})
TOLERANCE_M = 0.01
"""Metres by which the last interval may pass the depth of its hole, as depths are rounded."""
_Log = tuple[str, str | None]
"""The hole and the element or oxide of intervals; None for rock."""


class DrillChecks:
    """What the tables of a source state of its holes, noted in a first reading, by which a second one is checked."""

    def __init__(self) -> None:
        self._depths: dict[str, float | None] = {}
        self._directed: set[str] = set()
        self._surveyed: set[str] = set()
        self._spans: dict[_Log, list[tuple[float, float]]] = defaultdict(list)
        self._rows: dict[_Log, dict[str, int]] = defaultdict(dict)
        self._overlaps: dict[_Log, dict[int, int]] = {}

    def note(self, reading: Reading) -> None:
        """Note the record of a reading."""
        for record in _list_drilled(reading):
            values = record.values
            hole = values["hole_id"]
            if record.kind == "drill_hole":
                self._depths[hole] = values.get("depth_m")
                if has_direction(values):
                    self._directed.add(hole)
            elif record.kind == "drill_survey":
                self._surveyed.add(hole)
            else:
                log = (hole, values.get("analyte"))
                self._rows[log][reading.rows[0].locator] = len(self._spans[log])
                self._spans[log].append((values["from_m"], values["to_m"]))

    def checked(self, reading: Reading) -> Reading:
        """Return a reading with its problems among the tables; a row of a hole that the source has not is refused."""
        for record in _list_drilled(reading):
            if record.kind == "drill_hole":
                return self._add_basis(reading, record)
            hole = record.values["hole_id"]
            if hole not in self._depths:
                return replace(reading, records=(), problems=(*reading.problems, Problem("orphan-row", hole)))
            problems = [*self._find_below(hole, record.values), *self._find_overlaps(reading, record.values)]
            return replace(reading, problems=(*reading.problems, *problems)) if problems else reading
        return reading

    def _add_basis(self, reading: Reading, record: GenericRecord) -> Reading:
        hole = record.values["hole_id"]
        if hole in self._surveyed:
            basis, problems = "survey", []
        elif hole in self._directed:
            basis, problems = "collar-direction", [Problem("drill-no-survey", hole)]
        else:
            basis, problems = "unknown", [Problem("drill-trace-unknown", hole)]
        completed = replace(record, values={**record.values, "trace_basis": basis})
        return replace(reading, records=(completed,), problems=(*reading.problems, *problems))

    def _find_below(self, hole: str, values: Any) -> list[Problem]:
        depth, lowest = self._depths[hole], values.get("to_m", values.get("depth_m"))
        if depth is None or lowest is None or lowest <= depth + TOLERANCE_M:
            return []
        return [Problem("drill-below-hole", f"{lowest:g}", None, {"depth": f"{depth:g}"})]

    def _find_overlaps(self, reading: Reading, values: Any) -> list[Problem]:
        log = (values["hole_id"], values.get("analyte"))
        at = self._rows.get(log, {}).get(reading.rows[0].locator)
        if at is None or "from_m" not in values:
            return []
        if log not in self._overlaps:
            self._overlaps[log] = find_overlaps(self._spans[log])
        other = self._overlaps[log].get(at)
        if other is None:
            return []
        return [
            Problem(
                "drill-interval-overlap", self._format_interval(log, at), None, {"other": self._format_interval(log, other)}
            )
        ]

    def _format_interval(self, log: _Log, at: int) -> str:
        begin, end = self._spans[log][at]
        return f"{begin:g}–{end:g} m"


def _list_drilled(reading: Reading) -> list[GenericRecord]:
    return [record for record in reading.records if isinstance(record, GenericRecord) and record.kind in DRILL_KINDS]
