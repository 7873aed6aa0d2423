"""Operations of the check of recovery rates."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import Parameter
from lodedata.messages import msg
from lodedata.recovery.inputs import INPUTS
from lodeweb.adapter.api_operation import DAY, TEXT, ApiOperation, of_json
from lodeweb.api.recovery import METALS, RATES

_PERCENT = {"type": "number", "minimum": 0, "maximum": 100}
_CHOICES = {name: ({"type": "string", "enum": list(one.choices)} if one.choices else _PERCENT) for name, one in INPUTS.items()}
OPERATIONS: Mapping[str, ApiOperation] = {
    "recovery.data": ApiOperation(
        msg("Rates of recovery of a mine or plan against the minima of a day: below, at least, cannot say, text not read"),
        of_json("object"),
        own=(
            Parameter("record", "filter", TEXT, msg("The id of a recovery record, in place of all other parameters.")),
            Parameter("commodity", "filter", {"type": "string", "enum": list(METALS)}, msg("The metal.")),
            Parameter("country", "filter", TEXT, msg("The country of the mine, by ISO 3166-1 code.")),
            Parameter("date", "filter", DAY, msg("The day; by default today.")),
            *(Parameter(name, "filter", _PERCENT, msg("The rate of this stage in per cent.")) for name in RATES),
            *(
                Parameter(name, "filter", schema, msg("An input that a minimum depends on."))
                for name, schema in _CHOICES.items()
            ),
        ),
    ),
    "recovery_gaps.data": ApiOperation(
        msg("Metal between actual and minimum or leading rates of processing, by deposit and in sums of one class"),
        of_json("object"),
        own=(Parameter("date", "filter", DAY, msg("The day; by default today.")),),
    ),
}
