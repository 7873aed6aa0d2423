"""What the pages of statistics show besides the results: figures in the units of the language, links, plan targets."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.series import national_figures
from lodebase.topics.stats.commodities import CommodityFigures, CommodityOverview, OverviewParameters
from lodebase.topics.stats.operations import OVERVIEW
from lodedata.statistics.series import label
from lodedata.statistics.targets import Progress
from lodedata.vocab import vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.http.database import site
from lodeweb.i18n import quantities
from lodeweb.i18n.concentration import write_hhi
from lodeweb.i18n.language import language

CHINA = "CHN"


def figure_texts() -> Mapping[str, Any]:
    """Return the functions that templates write figures of statistics with."""
    return {
        "mass": lambda tonnes: quantities.mass(tonnes, language()),
        "hhi": write_hhi,
        "label": lambda dimension, code: label(dimension, code, language()),
        "as_of": request.args.get("as_of", ""),
        "today": datetime.now(UTC).date().isoformat(),
    }


def describe_commodities(result: CommodityOverview) -> Mapping[str, Any]:
    """Return the links of the rows, the countries among the leaders, and the progress of plan targets."""
    progress = site().figures.at(result.dataset_version, ("targets", day := site_day()), lambda: _progress(day))
    areas = {share.area: share.label.in_language(language()) for one in result.commodities for share in one.leaders}
    return {
        **figure_texts(),
        "progress": progress,
        "statuses": {term.code: term.label(language()) for term in vocabulary("observation-status")},
        "areas": sorted({**areas, CHINA: label("area", CHINA, language())}.items(), key=lambda pair: pair[1]),
        "detail": detail_address,
    }


def _progress(day: date | None) -> tuple[Progress, ...]:
    return national_figures.target_progress(site().engine, day)[1]


def site_day() -> date | None:
    """Return the day on which releases were known, None for the latest ones."""
    return OverviewParameters.parse({"as_of": request.args.get("as_of", "")}).day


def detail_address(one: CommodityFigures) -> str:
    """Return the address of the page of a commodity, on the edition of a row and its day."""
    chosen = {"stage": one.stage, "source": one.source}
    if day := request.args.get("as_of"):
        chosen["as_of"] = day
    return f"/statistics/{one.commodity}?{urlencode(chosen)}"


PRESENTATIONS = {OVERVIEW: Presentation(describe_commodities)}
