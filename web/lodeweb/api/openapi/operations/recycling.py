"""Operations of recycling: plants and streams, and the check of an import."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import Parameter
from lodedata.messages import msg
from lodedata.rules.quantities import ASSAYS, PROPERTIES
from lodeweb.api.openapi.api_operation import DAY, TEXT, ApiOperation, format_parameter, of_json

_PERCENT = {"type": "number", "minimum": 0, "maximum": 100}
_YES_OR_NO = {"type": "string", "enum": ["yes", "no"]}
_JSON_OR_PAGE = format_parameter("json", "html")
OPERATIONS: Mapping[str, ApiOperation] = {
    "recycling.plants": ApiOperation(
        msg("Recycling plants and their streams, with the flows of stream to plant to metal"),
        of_json("object"),
        less=("f",),
        own=(
            _JSON_OR_PAGE,
            Parameter("country", "filter", TEXT, msg("The country of the plants, by code or name.")),
            Parameter("division", "filter", TEXT, msg("The first-level division of the plants, by code or name.")),
        ),
    ),
    "recycling.reach": ApiOperation(
        msg("Capacity of recycling plants in reach of a place, and the metal that arises there by a model with its inputs"),
        of_json("object"),
        less=("f",),
        own=(
            _JSON_OR_PAGE,
            Parameter("country", "filter", TEXT, msg("The country whose metal is spread; by default that of the place.")),
            Parameter("lon", "filter", {"type": "number"}, msg("Longitude of the place in degrees, WGS 84.")),
            Parameter("lat", "filter", {"type": "number"}, msg("Latitude of the place in degrees, WGS 84.")),
            Parameter("radius_km", "filter", {"type": "number", "default": 300}, msg("The reach in kilometres.")),
            Parameter("share_pct", "filter", _PERCENT, msg("The share of the country's metal in reach, if you know it.")),
        ),
        needs=("lon", "lat"),
    ),
    "recycling.import_check": ApiOperation(
        msg("Whether the data of a raw material meet the rules on its import to China on a day: pass, fail, not enough data"),
        of_json("object"),
        less=("f",),
        own=(
            _JSON_OR_PAGE,
            Parameter("stream", "filter", TEXT, msg("The stream, by code or label.")),
            Parameter("date", "filter", DAY, msg("The day; by default today.")),
            *(Parameter(name, "filter", _PERCENT, msg("An assay in per cent.")) for name in ASSAYS),
            *(Parameter(name, "filter", _YES_OR_NO, msg("yes or no; left out if it is not known.")) for name in PROPERTIES),
        ),
        needs=("stream",),
    ),
}
