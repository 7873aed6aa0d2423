"""Labels of the codes of series in both languages."""

from lodedata.messages import Label
from lodedata.statistics.series import DIMENSIONS, label, stage_label


def label_of(dimension: str, code: str) -> Label:
    """Return the label of a code of a dimension of series, the code itself if it is not a known term."""
    return Label(label(dimension, code, "en"), label(dimension, code, "zh"))


def label_codes(dimension: str, code: str) -> dict[str, str]:
    """Return the labels of a code as fields of data."""
    if dimension not in DIMENSIONS or dimension == "source":
        return {"label_en": code, "label_zh": code}
    return {f"label_{lang}": label(dimension, code, lang) for lang in ("en", "zh")}


def stage_of(commodity: str, stage: str) -> Label:
    """Return the label of a stage of a commodity."""
    return Label(stage_label(commodity, stage, "en"), stage_label(commodity, stage, "zh"))
