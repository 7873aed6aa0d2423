"""Recycling as data: plants and streams of an area, and the check of an import on a day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from math import inf
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from lodebase.errors import BadQuery
from lodebase.recycling.plants import RecyclingPlants, StreamTotal, flows, recycling_plants
from lodebase.recycling.reach import RecyclingReach, recycling_reach
from lodedata.messages import msg
from lodedata.recycling import imports
from lodedata.recycling.imports import ImportCheck, ImportClause
from lodedata.recycling.reach import ARISING_MODEL, DISTANCE_MODEL, ORIGINS, RATIO
from lodedata.rules.quantities import ASSAYS, PROPERTIES
from lodedata.rules.standing import LABELS
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.statistics_data import both
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("recycling", __name__, url_prefix="/api/recycling")
OF_PLANTS = ("country", "division")
OF_REACH = ("country", "lon", "lat", "radius_km", "share_pct")
MOST_KM = 3_000.0
OF_IMPORT = ("stream", "date", *ASSAYS, *PROPERTIES)
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


@blueprint.get("")
def plants() -> Response:
    """Return the streams and plants of an area, and the flows of stream to plant to metal."""
    query_parameters.general(request.args, extra=OF_PLANTS)
    found = plants_of(request.args)
    body = {
        "area": found.area,
        "streams": [_stream(one) for one in found.streams],
        "plants": [dict(row) for row in found.plants],
        "flows": flows(found.plants),
        "links": own_links(),
    }
    return document_response(body, "api/document.html", version=found.dataset_version, title=gettext("Recycling"))


@blueprint.get("/reach")
def reach() -> Response:
    """Return the capacity in reach of a place and the metal that arises there by a model, by stream."""
    query_parameters.general(request.args, extra=OF_REACH)
    body = reach_data(reach_of(request.args))
    return document_response({**body, "links": own_links()}, "api/document.html", title=gettext("Capacity and supply in reach"))


@blueprint.get("/import-check")
def import_check() -> Response:
    """Return whether the data of a raw material meet the rules on its import on a day; it is no approval."""
    query_parameters.general(request.args, extra=OF_IMPORT)
    body = check_data(checked(request.args))
    return document_response(
        {**body, "links": own_links()}, "api/document.html", title=gettext("May it be imported on this date?"), fixed=True
    )


def plants_of(given: Mapping[str, str]) -> RecyclingPlants:
    """Return the plants of a request's country and division. Raises BadQuery."""
    country, division = _term("country", given.get("country")), _term("division", given.get("division"))
    return recycling_plants(site().engine, country, division)


def reach_of(given: Mapping[str, str]) -> RecyclingReach:
    """Return what is in reach of a request's place. Raises BadQuery."""
    lon, lat = _number("lon", given.get("lon"), -180, 180), _number("lat", given.get("lat"), -90, 90)
    radius = _number("radius_km", given.get("radius_km") or "300", 1, MOST_KM)
    share = _percent("share_pct", given.get("share_pct"))
    return recycling_reach(site().engine, lon, lat, radius, _term("country", given.get("country")), share)


def reach_data(found: RecyclingReach) -> dict[str, Any]:
    """Return what is in reach as data: inputs, formulas and figures by stream."""
    names = ("plants", "without_figure", "permitted_input_tpa", "design_output_tpa", "supply_t", "supply_year", "supply_source")
    return {
        **{"country": found.country, "lon": found.lon, "lat": found.lat, "radius_km": found.radius_km},
        "plants_without_position": found.without_position,
        "model": [both(one) for one in (DISTANCE_MODEL, ARISING_MODEL, RATIO)],
        "share_origin": found.share_origin,
        "share_origin_label": both(ORIGINS[found.share_origin]),
        "streams": [
            {
                "stream": one.stream,
                **_labels("stream", one.stream),
                **{name: getattr(one, name) for name in names},
                **{"share_pct": one.share_pct, "arising_t": one.arising_t, "ratio": one.ratio},
            }
            for one in found.streams
        ],
    }


def checked(given: Mapping[str, str]) -> ImportCheck:
    """Return the check of a request's stream, day, assays and properties. Raises BadQuery."""
    stream = _term("stream", given.get("stream"))
    if not stream:
        raise BadQuery("stream", "", msg("Name a stream, such as black-mass-ncm. All are in /api/vocabularies/stream."))
    assays = {name: value for name in ASSAYS if (value := _percent(name, given.get(name))) is not None}
    properties = {name: value for name in PROPERTIES if (value := _truth(name, given.get(name))) is not None}
    return imports.check_import(stream, _day(given.get("date")), assays, properties)


def check_data(found: ImportCheck) -> dict[str, Any]:
    """Return a check as data, its texts in both languages."""
    treatment = found.treatment
    return {
        "stream": found.stream,
        **_labels("stream", found.stream),
        "date": found.on.isoformat(),
        "result": found.result,
        "result_label": both(imports.RESULTS[found.result]),
        "reason": both(found.reason),
        "hs_codes": [] if treatment is None else list(treatment.hs),
        "standards": [] if treatment is None else list(treatment.standards),
        "waste_status": (treatment.waste_status if treatment is not None else "") or "not-known",
        "clauses": [_clause(one) for one in found.clauses],
        "disclaimer": both(imports.DISCLAIMER),
    }


def today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


def _clause(one: ImportClause) -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        "instrument": one.instrument.id,
        "title": {"en": one.instrument.title_en, "zh": one.instrument.title_zh},
        "document": one.instrument.document,
        "text": {"en": one.rule.text_en, "zh": one.rule.text_zh},
        "read_in": one.rule.read_in,
        "standing": one.standing,
        "standing_label": both(LABELS[one.standing]),
        "result": None if one.result is None else one.result.result,
        "reason": None if one.result is None else both(one.result.reason),
    }


def _stream(one: StreamTotal) -> dict[str, Any]:
    return {
        "stream": one.stream,
        **_labels("stream", one.stream),
        **{"plants": one.plants, "without_figure": one.without_figure, "permitted_input_tpa": one.permitted_input_tpa},
        **{"design_output_tpa": one.design_output_tpa, "input_t": one.input_t, "share_percent": one.share_percent},
        "recycled_output": [
            {"metal": s.metal, "area": s.area, "year": s.year, "output_t": s.output_t, "data_set": s.data_set}
            for s in one.supply
        ],
    }


def _labels(name: str, code: str) -> dict[str, str]:
    term = vocabulary(name)[code]
    return {"label_en": term.label_en, "label_zh": term.label_zh}


def _term(name: str, given: str | None) -> str:
    if not given:
        return ""
    term = vocabulary(name).find(given)
    if term is None:
        raise BadQuery(
            name,
            given[:40],
            msg('"%(value)s" is no known %(parameter)s. Use a code, label or alias from /api/vocabularies.'),
        )
    return term.code


def _percent(name: str, given: str | None) -> float | None:
    if not given or not given.strip():
        return None
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise BadQuery(name, given[:40], msg('%(parameter)s is a share in per cent from 0 to 100, not "%(value)s".'))
    return value


def _number(name: str, given: str | None, least: float, most: float) -> float:
    try:
        value = float(given or "")
    except ValueError:
        value = inf
    if not least <= value <= most:
        sentence = msg(
            '%(parameter)s is a number from %(least)s to %(most)s, not "%(value)s".', least=f"{least:g}", most=f"{most:g}"
        )
        raise BadQuery(name, (given or "")[:40], sentence)
    return value


def _truth(name: str, given: str | None) -> bool | None:
    if not given:
        return None
    if given.lower() not in YES + NO:
        raise BadQuery(name, given[:40], msg('%(parameter)s is yes or no, not "%(value)s". Leave it out if it is not known.'))
    return given.lower() in YES


def _day(given: str | None) -> date:
    if not given:
        return today()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadQuery("date", given[:40], msg('"%(value)s" is not a date. Write it as 2024-06-30.')) from None
