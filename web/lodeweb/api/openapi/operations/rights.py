"""Operations of mining rights, deposits and mines under the names of other standards."""

from collections.abc import Mapping

from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, format_parameter
from lodeweb.api.earth_resources.gml import GML_TYPE
from lodeweb.api.earth_resources.simple_features import GROUPS
from lodeweb.http.representation.negotiation import GEOJSON

_FORMS = {GEOJSON: "object", GML_TYPE: "page"}
_FORMAT = format_parameter("json", "gml")
OPERATIONS: Mapping[str, ApiOperation] = {
    "mineral_tenements.tenements": ApiOperation(
        msg("Mining rights with the property names of MineralTenementML 1.0; area is in square kilometres"),
        _FORMS,
        GROUPS,
        less=("f",),
        own=(_FORMAT,),
    ),
    **{
        f"earth_resources.{name}": ApiOperation(text, _FORMS, GROUPS, less=("f",), own=(_FORMAT,))
        for name, text in {
            "mineral_occurrences": msg("Deposits as mineral occurrences of EarthResourceML Lite 2.0"),
            "mines": msg("Mines with the property names of EarthResourceML Lite 2.0"),
            "commodity_resources": msg("Leading figures of deposits as commodity resources of EarthResourceML Lite 2.0"),
        }.items()
    },
}
