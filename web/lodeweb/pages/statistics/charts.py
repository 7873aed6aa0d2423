"""The charts of a page of statistics: their kinds, addresses, files and citations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lodebase.history import dataset_state
from lodebase.series import overview
from lodebase.series.national_figures import NationalCoverage, YearFigures
from lodebase.series.overview import LatestShares
from lodebase.series.series_query import SeriesQuery
from lodebase.topics.stats.commodities import PriceNow
from lodebase.topics.stats.prices import Prices
from lodebase.topics.stats.publishers import FigureDifference
from lodedata.messages import Label, join_facts, join_texts
from lodedata.statistics import derived
from lodedata.statistics.series import WORLD, label, stage_label
from lodedata.statistics.totals import TOTALS
from lodedata.vocab import load_vocabulary
from lodeweb.http.database import get_site
from lodeweb.i18n import quantities
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.i18n.numbers import number
from lodeweb.pages import chart_data
from lodeweb.pages.embedded import embed_json

ROOT = "/api/statistics"
MAX_CHARTS = 4
"""The charts of production on the page of an area."""
LISTED_SHARES = 5
"""The countries of a stage that have a part of their own; all others are one."""
COVERED = (WORLD, "CHN", "CHL", "PER", "COD", "IDN", "AUS", "IND", "RUS", "USA")
"""Areas whose capacity in Lode is next to their output."""


def build_production_charts(chosen: Mapping[str, str], figures: YearFigures, citation: str) -> Iterable[dict[str, Any]]:
    """Yield the shares of all countries by year, its finding as title, and the index of concentration by year."""
    concentration, lang = figures.concentration, get_language()
    assert concentration is not None
    filters = _list_filters(chosen)
    what = {
        "commodity": label("commodity", chosen["commodity"], lang),
        "stage": stage_label(chosen["commodity"], chosen["stage"], lang),
    }
    area, share = concentration.shares[0]
    withheld = [label("area", code, lang) for code in concentration.withheld]
    shown = {
        "citation": citation,
        "files": _link_production_files(filters),
        "url": f"{ROOT}/concentration?{urlencode(filters)}",
    }
    yield {
        "id": "production",
        "kind": "shares",
        **shown,
        "withheld": join_texts(withheld, lang),
        "title": gettext(
            "%(area)s: %(share)s %% of world output in %(year)s, %(commodity)s (%(stage)s)",
            **{"area": label("area", area, lang), "share": number(share, 3), "year": figures.year, **what},
        ),
    }
    yield {
        "id": "hhi",
        "kind": "concentration",
        **shown,
        "title": gettext(
            "Concentration by country (HHI): %(points)s points in %(year)s, %(commodity)s (%(stage)s)",
            **{"points": f"{concentration.hhi_low:,.0f}", "year": figures.year, **what},
        ),
    }


def share_chart(chosen: Mapping[str, str], area: str, rows: Sequence[YearFigures], citation: str) -> dict[str, Any] | None:
    """Return the share of an area by year, its last one in the title; None for an area without a figure."""
    lang = get_language()
    yearly_shares = [
        (row.year, dict(row.concentration.shares)[area])
        for row in rows
        if row.concentration is not None and area in dict(row.concentration.shares)
    ]
    if not yearly_shares:
        return None
    filters = _list_filters(chosen)
    return {
        "id": "share",
        "kind": "share-line",
        "area": area,
        "citation": citation,
        "files": _link_production_files(filters),
        "title": gettext(
            "%(area)s: %(share)s %% of world output in %(last)s, %(commodity)s (%(stage)s), %(first)s to %(last)s",
            area=label("area", area, lang),
            share=number(yearly_shares[-1][1], 3),
            commodity=label("commodity", chosen["commodity"], lang),
            stage=stage_label(chosen["commodity"], chosen["stage"], lang),
            first=yearly_shares[0][0],
            last=yearly_shares[-1][0],
        ),
        "url": f"{ROOT}/concentration?{urlencode(filters)}",
    }


def build_stages_chart(commodity: str, latest: Sequence[LatestShares]) -> dict[str, Any]:
    """Return the shares of countries in each stage, side by side: the largest of each, and all others as one."""
    lang = get_language()
    leaders = [
        f"{stage_label(commodity, latest_shares.stage, lang)} {label('area', area, lang)} {number(share, 3)} %"
        for latest_shares in latest
        if latest_shares.figures.concentration is not None
        for area, share in latest_shares.figures.concentration.shares[:1]
    ]
    return {
        "id": "stages",
        "kind": "stages",
        "citation": "",
        "files": [],
        "title": gettext(
            "Largest shares of %(commodity)s by stage: %(leaders)s",
            commodity=label("commodity", commodity, lang),
            leaders=gettext("; ").join(leaders),
        ),
        "rows": [row for latest_shares in latest for row in _stage_rows(commodity, latest_shares)],
    }


def _stage_rows(commodity: str, latest_shares: LatestShares) -> Iterable[dict[str, Any]]:
    concentration, lang = latest_shares.figures.concentration, get_language()
    assert concentration is not None
    listed = concentration.shares[:LISTED_SHARES]
    stage = f"{stage_label(commodity, latest_shares.stage, lang)} {latest_shares.figures.year}"
    for area, share in listed:
        yield {
            "stage": stage,
            "area": area,
            "name": label("area", area, lang),
            "share": share,
            "source": translate_message(list_series_titles()[latest_shares.source]),
        }
    rest = 100 - sum(share for _, share in listed)
    yield {
        "stage": stage,
        "area": "rest",
        "name": gettext("Other countries"),
        "share": rest,
        "source": translate_message(list_series_titles()[latest_shares.source]),
    }


def _list_filters(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: chosen[name] for name in ("commodity", "stage", "source", "as_of") if chosen.get(name)}


def _link_production_files(filters: Mapping[str, str]) -> list[dict[str, str]]:
    return link_observation_files({**filters, "indicator": "production", "freq": "A"})


def build_world_chart(what: Mapping[str, str], figures: YearFigures, citation: str) -> dict[str, Any]:
    """Return the map of shares in one year: circles without borders, the largest share first."""
    lang, countries = get_language(), load_vocabulary("country")
    assert figures.concentration is not None
    producing = sum(share > 0 for area, share in figures.concentration.shares if area in countries)
    return {
        "id": "world",
        "kind": "world",
        "citation": citation,
        "files": [],
        "title": gettext(
            "%(number)s countries or areas produced %(commodity)s (%(stage)s) in %(year)s, the three largest %(share)s %%",
            number=producing,
            year=figures.year,
            commodity=label("commodity", what["commodity"], lang),
            stage=stage_label(what["commodity"], what["stage"], lang),
            share=number(figures.concentration.top_three, 3),
        ),
        "rows": [
            {"name": label("area", area, lang), "m49": countries[area].extra["m49"], "share": share}
            for area, share in figures.concentration.shares
            if area in countries
        ],
    }


def build_lines_chart(chart: str, title: str, filters: Mapping[str, str], citation: str = "") -> dict[str, Any]:
    """Return a chart of observations as lines, one for each source."""
    parameters = {name: value for name, value in filters.items() if value}
    return {
        "id": chart,
        "kind": "lines",
        "title": title,
        "citation": citation,
        "files": link_observation_files(parameters),
        "url": f"{ROOT}/observations?{urlencode(parameters)}",
    }


def build_area_charts(
    area: str, latest: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], day: str
) -> list[dict[str, Any]]:
    """Return the production of an area over time, a chart for each of its first stages, with its latest figure as title."""
    produced: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in latest:
        if (row["indicator"], row["transformation"]) == ("production", "level") and row["base_value"] is not None:
            before = produced.setdefault((row["commodity"], row["stage"]), row)
            if row["period"] > before["period"]:
                produced[row["commodity"], row["stage"]] = row
    return [
        build_lines_chart(
            f"production-{n}",
            write_production_title(row, compute_annual_growth(row, rows)),
            {"commodity": commodity, "stage": stage, "area": area, "indicator": "production", "as_of": day}
            | {"transformation": "level", "freq": "A"},
        )
        for n, ((commodity, stage), row) in enumerate(list(produced.items())[:MAX_CHARTS])
    ]


def write_production_title(row: Mapping[str, Any], growth: float | None) -> str:
    """Return the finding of a chart of production: the amount of its latest year, and the growth where it is known."""
    lang = get_language()
    figure = gettext(
        "%(area)s: %(amount)s in %(year)s, %(commodity)s (%(stage)s)",
        area=label("area", row["area"], lang),
        amount=quantities.format_mass(row["base_value"], lang) if row["base_unit"] == "t" else row["value_raw"],
        year=row["period"],
        commodity=label("commodity", row["commodity"], lang),
        stage=stage_label(row["commodity"], row["stage"], lang),
    )
    if growth is None:
        return str(figure)
    change = gettext("%(percent)s %% on a year earlier", percent=f"{'+' if growth > 0 else ''}{number(growth, 3)}")
    return join_facts([str(figure), str(change)], lang)


def compute_annual_growth(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the growth in per cent of an annual level on the year before, computed within its own series."""
    same = ("source", "indicator", "commodity", "stage", "basis", "area", "transformation")
    year = str(int(row["period"]) - 1)
    before = [
        other_row for other_row in rows if other_row["period"] == year and all(other_row[name] == row[name] for name in same)
    ]
    if row["transformation"] != "level" or not before:
        return None
    return derived.compute_yearly_growth(row["base_value"], before[0]["base_value"]).low


def build_sources_chart(
    chosen: Mapping[str, str], area: str, rows: Sequence[Mapping[str, Any]], differences: Sequence[FigureDifference]
) -> dict[str, Any]:
    """Return the production of an area by source: what publishers differ by as title, else the latest figure."""
    filters = {"commodity": chosen["commodity"], "stage": chosen["stage"], "area": area, "indicator": "production"}
    lang = get_language()
    of_area = [row for row in rows if row["area"] == area and row["base_value"] is not None]
    if differences:
        title = gettext(
            "%(area)s: publishers differ by %(percent)s %% on %(year)s, %(commodity)s (%(stage)s)",
            area=label("area", area, lang),
            percent=number(differences[0].difference_percent, 3),
            year=differences[0].year,
            commodity=label("commodity", chosen["commodity"], lang),
            stage=stage_label(chosen["commodity"], chosen["stage"], lang),
        )
    elif of_area:
        title = write_production_title(of_area[-1], compute_annual_growth(of_area[-1], rows))
    else:
        title = gettext("%(area)s: production by source", area=label("area", area, lang))
    return build_lines_chart("sources", title, filters | {"as_of": chosen["as_of"], "transformation": "level", "freq": "A"})


def index_chart(result: Prices, url: str) -> dict[str, Any]:
    """Return the chart of prices on one index, 100 in the average of its year; the highest and the lowest are its title."""
    last = {
        series.label.in_language(get_language()): series.points[-1].index
        for series in result.series
        if series.points and series.points[-1].index is not None
    }
    ranked = sorted(last, key=lambda name: -(last[name] or 0))
    figures = [f"{name} {number(last[name] or 0, 3)}" for name in dict.fromkeys((*ranked[:1], *ranked[-1:]))]
    title = gettext("Prices on one index, nominal (average of %(year)s = 100)", year=result.index_year)
    if len(figures) > 1:
        title = gettext(
            "Highest and lowest now: %(highest)s, %(lowest)s; nominal prices, average of %(year)s = 100",
            highest=figures[0],
            lowest=figures[1],
            year=result.index_year,
        )
    return {"id": "index", "kind": "price-index", "title": title, "citation": "", "files": [], "url": url}


def build_reserves_chart(commodity: str, held: Sequence[Mapping[str, Any]], as_of: str) -> dict[str, Any]:
    """Return the chart of reserves and their ratio to production; the country that holds most is its title."""
    filters = {"commodity": commodity, **({"as_of": as_of} if as_of else {})}
    return {
        "id": "reserves",
        "kind": "reserves",
        "title": _write_reserves_title(held),
        "files": link_observation_files({**filters, "indicator": "reserves"}),
        "url": f"{ROOT}/reserves?{urlencode(filters)}",
    }


def _write_reserves_title(held: Sequence[Mapping[str, Any]]) -> str:
    largest = next((row for row in held if row["area"] in load_vocabulary("country")), None)
    if largest is None:
        return str(gettext("Reserves, and reserves ÷ production (R/P)"))
    parts = sum(row["base_value"] for row in held if row["source"] == largest["source"] and row["area"] not in TOTALS)
    share = {
        "area": label("area", largest["area"], get_language()),
        "share": number(100 * largest["base_value"] / parts, 3),
        "year": largest["period"],
    }
    if largest["ratio"] is None:
        return str(gettext("%(area)s holds %(share)s %% of reserves (%(year)s)", **share))
    years = f"{'> ' if largest['at_least'] else ''}{number(largest['ratio'], 3)}"
    return str(
        gettext("%(area)s holds %(share)s %% of reserves, %(years)s years of its output (%(year)s)", years=years, **share)
    )


def build_price_chart(commodity: str, prices: Sequence[PriceNow], as_of: str) -> dict[str, Any]:
    """Return the chart of prices by source; the latest price is its title."""
    title = "; ".join(describe_latest_price(price) for price in prices) or gettext("Prices")
    filters = {"commodity": commodity, "indicator": "price", "area": WORLD, "as_of": as_of}
    unstated = gettext("Where a source states no unit or specification (grade, form, market), the price says so.")
    unit = label("unit", prices[0].unit, get_language()) if prices else ""
    return build_lines_chart("price", title, filters) | {"citation": unstated, "unit": unit}


def describe_latest_price(price_now: PriceNow) -> str:
    """Return the latest price of a commodity in a sentence, with its change on a year earlier where that is known."""
    lang = get_language()
    text = gettext(
        "Price of %(commodity)s: %(price)s %(unit)s in %(period)s",
        commodity=label("commodity", price_now.commodity, lang),
        price=number(price_now.price, 5),
        unit=label("unit", price_now.unit, lang),
        period=price_now.period,
    )
    if price_now.change_percent is None:
        return str(text)
    sign = "+" if price_now.change_percent > 0 else ""
    return join_facts(
        [text, gettext("%(percent)s %% on a year earlier", percent=f"{sign}{number(price_now.change_percent, 3)}")], lang
    )


def build_capacity_chart(
    commodity: str, stage: str, areas: Sequence[str], world: NationalCoverage | None, last: YearFigures | None, as_of: str
) -> dict[str, Any]:
    """Return the chart of capacity in Lode next to output; what it is of the world's output is its title.

    The world's output is the sum of countries in the ``last`` year where no source prints a total.
    """
    title = gettext("Capacity in Lode next to national output")
    summed = None if last is None or last.concentration is None else last.concentration.total
    if world is not None and world.output is None and world.operating and last is not None and summed:
        title = gettext(
            "Operating capacity in Lode is %(percent)s %% of the world output of %(year)s",
            percent=number(100 * world.operating / summed, 3),
            year=last.year,
        )
    elif world is not None and world.coverage.low is not None:
        title = gettext(
            "Operating capacity in Lode is %(percent)s %% of the world output of %(year)s",
            percent=number(world.coverage.low, 3),
            year=world.year,
        )
    filters = {"commodity": commodity, "stage": stage, "area": ",".join(areas), **({"as_of": as_of} if as_of else {})}
    return {
        "id": "capacity",
        "kind": "capacity",
        "title": title,
        "files": [],
        "url": f"{ROOT}/coverage?{urlencode(filters)}",
    }


def link_observation_files(filters: Mapping[str, str]) -> list[dict[str, str]]:
    """Return links to the observations behind a chart, as files with all flags."""
    return [
        {"label": name, "url": f"{ROOT}/observations?{urlencode({**filters, 'f': form})}"}
        for name, form in (("XLSX", "xlsx"), ("SDMX-CSV", "sdmx-csv"), ("Parquet", "parquet"))
    ]


def write_drawing_data(charts: Sequence[Mapping[str, Any]]) -> str:
    """Return the data of a page's script."""
    content = chart_data.build_chart_content(charts)
    names = {code: translate_message(title) for code, title in list_series_titles().items()}
    return embed_json(content | {"texts": content["texts"] | _list_texts(), "sources": names})


def list_series_titles() -> Mapping[str, Label]:
    """Return the title of each source of series."""
    version = dataset_state.read_version(get_site().engine).number
    series_titles: Mapping[str, Label] = get_site().figures.at(
        version, "source-titles", lambda: overview.read_series_source_titles(get_site().engine)
    )
    return series_titles


def format_known_day(query: SeriesQuery) -> str:
    """Return the day on which the releases of a page were known, as text; empty for the latest ones."""
    return query.as_of.isoformat() if query.as_of else ""


def _list_texts() -> dict[str, str]:
    return {
        "stage": gettext("Processing stage"),
        "index": gettext("Index"),
        "share": gettext("Share in per cent"),
        "hhiLow": gettext("HHI, other countries as many"),
        "hhiHigh": gettext("HHI, other countries as one"),
        "hhi": gettext("HHI, 10,000 points at the top"),
        "hhiOf": gettext("HHI %(year)s: %(range)s (other countries as many, as one).", year="{year}", range="{range}"),
        "hhiAt": gettext("HHI %(year)s: %(value)s.", year="{year}", value="{value}"),
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
