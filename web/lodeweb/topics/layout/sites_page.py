"""Several sites for one plant side by side, ranked by criteria that the reader weighs; works without a script."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.errors import BadCandidate
from lodebase.ground.distances import measured_layers, nearest_km
from lodebase.ground.packs import ServedLayer
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.flat import feature
from lodebase.layout.reports.site_ranking import CRITERIA, GROUND_CRITERIA, RankedSite, ranked, uncounted, values
from lodebase.operations.field_types import parse_version
from lodebase.topics.layout.plant import report_plant
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Message, msg
from lodedata.write.formula import is_formula
from lodeweb.adapter.responses import operation_services
from lodeweb.http.access.rate_limits import costs
from lodeweb.http.database import site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import here
from lodeweb.i18n.language import language
from lodeweb.pages.map.points_map import MapPoint, settings
from lodeweb.topics.layout.form import TITLES
from lodeweb.topics.layout.report_files import add_report_links

blueprint = Blueprint("layout_sites", __name__)
SITES, PLANT_FIELDS = "sites", ("product", "capacity_tpa")
"""The field of the sites, and those of the plant, which is the same at each."""
MOST_SITES = 10
MOST_WEIGHT = 10.0
POSITION_PARTS = 2


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field of the form: its name, the site if one of several is meant, and the sentence."""

    field: str
    message: Message
    site: str | None = None


def _site_names() -> list[str]:
    return [line.strip() for line in request.args.get("sites", "").splitlines() if line.strip()]


def _count_reports() -> int:
    """Return how many reports a request computes, at least 1."""
    return max(1, min(len(_site_names()), MOST_SITES))


@blueprint.get("/layout/sites")
@costs(_count_reports)
def page() -> Response:
    """Return the form, and the table of its sites; with ``f=csv`` the table as a file."""
    weights, wrong = _weights()
    names = _site_names()
    reports: list[dict[str, Any]] = []
    if len(names) > MOST_SITES:
        wrong.append(FieldError(SITES, msg("Give at most %(most)s sites.", most=MOST_SITES)))
    elif not wrong:
        for name in names:
            try:
                reports.append(_report(name))
            except BadCandidate as error:
                wrong += _errors(name, error, {one.field for one in wrong})
    ground = {name: measured_layers(site().settings, kind) for name, kind in GROUND_CRITERIA.items()}
    of_sites = [values(one, _on_ground(one, ground)) for one in reports]
    order = [] if wrong else ranked(of_sites, weights)
    if request.args.get("f") == "csv" and not wrong:
        return _csv(names, reports, order)
    html = render_template(
        "layout/sites.html",
        products=PRODUCTS,
        criteria=CRITERIA,
        weights=weights,
        not_counted=[] if wrong else uncounted(of_sites, weights),
        given=request.args,
        wrong=wrong,
        titles=_titles(),
        rows=[(names[one.number], reports[one.number], one) for one in order],
        map_settings=settings(_points(names, reports, order)),
        file=here(f="csv"),
        most=MOST_SITES,
        ground=ground,
    )
    return Response(html, 400 if wrong else 200, mimetype="text/html")


def _errors(name: str, error: BadCandidate, known: set[str]) -> list[FieldError]:
    """Return the errors of a site; one of the plant only unless it is among the fields ``known`` from another site."""
    of_plant = [FieldError(one.field, one.message) for one in error.wrong if one.field in PLANT_FIELDS]
    of_site = [FieldError(SITES, one.message, name) for one in error.wrong if one.field not in PLANT_FIELDS]
    return [*(one for one in of_plant if one.field not in known), *of_site]


def _titles() -> dict[str, Message]:
    """Return the titles of the fields of the form."""
    return {
        **{name: TITLES[name] for name in PLANT_FIELDS},
        SITES: msg("Site"),
        **{f"w_{one.name}": one.title for one in CRITERIA},
    }


def _report(name: str) -> dict[str, Any]:
    """Return the report on a plant at a latitude and longitude, or at a named place. Raise BadCandidate."""
    capacity = request.args.get("capacity_tpa", "")
    given = {"product": request.args.get("product", ""), "capacity_tpa": capacity, "name": name[:200]}
    at = parse_version(request.args.get("version"))
    candidate = read_candidate(site().engine, feature(given | _position(name)), today(), at)
    return add_report_links(report_plant(operation_services(), candidate, at))


def _on_ground(report: Mapping[str, Any], ground: Mapping[str, list[ServedLayer]]) -> dict[str, float | None]:
    """Return the distance from the site of a report to the nearest feature of the layers of each criterion."""
    at = report["inputs"]
    return {name: nearest_km(layers, at["lon"], at["lat"]) for name, layers in ground.items()}


def _position(name: str) -> dict[str, str]:
    """Return the latitude and longitude of a line of the form, or the name of a place, as fields of a planned plant."""
    parts = re.split(r"[,，;；]\s*", name)
    if len(parts) == POSITION_PARTS and all(_number(part) is not None for part in parts):
        return {"lat": parts[0], "lon": parts[1]}
    return {"place": name}


def _weights() -> tuple[dict[str, float], list[FieldError]]:
    """Return the weight of each criterion, and what is wrong with those that were given."""
    weights: dict[str, float] = {}
    wrong: list[FieldError] = []
    for one in CRITERIA:
        text = request.args.get(f"w_{one.name}")
        weight = one.weight if not text else _number(text)
        if weight is None or not 0 <= weight <= MOST_WEIGHT:
            wrong.append(FieldError(f"w_{one.name}", msg("Give a weight from 0 to %(most)s.", most=int(MOST_WEIGHT))))
            weight = one.weight
        weights[one.name] = weight
    return weights, wrong


def _number(text: str) -> float | None:
    try:
        number = float(text.strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _points(names: list[str], reports: list[dict[str, Any]], order: list[RankedSite]) -> list[MapPoint]:
    inputs = [reports[one.number]["inputs"] for one in order]
    return [
        MapPoint(of["lon"], of["lat"], f"{rank}. {names[one.number]}", "--chart-accent")
        for rank, (one, of) in enumerate(zip(order, inputs, strict=True), start=1)
    ]


def _csv(names: list[str], reports: list[dict[str, Any]], order: list[RankedSite]) -> Response:
    stream = io.StringIO()
    rows = csv.writer(stream)
    lang = language()
    titles = [f"{one.title.in_language(lang)} {one.unit}".strip() for one in CRITERIA]
    heads = (gettext("Rank"), gettext("Site"), gettext("Latitude"), gettext("Longitude"))
    rows.writerow([*heads, *titles, gettext("Score")])
    for rank, one in enumerate(order, start=1):
        name, of = names[one.number], reports[one.number]["inputs"]
        rows.writerow(
            [
                rank,
                f"'{name}" if is_formula(name) else name,
                of["lat"],
                of["lon"],
                *_cells(one.values),
                gettext("not known") if one.score is None else one.score,
            ]
        )
    response = Response("\ufeff" + stream.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="lode-sites.csv"'
    return response


def _cells(of: Mapping[str, float | None]) -> list[object]:
    return [gettext("not known") if of[one.name] is None else of[one.name] for one in CRITERIA]
