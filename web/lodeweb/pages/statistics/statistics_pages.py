"""The pages of commodities: one for each, the world first, then the reader's country."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from lodebase.history import dataset_state
from lodebase.series import national_figures, overview
from lodebase.series.balances import YearBalance, compute_year_balances
from lodebase.series.national_figures import YearFigures
from lodebase.series.overview import LatestShares
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.commodities import PriceNow, find_prices
from lodebase.topics.stats.prices import UNSTATED
from lodebase.topics.stats.publishers import DifferencesParameters, FigureDifference, find_differences
from lodebase.topics.stats.series_parameters import CommodityParameters
from lodedata.figures.national_output import load_output_stages
from lodedata.messages import join_facts
from lodedata.statistics import derived
from lodedata.statistics.series import WORLD, find_term, label, stage_label
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import collect_operation_services
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation import responses
from lodeweb.i18n import quantities
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.i18n.numbers import number, write_hhi
from lodeweb.pages.records.head_figures import HeadFigure
from lodeweb.pages.statistics import charts

blueprint = Blueprint("statistics_pages", __name__)
CHINA = "CHN"
STAGES_FIRST = ("refinery", "smelter", "mine")


@dataclass(slots=True)
class CommodityCharts:
    """The charts of a commodity in the order of its page: of the world, of the reader's country, and further ones."""

    world: list[dict[str, Any]] = field(default_factory=list)
    country: list[dict[str, Any]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)
    last: YearFigures | None = None
    """The year that the page opens on."""
    cited: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _CommodityFacts:
    """What the charts of a page are of: the commodity, the reader's country, the stage and source, and what is known."""

    commodity: str
    area: str
    chosen: overview.Production | None
    latest: tuple[LatestShares, ...]
    differences: tuple[FigureDifference, ...]
    prices: tuple[PriceNow, ...]


@blueprint.get("/statistics/<commodity>")
def show_commodity(commodity: str) -> Response:
    """Return the page of a commodity: shares, concentration, reserves, prices, capacity and recycled metal."""
    query_parameters.check_general_parameters(request.args, extra=CommodityParameters.names())
    parameters = CommodityParameters.parse(request.args)
    query = SeriesQuery(as_of=parameters.as_of)
    term = find_term("commodity", commodity) or abort(404)
    productions = overview.read_productions(get_site().engine, term.code)
    latest = overview.compute_latest_shares(get_site().engine, query.as_of, term.code)
    with_shares = {(latest_shares.stage, latest_shares.source) for latest_shares in latest}
    chosen = _choose_production(productions, with_shares, parameters)
    area = parameters.area or CHINA
    differences = _find_differences(term.code, chosen, area, query)
    prices = find_prices(get_site().engine, (term.code,), query.as_of)
    drawn = _build_commodity_charts(_CommodityFacts(term.code, area, chosen, latest, differences, prices), query)
    html = render_template(
        "statistics/commodity.html",
        **_build_shared(query),
        mass=lambda tonnes: quantities.format_mass(tonnes, get_language()),
        commodity=term.code,
        name=term.label(get_language()),
        chosen=chosen,
        area=area,
        stages=list(dict.fromkeys(production.stage for production in productions)),
        sources=[production for production in productions if chosen is not None and production.stage == chosen.stage],
        areas=_list_areas(term.code, chosen, query),
        drawn=drawn,
        titles=charts.list_series_titles(),
        head=_list_head_figures(chosen, drawn.last, prices),
        recycled=national_figures.compute_recycled_shares(get_site().engine, term.code, area, query.as_of),
        recycled_formula=translate_message(derived.RECYCLED_FORMULA),
        differences=differences,
        balanced=_read_balances(term.code, chosen, area, query),
        balance_formulas=[translate_message(formula) for formula in (derived.CONSUMPTION_FORMULA, derived.RELIANCE_FORMULA)],
        as_of=charts.format_known_day(query),
        drawing=charts.write_drawing_data([*drawn.world, *drawn.country, *drawn.more]),
    )
    return responses.build_page_response(html, dataset_state.read_version(get_site().engine).number)


def _find_differences(
    commodity: str, chosen: overview.Production | None, area: str, query: SeriesQuery
) -> tuple[FigureDifference, ...]:
    """Return the years for which publishers differ on the production of an area."""
    if chosen is None:
        return ()
    parameters = {"commodity": commodity, "stage": chosen.stage, "area": area, "as_of": charts.format_known_day(query)}
    return find_differences(collect_operation_services(), DifferencesParameters.parse(parameters)).differences


def _list_head_figures(
    chosen: overview.Production | None, last: YearFigures | None, prices: Sequence[PriceNow]
) -> list[HeadFigure]:
    """Return the figures at the head of the page: world output, the leading country, concentration, and the price."""
    lang, head_figures = get_language(), []
    if chosen is not None and last is not None and last.concentration is not None:
        shares = last.concentration
        output = shares.total if last.printed_total is None else last.printed_total
        area, share = shares.shares[0]
        where = join_facts((stage_label(chosen.commodity, chosen.stage, lang), last.year), lang)
        head_figures.append(HeadFigure(gettext("World output"), quantities.format_mass(output, lang), where))
        head_figures.append(HeadFigure(label("area", area, lang), f"{number(share, 3)} %", gettext("of world output")))
        three = gettext("the three largest: %(share)s %%", share=number(shares.top_three, 3))
        head_figures.append(HeadFigure(gettext("Concentration (HHI)"), write_hhi(shares.hhi_low, shares.hhi_high), three))
    for price in prices:
        change = ""
        if price.change_percent is not None:
            sign = "+" if price.change_percent > 0 else ""
            change = gettext("%(percent)s %% on a year earlier", percent=f"{sign}{number(price.change_percent, 3)}")
        unstated = gettext("unit and specification not stated") if price.unit == UNSTATED else ""
        amount = number(price.price, 5)
        text = gettext("%(amount)s US dollars", amount=amount) if unstated else f"{amount} {label('unit', price.unit, lang)}"
        head_figures.append(
            HeadFigure(gettext("Price"), text, join_facts(filter(None, (unstated, price.period, change)), lang))
        )
    return head_figures


def _read_balances(
    commodity: str, chosen: overview.Production | None, area: str, query: SeriesQuery
) -> tuple[YearBalance, ...]:
    """Return the balances of an area whose trade is known in any year, else none."""
    if chosen is None:
        return ()
    year_balances = compute_year_balances(get_site().engine, commodity, chosen.stage, area, query.as_of)
    return year_balances if any({"imports", "exports"} & set(year_balance.inputs) for year_balance in year_balances) else ()


def _choose_production(
    productions: tuple[overview.Production, ...], latest: set[tuple[str, str]], parameters: CommodityParameters
) -> overview.Production | None:
    """Return the stage and source of the parameters, by default the last stage of processing.

    The default source is the one of the overview, among ``latest``; without one, the most complete source.
    """
    stage, source = parameters.stage, parameters.source
    stages = [stage] if stage else [*STAGES_FIRST, *(production.stage for production in productions)]
    for wanted in stages:
        of_stage = [
            production for production in productions if production.stage == wanted and source in (None, production.source)
        ]
        if not stage:
            of_stage = [production for production in of_stage if production.areas > 1] or []
        if of_stage:
            return next((production for production in of_stage if (production.stage, production.source) in latest), of_stage[0])
    return productions[0] if productions else None


def _build_commodity_charts(facts: _CommodityFacts, query: SeriesQuery) -> CommodityCharts:
    day, commodity, area, chosen = charts.format_known_day(query), facts.commodity, facts.area, facts.chosen
    commodity_charts = CommodityCharts()
    if chosen is not None:
        of_source = {"source": (chosen.source,), "commodity": (commodity,), "stage": (chosen.stage,)}
        rows = find_observations(get_site().engine, SeriesQuery({**of_source, **overview.ANNUAL}, as_of=query.as_of)).rows
        commodity_charts.cited = overview.read_observation_citations(get_site().engine, rows)
        citation = "; ".join(cited_source["citation"] for cited_source in commodity_charts.cited)
        picked = {"commodity": commodity, "stage": chosen.stage, "source": chosen.source, "as_of": day}
        commodity_charts.last = overview.find_last_shared_year(rows)
        if commodity_charts.last is not None:
            commodity_charts.world += charts.build_production_charts(picked, commodity_charts.last, citation)
            commodity_charts.world.append(charts.build_world_chart(picked, commodity_charts.last, citation))
        if len(facts.latest) > 1:
            commodity_charts.world.insert(2, charts.build_stages_chart(commodity, facts.latest))
        share = charts.share_chart(picked, area, national_figures.collect_year_figures(rows), citation)
        commodity_charts.country += [share] if share is not None else []
        commodity_charts.country.append(charts.build_sources_chart(picked, area, rows, facts.differences))
        if (commodity, chosen.stage) in load_output_stages():
            areas = list(dict.fromkeys((*charts.COVERED[:1], area, *charts.COVERED)))
            world = national_figures.compare_coverage(get_site().engine, commodity, chosen.stage, WORLD, query.as_of)
            commodity_charts.more.append(
                charts.build_capacity_chart(commodity, chosen.stage, areas, world, commodity_charts.last, day)
            )
    held = national_figures.list_reserves(get_site().engine, commodity, query.as_of)
    commodity_charts.more.append(charts.build_reserves_chart(commodity, held, day))
    commodity_charts.more.append(charts.build_price_chart(commodity, facts.prices, day))
    return commodity_charts


def _list_areas(commodity: str, chosen: overview.Production | None, query: SeriesQuery) -> list[str]:
    """Return the areas to choose from, sorted by their label."""
    if chosen is None:
        return [CHINA]
    filters = {**overview.ANNUAL, "commodity": (commodity,), "stage": (chosen.stage,), "source": (chosen.source,)}
    rows = find_observations(get_site().engine, SeriesQuery(filters, as_of=query.as_of)).rows
    return sorted({row["area"] for row in rows if row["area"] in load_vocabulary("country")}, key=_label_area)


def _label_area(code: str) -> str:
    return label("area", code, get_language())


def _build_shared(query: SeriesQuery) -> dict[str, Any]:
    return {
        "label": lambda dimension, code: label(dimension, code, get_language()),
        "stage_label": lambda of, stage: stage_label(of, stage, get_language()),
        "statuses": {term.code: term.label(get_language()) for term in load_vocabulary("observation-status")},
        "today": datetime.now(UTC).date().isoformat(),
        "hhi_formula": translate_message(derived.HHI_FORMULA),
        "share_formula": translate_message(derived.SHARE_FORMULA),
    }
