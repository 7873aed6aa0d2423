"""The page of several sites for one plant: a form that works without a script, and the table of its sites."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request

from lodebase.field_types import parse_version
from lodebase.layout.reports.site_ranking import CRITERIA
from lodebase.operations.formats import CSV
from lodebase.topics.layout.operations import SITES
from lodebase.topics.layout.sites import (
    MAX_SITES,
    PLANT_FIELDS,
    WEIGHT_PREFIX,
    SiteRanking,
    count_sites,
    examine_sites,
)
from lodebase.topics.layout.sites import SITES as SITES_FIELD
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Message, msg
from lodeweb.adapter.responses import AnyOperation, Presentation, build_result_response, collect_operation_services
from lodeweb.http.access.rate_limits import declare_request_cost
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.http.representation.links import change_address
from lodeweb.pages.map.points_map import MapPoint, write_points_settings
from lodeweb.topics.layout.form import TITLES

blueprint = DeclaredBlueprint("layout_sites", __name__, kind="layout")
TEMPLATE = "layout/sites.html"


@blueprint.get("/layout/sites")
@declare_request_cost(lambda: count_sites(request.args))
def show_sites() -> Response:
    """Return the form, and the table of its sites or what is wrong; with ``f=csv`` the table as a file."""
    ranking = examine_sites(collect_operation_services(), request.args, parse_version(request.args.get("version")))
    if request.args.get("f") == CSV.name and not ranking.wrong:
        return build_result_response(SITES, ranking, CSV, TEMPLATE, PRESENTATIONS[SITES])
    html = render_template(TEMPLATE, given=request.args, **describe_sites(ranking))
    return Response(html, 400 if ranking.wrong else 200, mimetype="text/html")


def describe_sites(ranking: SiteRanking) -> Mapping[str, Any]:
    """Return the choices and titles of the form, the map of the sites, and the address of the file."""
    points = [MapPoint(site.lon, site.lat, f"{site.rank}. {site.site}", "--chart-accent") for site in ranking.sites]
    return {
        "ranking": ranking,
        "products": PRODUCTS,
        "criteria": CRITERIA,
        "titles": _list_titles(),
        "map_settings": write_points_settings(points),
        "file": change_address(f=CSV.name),
        "most": MAX_SITES,
    }


def _list_titles() -> dict[str, Message]:
    """Return the titles of the fields of the form."""
    return {
        **{name: TITLES[name] for name in PLANT_FIELDS},
        SITES_FIELD: msg("Site"),
        **{f"{WEIGHT_PREFIX}{criterion.name}": criterion.title for criterion in CRITERIA},
    }


PRESENTATIONS: Mapping[AnyOperation, Presentation] = {SITES: Presentation(describe_sites)}
