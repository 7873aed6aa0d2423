"""The page of a tract: its form, and what may be left with all that the estimate rests on."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.operations.formats import PDF
from lodebase.topics.tract.document import describe_cutoff, write_estimate
from lodebase.topics.tract.filter_parameters import FILTER_NAMES
from lodebase.topics.tract.filter_text import (
    CITATION,
    MILL_NAMES,
    ORE_BODIES,
    TAILINGS,
    describe_methods,
    describe_parameters,
    describe_share,
)
from lodebase.topics.tract.operations import ESTIMATE, TractEstimate
from lodebase.topics.tract.store import KnownDeposit
from lodedata.topics.undiscovered.simulation import AboveFilter
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import chart_data


def describe_page(tract_estimate: TractEstimate | None) -> Mapping[str, Any]:
    """Return what the page of a tract shows besides the result."""
    shown = {
        "metals": [
            (term.code, term.label(get_language())) for term in load_vocabulary("commodity") if term.extra["scope"] == "in"
        ],
        "commodity": lambda code: labels.label_commodity(code, get_language()),
        "name": _name,
        "is_filter_open": any(request.args.get(name) for name in FILTER_NAMES),
        "choices": {"ore_body": ORE_BODIES, "mill": MILL_NAMES, "tailings": TAILINGS},
    }
    if tract_estimate is None:
        return {**shown, "chart_of": None}
    chart = {
        "id": "numbers",
        "kind": "bars-and-lines",
        "title": gettext("Chance of each number of undiscovered deposits"),
        "x": gettext("Deposits"),
        "step": 1,
        "centred": True,
        "mark": "bars",
        "unit": "%",
        "groups": "",
        "rows": [{"x": n, "y": chance, "group": ""} for n, chance in enumerate(tract_estimate.simulation.number_probabilities)],
    }
    parameters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang") and value]
    above = tract_estimate.simulation.above_cutoff
    economic = tract_estimate.simulation.above_filter
    return {
        **shown,
        "chart_of": chart,
        "drawing": chart_data.write_chart_settings([chart]),
        "own": urlencode([*parameters, ("lang", get_language())]),
        "cutoff_sentence": None if above is None else describe_cutoff(above),
        "economic": None if economic is None else _describe_filter(economic),
    }


def _describe_filter(above: AboveFilter) -> Mapping[str, Any]:
    return {
        "share": describe_share(above),
        "methods": describe_methods(above),
        "parameters": describe_parameters(above),
        "citation": CITATION,
    }


def _write_pdf(tract_estimate: TractEstimate) -> bytes:
    return write_estimate(tract_estimate, get_language())


def _name(deposit: KnownDeposit) -> str:
    names = (deposit.name_zh, deposit.name_en) if get_language() == "zh" else (deposit.name_en, deposit.name_zh)
    return next((name for name in names if name), gettext("unnamed"))


PRESENTATIONS = {ESTIMATE: Presentation(describe_page, {PDF: _write_pdf})}
