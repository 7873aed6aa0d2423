"""What the pages of statistics show besides the results: figures in the units of the language, links, plan targets."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.query.reading import open_reading
from lodebase.series import national_figures, overview
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.areas import AreaFigure, AreaReport
from lodebase.topics.stats.commodities import CommodityFigures, CommodityOverview, OverviewParameters
from lodebase.topics.stats.league import LeagueTable
from lodebase.topics.stats.operations import AREA, LEAGUE, OVERVIEW, PACKAGE, PIPELINE, PRICES, SERIES, SUPPLY_WITHOUT, ZIP
from lodebase.topics.stats.prices import Prices
from lodebase.topics.stats.series import SeriesOfQuery, describe_flags
from lodebase.topics.stats.supply import Pipeline, SupplyWithout
from lodedata.messages import Label, join_facts
from lodedata.statistics.leagues import list_leagues
from lodedata.statistics.series import label, stage_label
from lodedata.statistics.targets import Progress
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation, add_links
from lodeweb.http.database import get_site
from lodeweb.http.declared import find_request_operation
from lodeweb.i18n import quantities
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.numbers import number, write_hhi
from lodeweb.pages.records.head_figures import HeadFigure
from lodeweb.pages.statistics import charts

CHINA = "CHN"
MAX_COMPANIES = 50
"""The companies that a page lists; the files have all."""
MAX_RANKS = 4
"""The figures at the head of a country's page."""


def list_figure_functions() -> Mapping[str, Any]:
    """Return the functions that templates write figures of statistics with."""
    return {
        "mass": lambda tonnes: quantities.format_mass(tonnes, get_language()),
        "amount": lambda tpa: gettext("%(amount)s/a", amount=quantities.format_mass(tpa, get_language())),
        "hhi": write_hhi,
        "data_address": build_data_address,
        "label": lambda dimension, code: label(dimension, code, get_language()),
        "as_of": request.args.get("as_of", ""),
        "today": datetime.now(UTC).date().isoformat(),
    }


def describe_commodities(result: CommodityOverview) -> Mapping[str, Any]:
    """Return the links of the rows, the countries among the leaders, and the progress of plan targets."""
    progress = get_site().figures.at(
        result.dataset_version, ("targets", day := find_release_day()), lambda: _read_progress(day)
    )
    areas = {
        share.area: share.label.in_language(get_language()) for commodity in result.commodities for share in commodity.leaders
    }
    return {
        **list_figure_functions(),
        "progress": progress,
        "leagues": list_leagues().values(),
        "statuses": {term.code: term.label(get_language()) for term in load_vocabulary("observation-status")},
        "areas": sorted({**areas, CHINA: label("area", CHINA, get_language())}.items(), key=lambda pair: pair[1]),
        "detail": build_detail_address,
        "source_titles": _list_titles(progress),
        "editions": _number_editions(result),
    }


def _number_editions(result: CommodityOverview) -> Mapping[tuple[Label, str], int]:
    """Return the number of each edition that the rows are from, by its title and release."""
    listed = dict.fromkeys((commodity.source_title, commodity.release) for commodity in result.commodities)
    return {edition: number for number, edition in enumerate(listed, 1)}


def _list_titles(progress: Sequence[Progress]) -> Mapping[str, Label]:
    """Return the titles of the data sets that the figures of targets are from."""
    names = {figure.source for progress in progress for figure in progress.figures}
    with open_reading(get_site().engine, "one") as connection:
        return {
            row["name"]: Label(row["title_en"], row["title_zh"]) for row in overview.read_dataset_citations(connection, names)
        }


def _read_progress(day: date | None) -> tuple[Progress, ...]:
    return national_figures.read_target_progress(get_site().engine, day)[1]


def find_release_day() -> date | None:
    """Return the day on which releases were known, None for the latest ones."""
    return OverviewParameters.parse({"as_of": request.args.get("as_of", "")}).day


def build_detail_address(commodity_figures: CommodityFigures) -> str:
    """Return the address of the page of a commodity, on the edition of a row and its day."""
    chosen = {"stage": commodity_figures.stage, "source": commodity_figures.source}
    if day := request.args.get("as_of"):
        chosen["as_of"] = day
    return f"/statistics/{commodity_figures.commodity}?{urlencode(chosen)}"


def build_data_address(form: str) -> str:
    """Return the address of the result of this page in a format."""
    operation = find_request_operation()
    assert operation is not None
    arguments = {**request.args, **(request.view_args or {})}
    named = {name: value for name, value in arguments.items() if name in operation.parameters.names()}
    return f"{operation.path}?{urlencode({**named, 'f': form})}"


def describe_product(_result: LeagueTable | Pipeline) -> Mapping[str, Any]:
    """Return the products to choose from, and how capacities are written."""
    return {**list_figure_functions(), "leagues": list_leagues().values(), "most": MAX_COMPANIES}


def describe_area(result: AreaReport) -> Mapping[str, Any]:
    """Return the latest observation of each series of a country with its growth, and charts of its production."""
    query = SeriesQuery({"area": (result.area,), "freq": ("A",)}, as_of=find_release_day())
    rows = find_observations(get_site().engine, query).rows
    latest = overview.select_latest_by_series(rows)
    titles = {
        citation["name"]: Label(citation["title_en"], citation["title_zh"])
        for citation in overview.read_observation_citations(get_site().engine, latest)
    }
    drawn = charts.build_area_charts(result.area, latest, rows, charts.format_known_day(query))
    return {
        **list_figure_functions(),
        "head": list(_find_best_ranks(result)),
        "series": [_build_series_line(row, rows, titles) for row in latest],
        "charts": drawn,
        "drawing": charts.write_drawing_data(drawn),
    }


def _find_best_ranks(result: AreaReport) -> Iterator[HeadFigure]:
    """Yield the figures for which a country ranks highest, of each commodity one."""
    ranked = [figure for figure in result.figures if figure.share_percent]
    best: dict[str, AreaFigure] = {}
    for area_figure in sorted(ranked, key=lambda figure: (figure.rank, -(figure.share_percent or 0))):
        best.setdefault(area_figure.commodity, area_figure)
    for area_figure in list(best.values())[:MAX_RANKS]:
        what = area_figure.indicator_label if area_figure.indicator == "reserves" else area_figure.stage_label
        rank = gettext("rank %(rank)s of %(countries)s countries", rank=area_figure.rank, countries=area_figure.of_countries)
        title = f"{area_figure.label.in_language(get_language())} · {what.in_language(get_language())}"
        share = gettext("%(share)s %% of the world", share=number(area_figure.share_percent or 0, 3))
        yield HeadFigure(title, share, join_facts([rank, area_figure.year], get_language()))


def _build_series_line(
    row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], titles: Mapping[str, Label]
) -> Mapping[str, Any]:
    if row["base_unit"] == "t" and row["base_value"] is not None:
        printed = f"{row['bound'] or ''} {quantities.format_mass(row['base_value'], get_language())}".strip()
    else:
        # the Chinese term for per cent does not follow a number
        is_sign = (row["unit"], get_language()) == ("percent", "zh")
        printed = f"{row['value_raw']} {'%' if is_sign else label('unit', row['unit'], get_language())}"
    return {
        "commodity": row["commodity"],
        "title": title_series(row),
        "period": row["period"],
        "printed": printed,
        "growth": charts.compute_annual_growth(row, rows),
        "flags": describe_flags(row)[f"flags_{get_language()}"],
        "source": titles[row["data_set"]],
        "release": row["release"],
    }


def describe_supply(_result: SupplyWithout | None) -> Mapping[str, Any]:
    """Return the choices of the form."""
    stages = [term for term in load_vocabulary("processing-stage") if term.code not in ("all", "market")]
    commodities = [term for term in load_vocabulary("commodity") if term.extra["scope"] == "in"]
    return {
        **list_figure_functions(),
        "commodities": [(term.code, term.label(get_language())) for term in commodities],
        "stages": [(term.code, term.label(get_language())) for term in stages],
        "titles": charts.list_series_titles(),
    }


def describe_prices(result: Prices) -> Mapping[str, Any]:
    """Return the chart of the series on one index; without a year of the index there is none, as units differ."""
    drawn = charts.index_chart(result, build_data_address("json")) if result.index_year and result.series else None
    listed = [] if drawn is None else [drawn]
    priced = {series.commodity: series.label.in_language(get_language()) for series in result.series}
    return {
        **list_figure_functions(),
        "charts": listed,
        "drawing": charts.write_drawing_data(listed),
        "priced": list(priced.items()),
    }


def add_titles(query: SeriesOfQuery) -> dict[str, Any]:
    """Return the data of series, each with its title in the language of the request."""
    return {**add_links(query), "series": [{**series, "title": title_series(series)} for series in query.series]}


def title_series(key: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the title of a series: area, indicator, commodity and stage in the language of the page."""
    lang = lang or get_language()
    area, commodity, indicator = (label(name, key[name], lang) for name in ("area", "commodity", "indicator"))
    parts = [area, commodity, stage_label(key["commodity"], key["stage"], lang), indicator]
    if key["transformation"] != "level":
        parts.append(label("transformation", key["transformation"], lang))
    return " · ".join(parts)


PRESENTATIONS = {
    SERIES: Presentation(data=add_titles),
    PACKAGE: Presentation(writers={ZIP: lambda packed: packed.stream}),
    PRICES: Presentation(describe_prices),
    OVERVIEW: Presentation(describe_commodities),
    LEAGUE: Presentation(describe_product),
    PIPELINE: Presentation(describe_product),
    AREA: Presentation(describe_area),
    SUPPLY_WITHOUT: Presentation(describe_supply),
}
