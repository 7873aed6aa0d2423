"""A kept question asked again: with the data as they are and the rules of another day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Engine

from lodebase.layout.candidate import candidate
from lodebase.layout.report import report
from lodebase.statistics.figures import Known as Figures
from lodedata.rules import RuleSet


def again(engine: Engine, figures: Figures, feature: Mapping[str, Any], rules: RuleSet, on: date) -> dict[str, Any]:
    """The report on a planned plant with the last version of the data and the rules of a day, whatever day it names.

    Raises BadCandidate where what was asked can't be asked any more, such as for a term that is gone.
    """
    told = {**feature["properties"], "on": on.isoformat()}
    return report(engine, figures, candidate({**feature, "properties": told}, on), rules).told()
