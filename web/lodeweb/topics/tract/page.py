"""The page of a tract: its form, and what may be left with all that the estimate rests on."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from lodebase.topics.tract.operations import ESTIMATE, TractEstimate
from lodebase.topics.tract.store import KnownDeposit
from lodedata.vocab import vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n import labels
from lodeweb.i18n.language import language
from lodeweb.pages import chart_data


def describe_page(found: TractEstimate | None) -> Mapping[str, Any]:
    """Return what the page of a tract shows besides the result."""
    shown = {
        "metals": [(term.code, term.label(language())) for term in vocabulary("commodity") if term.extra["scope"] == "in"],
        "commodity": lambda code: labels.commodity(code, language()),
        "name": _name,
    }
    if found is None:
        return {**shown, "chart_of": None}
    chart = {
        **{"id": "numbers", "kind": "bars-and-lines", "title": gettext("Chance of each number of undiscovered deposits")},
        **{"x": gettext("Deposits"), "step": 1, "mark": "bars", "unit": "%", "groups": ""},
        "rows": [{"x": n, "y": chance, "group": ""} for n, chance in enumerate(found.simulation.number_probabilities)],
    }
    return {**shown, "chart_of": chart, "drawing": chart_data.settings([chart])}


def _name(one: KnownDeposit) -> str:
    names = (one.name_zh, one.name_en) if language() == "zh" else (one.name_en, one.name_zh)
    return next((name for name in names if name), gettext("unnamed"))


PRESENTATIONS = {ESTIMATE: Presentation(describe_page)}
