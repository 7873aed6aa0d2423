"""The charts of a page of statistics: their kinds, addresses, files and citations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from lodebase.history import dataset_state
from lodebase.series import overview
from lodebase.series.national_figures import YearFigures
from lodebase.series.overview import LatestShares
from lodebase.series.series_query import SeriesQuery
from lodedata.messages import Label
from lodedata.statistics.series import WORLD, label
from lodedata.vocab import vocabulary
from lodeweb.http.database import site
from lodeweb.i18n.language import language, translated
from lodeweb.i18n.numbers import number
from lodeweb.pages import chart_data
from lodeweb.pages.embedded import embedded

ROOT = "/api/statistics"
MOST_CHARTS = 4
"""The charts of production on the page of an area."""
LISTED_SHARES = 5
"""The countries of a stage that have a part of their own; all others are one."""
COVERED = (WORLD, "CHN", "CHL", "PER", "COD", "IDN", "AUS", "IND", "RUS", "USA")
"""Areas whose capacity in Lode is next to their output."""


def production_charts(chosen: Mapping[str, str], figures: YearFigures, citation: str) -> Iterable[dict[str, Any]]:
    """Yield the shares of all countries by year, its finding as title, and the index of concentration by year."""
    found, lang = figures.concentration, language()
    assert found is not None
    given = _given(chosen)
    what = {"commodity": label("commodity", chosen["commodity"], lang), "stage": label("stage", chosen["stage"], lang)}
    area, share = found.shares[0]
    shown = {"citation": citation, "files": _production_files(given), "url": f"{ROOT}/concentration?{urlencode(given)}"}
    yield {
        **{"id": "production", "kind": "shares", **shown},
        "title": gettext(
            "%(area)s: %(share)s %% of world output in %(year)s, %(commodity)s (%(stage)s)",
            **{"area": label("area", area, lang), "share": number(share, 3), "year": figures.year, **what},
        ),
    }
    yield {
        **{"id": "hhi", "kind": "concentration", **shown},
        "title": gettext(
            "Concentration by country (HHI): %(points)s points in %(year)s, %(commodity)s (%(stage)s)",
            **{"points": f"{found.hhi_low:,.0f}", "year": figures.year, **what},
        ),
    }


def share_chart(chosen: Mapping[str, str], area: str, rows: Sequence[YearFigures], citation: str) -> dict[str, Any] | None:
    """Return the share of an area by year, its last one in the title; None for an area without a figure."""
    lang = language()
    known = [
        (one.year, dict(one.concentration.shares)[area])
        for one in rows
        if one.concentration is not None and area in dict(one.concentration.shares)
    ]
    if not known:
        return None
    given = _given(chosen)
    return {
        **{"id": "share", "kind": "share-line", "area": area, "citation": citation, "files": _production_files(given)},
        "title": gettext(
            "%(area)s: %(share)s %% of world output in %(last)s, %(commodity)s (%(stage)s), %(first)s to %(last)s",
            area=label("area", area, lang),
            share=number(known[-1][1], 3),
            commodity=label("commodity", chosen["commodity"], lang),
            stage=label("stage", chosen["stage"], lang),
            **{"first": known[0][0], "last": known[-1][0]},
        ),
        "url": f"{ROOT}/concentration?{urlencode(given)}",
    }


def stages_chart(commodity: str, latest: Sequence[LatestShares]) -> dict[str, Any]:
    """Return the shares of countries in each stage, side by side: the largest of each, and all others as one."""
    lang = language()
    return {
        **{"id": "stages", "kind": "stages", "citation": "", "files": []},
        "title": gettext("%(commodity)s: countries by stage of production", commodity=label("commodity", commodity, lang)),
        "rows": [row for one in latest for row in _stage_rows(one)],
    }


def _stage_rows(one: LatestShares) -> Iterable[dict[str, Any]]:
    found, lang = one.figures.concentration, language()
    assert found is not None
    listed = found.shares[:LISTED_SHARES]
    stage = f"{label('stage', one.stage, lang)} {one.figures.year}"
    for area, share in listed:
        yield {
            "stage": stage,
            "area": area,
            "name": label("area", area, lang),
            "share": share,
            "source": translated(titles()[one.source]),
        }
    rest = 100 - sum(share for _, share in listed)
    yield {
        "stage": stage,
        "area": "rest",
        "name": gettext("Other countries"),
        "share": rest,
        "source": translated(titles()[one.source]),
    }


def _given(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: chosen[name] for name in ("commodity", "stage", "source", "as_of") if chosen.get(name)}


def _production_files(given: Mapping[str, str]) -> list[dict[str, str]]:
    return observation_files({**given, "indicator": "production", "freq": "A"})


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


def area_charts(area: str, latest: Iterable[Mapping[str, Any]], day: str) -> list[dict[str, Any]]:
    """Return the production of an area over time, a chart for each of its first stages."""
    lang = language()
    levels = [row for row in latest if (row["indicator"], row["transformation"]) == ("production", "level")]
    produced = list(dict.fromkeys((row["commodity"], row["stage"]) for row in levels))
    return [
        lines_chart(
            f"production-{n}",
            f"{label('commodity', commodity, lang)} · {label('stage', stage, lang)}",
            {"commodity": commodity, "stage": stage, "area": area, "indicator": "production", "as_of": day}
            | {"transformation": "level", "freq": "A"},
        )
        for n, (commodity, stage) in enumerate(produced[:MOST_CHARTS])
    ]


def index_chart(year: str, url: str) -> dict[str, Any]:
    """Return the chart of prices on one index, 100 in the average of a year."""
    title = gettext("Prices on one index, nominal (average of %(year)s = 100)", year=year)
    return {"id": "index", "kind": "price-index", "title": title, "citation": "", "files": [], "url": url}


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
    names = {code: translated(title) for code, title in titles().items()}
    return embedded(content | {"texts": content["texts"] | _texts(), "sources": names})


def titles() -> Mapping[str, Label]:
    """Return the title of each source of series."""
    version = dataset_state.version(site().engine).number
    found: Mapping[str, Label] = site().figures.at(version, "source-titles", lambda: overview.source_titles(site().engine))
    return found


def known_on(query: SeriesQuery) -> str:
    """Return the day on which the releases of a page were known, as text; empty for the latest ones."""
    return query.as_of.isoformat() if query.as_of else ""


def _texts() -> dict[str, str]:
    return {
        "stage": gettext("Processing stage"),
        "index": gettext("Index"),
        "share": gettext("Share in per cent"),
        "hhiLow": gettext("HHI, other countries as many"),
        "hhiHigh": gettext("HHI, other countries as one"),
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
