"""Mining rights with the names and terms of MineralTenementML 1.0, for clients that know its simple features."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from lodebase.topics.rights.register import RIGHTS
from lodedata.messages import Label, msg
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.earth_resources.simple_features import FORMAT, FORMS, GROUPS, Properties, SimpleFeatureView, respond_with_view
from lodeweb.http.representation import pinned
from lodeweb.http.representation.links import record_address
from lodeweb.i18n.holders import name_holder
from lodeweb.i18n.language import get_language

blueprint = Blueprint("mineral_tenements", __name__, url_prefix="/api/mining-rights")
NAMESPACE = ("mt", "http://xmlns.geoscience.gov.au/mineraltenementml/1.0")
TYPE = "http://resource.geoscience.gov.au/classifier/ggic/tenementtype/"
TYPES = {"exploration": f"{TYPE}exploration", "mining": f"{TYPE}production", "quarry": f"{TYPE}production"}
"""The terms of the Government Geoscience Information Committee for kinds of rights that have one."""


@blueprint.get("/mineral-tenements")
@pinned.reads_version
@describe_as(
    ApiOperation(
        msg("Mining rights with the property names of MineralTenementML 1.0; area is in square kilometres"),
        FORMS,
        GROUPS,
        less=("f",),
        own=(FORMAT,),
    )
)
def list_tenements() -> Response:
    """Return a page of mining rights as MineralTenementML names their properties."""
    return respond_with_view(SimpleFeatureView(RIGHTS, NAMESPACE, "MineralTenement", _build_tenement, {}))


def _build_tenement(feature: Mapping[str, Any]) -> Properties:
    """Return the properties of a right as a mt:MineralTenement."""
    p: Mapping[str, Any] = feature["properties"]
    commodities = [load_vocabulary("commodity")[code] for code in p["commodities"]]
    kind, status = p["right_kind"], p["status"]
    return {
        "identifier": f"{request.url_root.rstrip('/')}{record_address(feature['id'])}",
        "name": Label(p["name_en"], p["name_zh"]).in_language(get_language()) or p["right_no"],
        "tenementType": None if kind is None else load_vocabulary("right-kind")[kind].label(get_language()),
        "commodity": ", ".join(term.label(get_language()) for term in commodities) or None,
        "owner": name_holder(p) or None,
        "status": load_vocabulary("right-status")[status].label(get_language()),
        "area": p["area_km2_computed"] if p["area_km2_reported"] is None else p["area_km2_reported"],
        "grantDate": p["granted_on"] or p["valid_from"],
        "expireDate": p["valid_to"],
        "fileID": p["right_no"],
        "tenementType_uri": TYPES.get(kind),
    }, {"commodity_uri": " ".join(term.uri for term in commodities if term.uri) or None}
