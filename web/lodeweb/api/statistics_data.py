"""Statistics as data for responses: labels, labels of flags, shares of a year, progress of targets."""

from collections.abc import Mapping
from typing import Any

from lodebase.series.national_figures import YearFigures
from lodedata.messages import Translatable, msg
from lodedata.statistics.series import DIMENSIONS, label
from lodedata.statistics.targets import Progress, TargetFigure
from lodedata.vocab import vocabulary
from lodeweb.i18n.language import language

SEMICOLON = msg("; ")


def title(key: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the title of a series: area, indicator, commodity and stage in the language of the page."""
    lang = lang or language()
    parts = [label(name, key[name], lang) for name in ("area", "commodity", "stage", "indicator")]
    if key["transformation"] != "level":
        parts.append(label("transformation", key["transformation"], lang))
    return " · ".join(parts)


def flags(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the status and confidentiality of an observation by their labels, in both languages."""
    found = {}
    for lang in ("en", "zh"):
        terms = [vocabulary("observation-status")[row["obs_status"]]] if row["obs_status"] != "A" else []
        terms += [vocabulary("confidentiality-status")[row["conf_status"]]] if row["conf_status"] != "F" else []
        found[f"flags_{lang}"] = SEMICOLON.in_language(lang).join(term.label(lang) for term in terms)
    return found


def target_data(one: Progress) -> dict[str, Any]:
    """Return the progress of a target as data, its texts in both languages."""
    target = one.target
    return {
        "id": target.id,
        **_texts("title", target.title),
        **{"kind": target.kind, "value": target.base_value, "unit": target.unit, "base_year": target.base_year},
        **{"deadline": target.deadline, "clause": target.clause, "mark": target.mark},
        **_texts("instrument", target.instrument),
        **_texts("note", target.note),
        "state": one.state,
        **_texts("state_label", one.label),
        **_texts("reason", one.reason),
        **{"year": one.year, "latest": one.value, "needed": one.needed, "share_percent": one.share},
        "figures": [_figure_data(figure) for figure in one.figures],
    }


def _figure_data(figure: TargetFigure) -> dict[str, Any]:
    term = vocabulary("observation-status")[figure.status]
    return {
        **{"year": figure.year, "value": figure.value, "source": figure.source, "release": figure.release},
        **{"obs_status": figure.status, "obs_status_label_en": term.label_en, "obs_status_label_zh": term.label_zh},
    }


def year_data(one: YearFigures) -> dict[str, Any]:
    """Return the shares of a year as data."""
    found = one.concentration
    return {
        "year": one.year,
        "sum": None if found is None else found.total,
        "printed_total": one.printed_total,
        "hhi_low": None if found is None else found.hhi_low,
        "hhi_high": None if found is None else found.hhi_high,
        "top_three_percent": None if found is None else found.top_three,
        "withheld": [] if found is None else list(found.withheld),
        "rest_percent": None if found is None else found.rest_share,
        "areas": []
        if found is None
        else [
            {"area": area, **labels_of("area", area), "value": one.values[area], "share_percent": share}
            for area, share in found.shares
        ],
    }


def labels_of(dimension: str, code: str) -> dict[str, str]:
    """Return the labels of a code in both languages."""
    if dimension not in DIMENSIONS or dimension == "source":
        return {"label_en": code, "label_zh": code}
    return {f"label_{lang}": label(dimension, code, lang) for lang in ("en", "zh")}


def _texts(name: str, text: Translatable) -> dict[str, str]:
    return {f"{name}_{lang}": text.in_language(lang) for lang in ("en", "zh")}


def both(text: Translatable) -> dict[str, str]:
    """Return a text in both languages."""
    return {lang: text.in_language(lang) for lang in ("en", "zh")}
