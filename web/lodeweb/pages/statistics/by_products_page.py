"""The page of metals contained in the ore of another: totals by class and type of ore, a map, deposits, low-grade ore."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.statistics.by_products import ByProducts, HostDeposit
from lodedata.figures.by_products import FORMULA, MODELS
from lodedata.vocab import vocabulary
from lodeweb.api.by_products import NOT_ADDED, PARAMETERS, find_pairs, low_grade
from lodeweb.api.features import query_parameters
from lodeweb.http.representation.links import record_address
from lodeweb.http.representation.responses import page_response
from lodeweb.i18n import labels
from lodeweb.i18n.language import language, translated
from lodeweb.pages.map import points_map
from lodeweb.pages.map.points_map import MapPoint

blueprint = Blueprint("by_products_page", __name__)
MOST_LISTED = 50
WITH_FIGURE, WITHOUT = "--chart-accent", "--chart-quiet"


@blueprint.get("/by-products")
def page() -> Response:
    """Return the page of a pair: totals by class and type of ore, a map and the deposits with the most metal."""
    query_parameters.general(request.args, PARAMETERS)
    found, chosen = find_pairs()
    html = render_template(
        "statistics/by_products.html",
        **{"pairs": found, "chosen": chosen, "listed": chosen.deposits[:MOST_LISTED]},
        **{"formula": translated(FORMULA), "note": translated(NOT_ADDED), "low_grade": list(low_grade())},
        category=lambda code: labels.estimate_category(code, language()),
        commodity=lambda code: labels.commodity(code, language()),
        country=lambda code: vocabulary("country")[code].label(language()),
        ore_type=_ore_type,
        **{"record_name": _name, "href": _href},
        map_settings=points_map.settings(_points(chosen)),
        legend=[(WITH_FIGURE, gettext("with a figure")), (WITHOUT, gettext("no figure"))],
    )
    return page_response(html, chosen.dataset_version)


def _name(one: HostDeposit) -> str:
    return labels.record_name({"name_en": one.name_en, "name_zh": one.name_zh}, one.id)


def _href(one: HostDeposit) -> str:
    return record_address(one.id)


def _ore_type(code: str | None) -> str:
    return gettext("not known") if code is None else vocabulary(MODELS)[code].label(language())


def _points(chosen: ByProducts) -> Iterator[MapPoint]:
    # the deposits with the most metal are drawn last, above the others
    for one in reversed(chosen.deposits):
        if one.lon is None or one.lat is None:
            continue
        largest = one.largest
        figure = gettext("no figure") if largest is None else f"{largest.metal_t:,.0f} t"
        fill = WITHOUT if largest is None else WITH_FIGURE
        yield MapPoint(one.lon, one.lat, " · ".join((_name(one), _ore_type(one.ore_type), figure)), fill, _href(one))
