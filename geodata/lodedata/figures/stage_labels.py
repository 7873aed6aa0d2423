"""What a stage of processing is called for a commodity: in Chinese, alumina is produced and aluminium won by electrolysis."""

from collections.abc import Mapping

from lodedata.messages import Label, Message, msg
from lodedata.vocab import label

CHINESE = "zh"
OWN_STAGES: Mapping[tuple[str, str], Message] = {
    ("alumina", "refinery"): msg("Alumina production"),
    ("aluminium", "smelter"): msg("Electrolysis"),
}
"""What a stage of a commodity is called in Chinese, where that of the stage in general is not used."""


def label_stage(commodity: str, stage: str) -> Label:
    """Return the label of a stage of a commodity, the code itself if it is no term."""
    general, own = label("processing-stage", stage), OWN_STAGES.get((commodity, stage))
    return general if own is None else Label(general.en, own.in_language(CHINESE))
