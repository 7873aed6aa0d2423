"""The views of EarthResourceML Lite 2.0: mineral occurrences, mines and commodity resources."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from lodebase.query.collections_ import COLLECTIONS
from lodedata.messages import Label
from lodedata.vocab import vocabulary
from lodeweb.api.earth_resources.simple_features import SimpleFeatureView, response
from lodeweb.http.representation.links import record_address
from lodeweb.i18n.language import language

blueprint = Blueprint("earth_resources", __name__, url_prefix="/api/earth-resources")
NAMESPACE = ("erl", "http://xmlns.earthresourceml.org/earthresourceml-lite/2.0")
MINE_STATUS = "http://resource.geosciml.org/classifier/cgi/mine-status/"
NIL = "http://www.opengis.net/def/nil/OGC/0/unknown"
Feature = Mapping[str, Any]


@blueprint.get("/mineral-occurrences")
def mineral_occurrences() -> Response:
    """Return a page of deposits as erl:MineralOccurrenceView."""
    return response(SimpleFeatureView(COLLECTIONS["deposits"], NAMESPACE, "MineralOccurrenceView", _occurrence, {}))


@blueprint.get("/mines")
def mines() -> Response:
    """Return a page of mines as erl:MineView."""
    chosen = {"filter": "A_OVERLAPS(facility_types, ('mine'))"}
    return response(SimpleFeatureView(COLLECTIONS["projects"], NAMESPACE, "MineView", _mine, chosen))


@blueprint.get("/commodity-resources")
def commodity_resources() -> Response:
    """Return a page of the leading figures of deposits as erl:CommodityResourceView."""
    chosen = {"filter": "figure_commodity IS NOT NULL"}
    return response(SimpleFeatureView(COLLECTIONS["deposits"], NAMESPACE, "CommodityResourceView", _resource, chosen))


def _occurrence(feature: Feature) -> dict[str, Any]:
    p = feature["properties"]
    return {
        **_named(feature),
        **_term("mineralOccurrenceType", "mineral-occurrence-type", p["occurrence_type"]),
        **_commodities(p["commodities"]),
        **_term("mineralDepositModel", "deposit-model", p["deposit_model"]),
        "geologicHistory": p["age"],
        **_common(feature),
    }


def _mine(feature: Feature) -> dict[str, Any]:
    p = feature["properties"]
    status = None if p["status"] is None else vocabulary("status")[p["status"]]
    cgi = None if status is None else status.extra.get("cgi_status") or None
    return {
        **_named(feature),
        "status": None if status is None else status.label(language()),
        "status_uri": f"{MINE_STATUS}{cgi}" if cgi else NIL,
        "statusDate": p["status_date"],
        "owner": "; ".join(p["owner_names"]) or None,
        **_commodities(p["commodities"]),
        **_common(feature),
    }


def _resource(feature: Feature) -> dict[str, Any]:
    p = feature["properties"]
    grades = {"commodityResource_t": "figure_contained_t", "oreAmount_t": "figure_ore_t", "grade_pct": "figure_grade_pct"}
    return {
        **_named(feature),
        **_commodities([p["figure_commodity"]]),
        "resourceCategory": p["figure_class"],
        **{name: p[field] for name, field in grades.items()},
        "estimateDate": p["figure_date"],
        "mineralOccurrence_uri": _address(feature),
        **_common(feature),
    }


def _named(feature: Feature) -> dict[str, Any]:
    p = feature["properties"]
    return {"identifier": _address(feature), "name": Label(p["name_en"], p["name_zh"]).in_language(language()) or None}


def _common(feature: Feature) -> dict[str, Any]:
    p = feature["properties"]
    accuracy = p["position_accuracy_m"]
    return {
        "positionalAccuracy": None if accuracy is None else f"{accuracy:g} m",
        "source": ", ".join(p["sources"]),
        "specification_uri": _address(feature),
        "metadata_uri": f"{request.url_root}api/sources",
    }


def _commodities(codes: list[str]) -> dict[str, Any]:
    terms = [vocabulary("commodity")[code] for code in codes]
    return {
        "commodity": ", ".join(term.label(language()) for term in terms) or None,
        "commodityClassifier_uri": " ".join(term.uri for term in terms if term.uri) or NIL,
    }


def _term(name: str, of: str, code: str | None) -> dict[str, Any]:
    term = None if code is None else vocabulary(of)[code]
    return {
        name: None if term is None else term.label(language()),
        f"{name}_uri": NIL if term is None or term.uri is None else term.uri,
    }


def _address(feature: Feature) -> str:
    return f"{request.url_root.rstrip('/')}{record_address(feature['id'])}"
