"""The pages of a drill hole and of a section through drill holes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from markupsafe import Markup

from lodebase.topics.drilling.drawing import draw_log, draw_section, format_grade_text
from lodebase.topics.drilling.log import DrillLog
from lodebase.topics.drilling.operations import LOG, SECTION
from lodebase.topics.drilling.parameters import BELOW, GAPS
from lodebase.topics.drilling.section import DrillSection
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n.language import get_language, gettext

MAX_INTERVAL_ROWS = 500
"""Rows of a table on a page; the files have all."""
SECTION_MARGIN_DEG = 0.0012
"""Half of the length of the section that the page of a hole offers, in degrees: about 130 m on each side."""


def describe_log(drill_log: DrillLog) -> Mapping[str, Any]:
    """Return what the page of a hole shows besides its log: the drawing, the choices of its form, a section through it."""
    types = load_vocabulary("exploration-activity-type")
    return {
        "svg": Markup(draw_log(drill_log, get_language())),
        "own": _build_own_query(),
        "listed": drill_log.intervals[:MAX_INTERVAL_ROWS],
        "grade_text": format_grade_text,
        "below_choices": _list_below_choices(),
        "gap_choices": {GAPS[0]: gettext("ends a composite"), GAPS[1]: gettext("counts as zero")},
        "drilling_label": None if drill_log.drilling_type is None else types[drill_log.drilling_type].label(get_language()),
        "section": _build_section_query(drill_log),
    }


def describe_section(drill_section: DrillSection | None) -> Mapping[str, Any]:
    """Return what the page of a section shows besides its data; the form alone without a section."""
    shown = {"below_choices": _list_below_choices(), "own": _build_own_query()}
    if drill_section is None:
        return shown
    return {
        **shown,
        "svg": Markup(draw_section(drill_section, get_language())),
        "listed": drill_section.intervals[:MAX_INTERVAL_ROWS],
        "grade_text": format_grade_text,
        "basis": lambda code: load_vocabulary("drill-trace-basis")[code].label(get_language()),
    }


def _list_below_choices() -> Mapping[str, str]:
    return dict(zip(BELOW, (gettext("zero"), gettext("half of the limit"), gettext("the limit")), strict=True))


def _build_own_query() -> str:
    """Return the query of this page without format and language."""
    return urlencode([(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang") and value])


def _build_section_query(drill_log: DrillLog) -> str | None:
    """Return the query of a west-east section through a collar, None without a position."""
    if drill_log.lon is None or drill_log.lat is None:
        return None
    west, east = drill_log.lon - SECTION_MARGIN_DEG * 3, drill_log.lon + SECTION_MARGIN_DEG * 3
    line = f"{west:.5f},{drill_log.lat:.5f};{east:.5f},{drill_log.lat:.5f}"
    return urlencode({"line": line, "width_m": 100, **({"analyte": drill_log.analyte} if drill_log.analyte else {})})


PRESENTATIONS = {LOG: Presentation(describe_log), SECTION: Presentation(describe_section)}
