"""Check a saved candidate again, with the current data and the rules in force on another day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Engine

from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.reports.report import LayoutReport, write_report
from lodebase.statistics.figures import Known as Figures
from lodedata.rules import RuleSet


def recheck_planned_plant(
    engine: Engine, figures: Figures, feature: Mapping[str, Any], rules: RuleSet, on: date
) -> LayoutReport:
    """Return the report on a planned plant with the current data and the rules in force on a day.

    Replaces the day that the feature names. Raises BadCandidate if the feature is no longer valid, for example if it uses a
    term that has been removed.
    """
    properties = {**feature["properties"], "on": on.isoformat()}
    return write_report(engine, figures, read_candidate(engine, {**feature, "properties": properties}, on), rules)
