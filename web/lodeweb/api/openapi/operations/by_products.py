"""Operations of metals contained in the ore of another."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import Parameter
from lodedata.figures.by_products import PAIRS
from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, format_parameter, of_json

OPERATIONS: Mapping[str, ApiOperation] = {
    "by_products.data": ApiOperation(
        msg("Metals contained in the ore of another, by class of estimate and type of ore; classes are not added"),
        of_json("object"),
        less=("f",),
        own=(
            format_parameter("json", "html"),
            Parameter("pair", "filter", {"type": "string", "enum": list(PAIRS)}, msg("The metal and its ore.")),
        ),
    ),
}
