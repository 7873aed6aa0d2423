"""The data of charts whose points the database writes as JSON."""

from typing import Any

import orjson

from lodebase.operations.formats import JSON
from lodebase.topics.charts.operations import GRADE_TONNAGE, GradeTonnageChart
from lodeweb.adapter.responses import Presentation, add_links


def write_points(chart: GradeTonnageChart) -> bytes:
    """Return a chart as JSON; the points are inserted without parsing."""
    return orjson.dumps({**add_links(chart), "points": orjson.Fragment(chart.points)})


def add_points(chart: GradeTonnageChart) -> dict[str, Any]:
    """Return the data of a chart with its points."""
    return {**add_links(chart), "points": orjson.loads(chart.points)}


PRESENTATIONS = {GRADE_TONNAGE: Presentation(writers={JSON: write_points}, data=add_points)}
