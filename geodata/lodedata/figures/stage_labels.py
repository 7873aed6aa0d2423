"""What a stage of processing is called for a commodity: in Chinese, alumina is produced and aluminium won by electrolysis."""

from collections.abc import Mapping

from lodedata.messages import Label
from lodedata.vocab import label

OWN_STAGES: Mapping[tuple[str, str], str] = {("alumina", "refinery"): "氧化铝生产", ("aluminium", "smelter"): "电解"}
"""Chinese names of stages of a commodity where that of the stage in general is not used."""


def label_stage(commodity: str, stage: str) -> Label:
    """Return the label of a stage of a commodity, the code itself if it is no term."""
    general = label("processing-stage", stage)
    return Label(general.en, OWN_STAGES.get((commodity, stage), general.zh))
