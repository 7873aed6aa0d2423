"""Statistics as data for responses: titles of series, and texts in both languages."""

from collections.abc import Mapping
from typing import Any

from lodedata.statistics.series import label, stage_label
from lodeweb.i18n.language import language


def title(key: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the title of a series: area, indicator, commodity and stage in the language of the page."""
    lang = lang or language()
    area, commodity, indicator = (label(name, key[name], lang) for name in ("area", "commodity", "indicator"))
    parts = [area, commodity, stage_label(key["commodity"], key["stage"], lang), indicator]
    if key["transformation"] != "level":
        parts.append(label("transformation", key["transformation"], lang))
    return " · ".join(parts)
