"""The charts of a page of statistics: their kinds, addresses, files and citations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from lodebase.series.national_figures import YearFigures
from lodebase.series.series_query import SeriesQuery
from lodedata.statistics.series import WORLD, label
from lodedata.vocab import vocabulary
from lodeweb.i18n.language import language
from lodeweb.pages import chart_data
from lodeweb.pages.embedded import embedded

ROOT = "/api/statistics"
COVERED = (WORLD, "CHN", "CHL", "PER", "COD", "IDN", "AUS", "IND", "RUS", "USA")
"""Areas whose capacity in Lode is next to their output."""


def share_charts(chosen: Mapping[str, str], area: str, years: tuple[str, str], citation: str) -> Iterable[dict[str, Any]]:
    """Yield the share of an area by year, and those of all countries with the index of concentration."""
    lang = language()
    what = {"commodity": label("commodity", chosen["commodity"], lang), "stage": label("stage", chosen["stage"], lang)}
    given = {name: chosen[name] for name in ("commodity", "stage", "source", "as_of") if chosen.get(name)}
    files = observation_files({**given, "indicator": "production", "freq": "A"})
    span = {"first": years[0], "last": years[1]}
    yield {
        **{"id": "share", "kind": "share-line", "area": area, "citation": citation, "files": files},
        "title": gettext(
            "%(area)s: share of world production, %(commodity)s (%(stage)s), %(first)s to %(last)s",
            area=label("area", area, lang),
            **what,
            **span,
        ),
        "url": f"{ROOT}/concentration?{urlencode(given)}",
    }
    yield {
        **{"id": "production", "kind": "shares", "citation": citation, "files": files},
        "title": gettext("Production by country: %(commodity)s (%(stage)s), shares and concentration (HHI)", **what),
        "url": f"{ROOT}/concentration?{urlencode(given)}",
    }


def world_chart(what: Mapping[str, str], figures: YearFigures, citation: str) -> dict[str, Any]:
    """Return the map of shares in one year: circles without borders, the largest share first."""
    lang, countries = language(), vocabulary("country")
    assert figures.concentration is not None
    return {
        **{"id": "world", "kind": "world", "citation": citation, "files": []},
        "title": gettext(
            "World map of shares, %(year)s: %(commodity)s (%(stage)s)",
            year=figures.year,
            commodity=label("commodity", what["commodity"], lang),
            stage=label("stage", what["stage"], lang),
        ),
        "rows": [
            {"name": label("area", area, lang), "m49": countries[area].extra["m49"], "share": share}
            for area, share in figures.concentration.shares
            if area in countries
        ],
    }


def lines_chart(chart: str, title: str, filters: Mapping[str, str], citation: str = "") -> dict[str, Any]:
    """Return a chart of observations as lines, one for each source."""
    given = {name: value for name, value in filters.items() if value}
    return {
        **{"id": chart, "kind": "lines", "title": title, "citation": citation, "files": observation_files(given)},
        "url": f"{ROOT}/observations?{urlencode(given)}",
    }


def reserves_chart(commodity: str, as_of: str) -> dict[str, Any]:
    """Return the chart of reserves and their ratio to production."""
    given = {"commodity": commodity, **({"as_of": as_of} if as_of else {})}
    return {
        **{"id": "reserves", "kind": "reserves", "title": gettext("Reserves, and reserves ÷ production (R/P)")},
        "files": observation_files({**given, "indicator": "reserves"}),
        "url": f"{ROOT}/reserves?{urlencode(given)}",
    }


def capacity_chart(commodity: str, stage: str, areas: Sequence[str], as_of: str) -> dict[str, Any]:
    """Return the chart of capacity in Lode next to output."""
    given = {"commodity": commodity, "stage": stage, "area": ",".join(areas), **({"as_of": as_of} if as_of else {})}
    return {
        **{"id": "capacity", "kind": "capacity", "files": []},
        "title": gettext("Capacity in Lode next to national output"),
        "url": f"{ROOT}/coverage?{urlencode(given)}",
    }


def observation_files(filters: Mapping[str, str]) -> list[dict[str, str]]:
    """Return links to the observations behind a chart, as files with all flags."""
    return [
        {"label": name, "url": f"{ROOT}/observations?{urlencode({**filters, 'f': form})}"}
        for name, form in (("XLSX", "xlsx"), ("SDMX-CSV", "sdmx-csv"), ("Parquet", "parquet"))
    ]


def drawing(charts: Sequence[Mapping[str, Any]]) -> str:
    """Return the data of a page's script."""
    content = chart_data.content(charts)
    return embedded(content | {"texts": content["texts"] | _texts()})


def known_on(query: SeriesQuery) -> str:
    """Return the day on which the releases of a page were known, as text; empty for the latest ones."""
    return query.as_of.isoformat() if query.as_of else ""


def _texts() -> dict[str, str]:
    return {
        "share": gettext("Share in per cent"),
        "hhi": gettext("HHI, 10,000 points at the top"),
        "hhiOf": gettext("HHI %(year)s: %(range)s (other countries as many, as one).", year="{year}", range="{range}"),
        "withheld": gettext("Withheld and not counted: %(areas)s.", areas="{areas}"),
        "otherCountries": gettext("Other countries"),
        "year": gettext("Year"),
        "period": gettext("Period"),
        "value": gettext("Value"),
        "unit": gettext("Unit"),
        "printed": gettext("As printed"),
        "flags": gettext("Flags"),
        "release": gettext("Release"),
        "remark": gettext("Note"),
        "source": gettext("Source"),
        "sourceRow": gettext("Row of the source"),
        "sumOfCountries": gettext("Sum of all countries"),
        "reserves": gettext("Reserves"),
        "production": gettext("Production"),
        "ratio": gettext("R/P"),
        "operating": gettext("Capacity operating"),
        "coming": gettext("Capacity coming"),
        "output": gettext("National output"),
        "coverage": gettext("Coverage"),
        "utilisation": gettext("Output ÷ capacity"),
        "sites": gettext("Sites"),
        "coasts": gettext("A circle in each country, its area by the share. Coasts: Natural Earth"),
        "withoutFigure": gettext("Units without a figure"),
        "leftOut": gettext("Not summed: capacities that are held or doubtful"),
    }
