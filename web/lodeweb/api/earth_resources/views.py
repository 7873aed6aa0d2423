"""The views of EarthResourceML Lite 2.0.1: mineral occurrences, mines and commodity resources.

Their properties are in the order of the schema, and what is Lode's own follows them.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from lodebase.query.collections_ import COLLECTIONS
from lodedata.messages import Label, msg
from lodedata.vocab import Term, load_vocabulary
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.earth_resources.simple_features import FORMAT, FORMS, GROUPS, Properties, SimpleFeatureView, respond_with_view
from lodeweb.http.representation import pinned
from lodeweb.http.representation.links import record_address
from lodeweb.i18n.language import get_language
from lodeweb.i18n.quantities import describe_graded_substance

blueprint = Blueprint("earth_resources", __name__, url_prefix="/api/earth-resources")
NAMESPACE = ("erl", "http://xmlns.earthresourceml.org/earthresourceml-lite/2.0")
MINE_STATUS = "http://resource.geosciml.org/classifier/cgi/mine-status/"
NIL = "http://www.opengis.net/def/nil/OGC/0/unknown"
UNKNOWN = "unknown"
"""The value of a property that the schema requires and the record lacks."""
MEASURES = {"resource": "resource-category", "reserve": "reserve-category"}
Feature = Mapping[str, Any]


@blueprint.get("/mineral-occurrences")
@pinned.reads_version
@describe_as(
    ApiOperation(msg("Deposits as mineral occurrences of EarthResourceML Lite 2.0"), FORMS, GROUPS, less=("f",), own=(FORMAT,))
)
def list_mineral_occurrences() -> Response:
    """Return a page of deposits as erl:MineralOccurrenceView."""
    return respond_with_view(
        SimpleFeatureView(COLLECTIONS["deposits"], NAMESPACE, "MineralOccurrenceView", _build_occurrence, {})
    )


@blueprint.get("/mines")
@pinned.reads_version
@describe_as(
    ApiOperation(msg("Mines with the property names of EarthResourceML Lite 2.0"), FORMS, GROUPS, less=("f",), own=(FORMAT,))
)
def list_mines() -> Response:
    """Return a page of mines as erl:MineView."""
    chosen = {"filter": "A_OVERLAPS(facility_types, ('mine'))"}
    return respond_with_view(SimpleFeatureView(COLLECTIONS["projects"], NAMESPACE, "MineView", _build_mine, chosen))


@blueprint.get("/commodity-resources")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("Leading figures of deposits as commodity resources of EarthResourceML Lite 2.0"),
        FORMS,
        GROUPS,
        less=("f",),
        own=(FORMAT,),
    )
)
def list_commodity_resources() -> Response:
    """Return a page of the leading figures of deposits as erl:CommodityResourceView."""
    chosen = {"filter": "figure_commodity IS NOT NULL"}
    return respond_with_view(
        SimpleFeatureView(COLLECTIONS["deposits"], NAMESPACE, "CommodityResourceView", _build_resource, chosen)
    )


def _build_occurrence(feature: Feature) -> Properties:
    p = feature["properties"]
    kind, model = _find_term("mineral-occurrence-type", p["occurrence_type"]), _find_term("deposit-model", p["deposit_model"])
    names, uris = _list_commodities(p["commodities"])
    return {
        "identifier": _build_address(feature),
        "name": _name(feature),
        "mineralOccurrenceType": _label(kind) or UNKNOWN,
        "commodity": names or UNKNOWN,
        "geologicHistory": p["age"],
        "hostGeologicUnit": p["host_unit"],
        "mineralDepositModel": _label(model),
        **_position(p),
        "mineralOccurrenceType_uri": _find_uri(kind),
        "representativeCommodity_uri": _find_uri(_find_term("commodity", p["main_commodity"])),
        "mineralDepositModel_uri": None if model is None else _find_uri(model),
        "specification_uri": _build_address(feature),
    }, {"commodities_uri": uris, "metadata_uri": _find_metadata()}


def _build_mine(feature: Feature) -> Properties:
    p = feature["properties"]
    status = _find_term("status", p["status"])
    cgi = None if status is None else status.extra.get("cgi_status") or None
    names, uris = _list_commodities(p["commodities"])
    return {
        "identifier": _build_address(feature),
        "name": _name(feature),
        "status": _label(status) or UNKNOWN,
        "commodity": names,
        "owner": "; ".join(p["owner_names"]) or None,
        **_position(p),
        "status_uri": f"{MINE_STATUS}{cgi}" if cgi else NIL,
        "representativeCommodity_uri": _find_uri(_find_term("commodity", p["main_commodity"])),
        "specification_uri": _build_address(feature),
    }, {"statusDate": p["status_date"], "commodities_uri": uris, "metadata_uri": _find_metadata()}


def _build_resource(feature: Feature) -> Properties:
    p = feature["properties"]
    commodity = _find_term("commodity", p["figure_commodity"])
    kinds = [(kind, _find_term(of, p["figure_class"])) for kind, of in MEASURES.items()]
    measure, category = next((kind for kind in kinds if kind[1] is not None), ("endowment", None))
    return {
        "identifier": _build_address(feature),
        "commodity": _label(commodity),
        "mineralOccurrenceName": _name(feature),
        "oreMeasure": _format_ore_measure(p, _label(commodity)),
        "oreMeasureType": measure,
        "oreMeasureAssessmentCategory": _label(category),
        **_position(p),
        "commodity_uri": _find_uri(commodity),
        "mineralOccurrence_uri": _build_address(feature),
        "oreMeasureAssessmentCategory_uri": None if category is None else _find_uri(category),
        "specification_uri": _build_address(feature),
    }, {
        "commodityResource_t": p["figure_contained_t"],
        "oreAmount_t": p["figure_ore_t"],
        "grade_pct": p["figure_grade_pct"],
        "estimateDate": p["figure_date"],
        "metadata_uri": _find_metadata(),
    }


def _format_ore_measure(p: Feature, commodity: str | None) -> str | None:
    """Return the figures of a resource as one text, such as 53.6 Mt @ 2.1 % Copper."""
    ore, grade, contained = p["figure_ore_t"], p["figure_grade_pct"], p["figure_contained_t"]
    if ore is None:
        return None if contained is None else f"{contained / 1e6:.6g} Mt {commodity}"
    if grade is None:
        return f"{ore / 1e6:.6g} Mt"
    return f"{ore / 1e6:.6g} Mt @ {grade:.6g} % {describe_graded_substance(p.get('figure_grade_basis'), commodity or '')}"


def _name(feature: Feature) -> str | None:
    p = feature["properties"]
    return Label(p["name_en"], p["name_zh"]).in_language(get_language()) or None


def _position(p: Feature) -> dict[str, Any]:
    accuracy = p["position_accuracy_m"]
    return {
        "observationMethod": p["position_method"],
        "positionalAccuracy": None if accuracy is None else f"{accuracy:g} m",
        "source": ", ".join(p["sources"]),
    }


def _list_commodities(codes: list[str]) -> tuple[str | None, str | None]:
    """Return the names and the terms of commodities."""
    terms = [load_vocabulary("commodity")[code] for code in codes]
    return ", ".join(term.label(get_language()) for term in terms) or None, " ".join(
        term.uri for term in terms if term.uri
    ) or None


def _find_term(of: str, code: str | None) -> Term | None:
    return load_vocabulary(of).terms.get(code or "")


def _label(term: Term | None) -> str | None:
    return None if term is None else term.label(get_language())


def _find_uri(term: Term | None) -> str:
    return NIL if term is None or term.uri is None else term.uri


def _find_metadata() -> str:
    return f"{request.url_root}api/sources"


def _build_address(feature: Feature) -> str:
    return f"{request.url_root.rstrip('/')}{record_address(feature['id'])}"
