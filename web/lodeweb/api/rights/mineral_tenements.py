"""Mining rights with the names and terms of MineralTenementML 1.0, for clients that know its simple features."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Blueprint, Response, request

from lodebase.query import page
from lodebase.query.parameters.declarations import Group
from lodebase.rights.register import RIGHTS
from lodedata.messages import Label
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.links import link, next_link, self_link
from lodeweb.http.representation.negotiation import GEOJSON, JSON
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.i18n.holders import holder
from lodeweb.i18n.language import language

blueprint = Blueprint("mineral_tenements", __name__, url_prefix="/api/mining-rights")
GROUPS: tuple[Group, ...] = ("filter", "moment", "page", "general")
TYPE = "http://resource.geoscience.gov.au/classifier/ggic/tenementtype/"
TYPES = {"exploration": f"{TYPE}exploration", "mining": f"{TYPE}production", "quarry": f"{TYPE}production"}
"""The terms of the Government Geoscience Information Committee for kinds of rights that have one."""


@blueprint.get("/mineral-tenements")
def tenements() -> Response:
    """Return a page of mining rights as MineralTenementML names their properties."""
    found = page(site().engine, query_parameters.query(RIGHTS, request.args, GROUPS), site().counts)
    links = [self_link(GEOJSON), link("/api/collections/mining-rights", "collection", JSON)]
    if found.next is not None:
        links.append(next_link(found.next.token(), GEOJSON))
    body = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": found.matched,
        "numberReturned": found.returned,
        "links": links,
        "features": [_tenement(feature) for feature in orjson.loads(b"[" + found.features + b"]")],
    }
    return Response(orjson.dumps(body), content_type=GEOJSON, headers={VERSION_HEADER: str(found.dataset_version)})


def _tenement(feature: dict[str, Any]) -> dict[str, Any]:
    """Return a right as a feature of mt:MineralTenement; a property that is not known is null."""
    p: Mapping[str, Any] = feature["properties"]
    commodities = [vocabulary("commodity")[code] for code in p["commodities"]]
    kind, status = p["right_kind"], p["status"]
    return feature | {
        "properties": {
            "identifier": f"{request.url_root}api/collections/mining-rights/items/{feature['id']}",
            "name": Label(p["name_en"], p["name_zh"]).in_language(language()) or p["right_no"],
            "fileID": p["right_no"],
            "tenementType": None if kind is None else vocabulary("right-kind")[kind].label(language()),
            "tenementType_uri": TYPES.get(kind),
            "commodity": ", ".join(term.label(language()) for term in commodities) or None,
            "commodity_uri": ", ".join(term.uri for term in commodities if term.uri) or None,
            "owner": holder(p) or None,
            "status": vocabulary("right-status")[status].label(language()),
            "area": p["area_km2_computed"] if p["area_km2_reported"] is None else p["area_km2_reported"],
            "grantDate": p["granted_on"] or p["valid_from"],
            "expireDate": p["valid_to"],
        }
    }
