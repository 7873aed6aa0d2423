"""Operations of mining rights."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodeweb.api.openapi.api_operation import ApiOperation
from lodeweb.http.representation.negotiation import GEOJSON

OPERATIONS: Mapping[str, ApiOperation] = {
    "mineral_tenements.tenements": ApiOperation(
        msg("Mining rights with the property names of MineralTenementML 1.0; area is in square kilometres"),
        {GEOJSON: "object"},
        ("filter", "moment", "page", "general"),
    ),
}
