"""The pages of statistics: an overview that begins with the targets of plans, a page per commodity and per area."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext

from lodebase.history import dataset_state
from lodebase.series import national_figures, overview
from lodebase.series.balances import YearBalance, balances
from lodebase.series.series_query import MOST_OBSERVATIONS, SeriesQuery, find_observations
from lodedata.figures.national_output import output_stages
from lodedata.statistics import derived
from lodedata.statistics.series import WORLD, find_term, label
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.statistics_data import flags, title
from lodeweb.api.statistics_parameters import read_query
from lodeweb.http.database import site
from lodeweb.http.representation import responses
from lodeweb.i18n.language import language, translated
from lodeweb.pages.statistics import charts

blueprint = Blueprint("statistics_pages", __name__)
CHINA = "CHN"
STAGES_FIRST = ("refinery", "smelter", "mine")
MOST_CHARTS = 4


@blueprint.get("/statistics")
def index() -> Response:
    """Return the overview: targets, latest shares of each commodity, and links to areas."""
    query_parameters.general(request.args, extra=("as_of",))
    query = read_query(request.args, MOST_OBSERVATIONS)
    version = dataset_state.version(site().engine).number
    found = site().figures.at(version, ("statistics", query.as_of), lambda: _overview(query))
    html = render_template("statistics/overview.html", **found, **_shared(query), as_of=charts.known_on(query))
    return responses.page_response(html, version)


def _overview(query: SeriesQuery) -> dict[str, Any]:
    _, progress = national_figures.target_progress(site().engine, query.as_of)
    latest = overview.latest_shares(site().engine, query.as_of)
    areas = sorted({area for one in latest if one.figures.concentration for area, _ in one.figures.concentration.leaders})
    return {"progress": progress, "latest": latest, "areas": [CHINA, *(area for area in areas if area != CHINA)]}


@blueprint.get("/statistics/<commodity>")
def of_commodity(commodity: str) -> Response:
    """Return the page of a commodity: shares, concentration, reserves, prices, capacity and recycled metal."""
    query_parameters.general(request.args, extra=("as_of", "stage", "source", "area"))
    query = read_query(request.args, MOST_OBSERVATIONS)
    term = find_term("commodity", commodity) or abort(404)
    known = overview.productions(site().engine, term.code)
    latest = {(one.stage, one.source) for one in overview.latest_shares(site().engine, query.as_of, term.code)}
    chosen = _chosen(known, latest)
    area = (query.filters.get("area") or (CHINA,))[0]
    drawn, cited = _commodity_charts(term.code, chosen, area, query)
    html = render_template(
        "statistics/commodity.html",
        **_shared(query),
        **{"commodity": term.code, "name": term.label(language()), "chosen": chosen, "area": area},
        stages=list(dict.fromkeys(one.stage for one in known)),
        sources=[one for one in known if chosen is not None and one.stage == chosen.stage],
        areas=_areas(term.code, chosen, query),
        charts=drawn,
        cited=cited,
        recycled=national_figures.recycled_shares(site().engine, term.code, area, query.as_of),
        recycled_formula=translated(derived.RECYCLED_FORMULA),
        balanced=_balances(term.code, chosen, area, query),
        balance_formulas=[translated(one) for one in (derived.CONSUMPTION_FORMULA, derived.RELIANCE_FORMULA)],
        as_of=charts.known_on(query),
        drawing=charts.drawing(drawn),
    )
    return responses.page_response(html, dataset_state.version(site().engine).number)


def _balances(commodity: str, chosen: overview.Production | None, area: str, query: SeriesQuery) -> tuple[YearBalance, ...]:
    """Return the balances of an area whose trade is known in any year, else none."""
    if chosen is None:
        return ()
    found = balances(site().engine, commodity, chosen.stage, area, query.as_of)
    return found if any({"imports", "exports"} & set(one.inputs) for one in found) else ()


def _chosen(known: tuple[overview.Production, ...], latest: set[tuple[str, str]]) -> overview.Production | None:
    """Return the stage and source of the request, by default the last stage of processing.

    The default source is the one of the overview, among ``latest``; without one, the most complete source.
    """
    stage, source = request.args.get("stage"), request.args.get("source")
    stages = [stage] if stage else [*STAGES_FIRST, *(one.stage for one in known)]
    for wanted in stages:
        of_stage = [one for one in known if one.stage == wanted and source in (None, "", one.source)]
        if not stage:
            of_stage = [one for one in of_stage if one.areas > 1] or []
        if of_stage:
            return next((one for one in of_stage if (one.stage, one.source) in latest), of_stage[0])
    return known[0] if known else None


def _commodity_charts(
    commodity: str, chosen: overview.Production | None, area: str, query: SeriesQuery
) -> tuple[list[dict[str, Any]], tuple[Any, ...]]:
    day = charts.known_on(query)
    drawn: list[dict[str, Any]] = []
    cited: tuple[Any, ...] = ()
    if chosen is not None:
        of_source = {"source": (chosen.source,), "commodity": (commodity,), "stage": (chosen.stage,)}
        rows = find_observations(site().engine, SeriesQuery({**of_source, **overview.ANNUAL}, as_of=query.as_of)).rows
        cited = overview.citations(site().engine, rows)
        citation = "; ".join(one["citation"] for one in cited)
        picked = {"commodity": commodity, "stage": chosen.stage, "source": chosen.source, "as_of": day}
        drawn += charts.share_charts(picked, area, (str(chosen.first), str(chosen.last)), citation)
        last = overview.last_shared_year(rows)
        if last is not None:
            drawn.append(charts.world_chart(picked, last, citation))
        drawn.append(
            charts.lines_chart(
                "sources",
                gettext("%(area)s: production by source", area=label("area", area, language())),
                {"commodity": commodity, "stage": chosen.stage, "area": area, "indicator": "production", "as_of": day}
                | {"transformation": "level", "freq": "A"},
            )
        )
        if (commodity, chosen.stage) in output_stages():
            areas = list(dict.fromkeys((*charts.COVERED[:1], area, *charts.COVERED)))
            drawn.append(charts.capacity_chart(commodity, chosen.stage, areas, day))
    drawn.append(charts.reserves_chart(commodity, day))
    price = {"commodity": commodity, "indicator": "price", "area": WORLD, "as_of": day}
    unstated = gettext("Where a source states no unit or specification (grade, form, market), the price says so.")
    drawn.append(charts.lines_chart("price", gettext("Prices"), price) | {"citation": unstated})
    return drawn, cited


def _areas(commodity: str, chosen: overview.Production | None, query: SeriesQuery) -> list[str]:
    """Return the areas to choose from, sorted by their label."""
    if chosen is None:
        return [CHINA]
    filters = {**overview.ANNUAL, "commodity": (commodity,), "stage": (chosen.stage,), "source": (chosen.source,)}
    rows = find_observations(site().engine, SeriesQuery(filters, as_of=query.as_of)).rows
    return sorted({row["area"] for row in rows if row["area"] in vocabulary("country")}, key=_area_label)


@blueprint.get("/statistics/areas/<area>")
def of_area(area: str) -> Response:
    """Return the page of an area: its latest figures by series, with growth, and its production over time."""
    query_parameters.general(request.args, extra=("as_of",))
    query = read_query(request.args, MOST_OBSERVATIONS)
    term = find_term("area", area) or abort(404)
    filters = {"area": (term.code,), "freq": ("A",)}
    rows = find_observations(site().engine, SeriesQuery(filters, as_of=query.as_of)).rows
    latest = overview.latest_by_series(rows)
    day = charts.known_on(query)
    produced = list(
        dict.fromkeys(
            (r["commodity"], r["stage"]) for r in latest if (r["indicator"], r["transformation"]) == ("production", "level")
        )
    )
    drawn = [
        charts.lines_chart(
            f"production-{n}",
            f"{label('commodity', commodity, language())} · {label('stage', stage, language())}",
            {"commodity": commodity, "stage": stage, "area": term.code, "indicator": "production", "as_of": day}
            | {"transformation": "level", "freq": "A"},
        )
        for n, (commodity, stage) in enumerate(produced[:MOST_CHARTS])
    ]
    html = render_template(
        "statistics/area.html",
        **_shared(query),
        **{"area": term.code, "name": term.label(language()), "charts": drawn, "drawing": charts.drawing(drawn)},
        rows=[{**row, "title": title(row), "flags": flags(row)[f"flags_{language()}"]} for row in latest],
        growth=[_growth(row, rows) for row in latest],
        cited=overview.citations(site().engine, latest),
        as_of=day,
    )
    return responses.page_response(html, dataset_state.version(site().engine).number)


def _growth(row: Any, rows: Any) -> float | None:
    """Return the growth of an annual level on the year before, computed within its own series."""
    before = [
        one for one in rows
        if one["source"] == row["source"] and one["period"] == str(int(row["period"]) - 1)
        and all(one[name] == row[name] for name in ("indicator", "commodity", "stage", "basis", "transformation"))
    ]  # fmt: skip
    if row["transformation"] != "level" or not before:
        return None
    return derived.growth(row["base_value"], before[0]["base_value"]).low


def _area_label(code: str) -> str:
    return label("area", code, language())


def _shared(query: SeriesQuery) -> dict[str, Any]:
    return {
        "label": lambda dimension, code: label(dimension, code, language()),
        "statuses": {term.code: term.label(language()) for term in vocabulary("observation-status")},
        "today": datetime.now(UTC).date().isoformat(),
        "hhi_formula": translated(derived.HHI_FORMULA),
        "share_formula": translated(derived.SHARE_FORMULA),
    }
