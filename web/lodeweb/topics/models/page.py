"""The pages of grade and tonnage models."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.topics.models.operations import MODEL, TYPES, ModelledTypes, TypeModel, UsedDeposit
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages import chart_data
from lodeweb.pages.compare import load_source_titles

MAX_MODEL_DEPOSITS = 300
"""Deposits of the table, the largest first; the CSV has all."""
POINT_KIND = "endowment"


def describe_types(_found: ModelledTypes | None) -> Mapping[str, Any]:
    """Return what the page of types shows besides the result."""
    return {}


def describe_model(type_model: TypeModel) -> Mapping[str, Any]:
    """Return what the page of a model shows: its chart, and names of the deposits used."""
    chart: dict[str, Any] = {
        "id": "grade-tonnage",
        "kind": "grade-tonnage",
        "title": gettext("Grade and tonnage"),
        "url": f"/api/collections/deposits/charts/grade-tonnage?{_build_query(type_model)}",
        "choice": None,
        "own": [],
    }
    parameters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang") and value]
    return {
        "chart_of": chart,
        "drawing": chart_data.write_chart_settings([chart]),
        "own": urlencode(parameters),
        "listed": type_model.used[:MAX_MODEL_DEPOSITS],
        "name": find_deposit_name,
        "country": lambda code: load_vocabulary("country")[code].label(get_language()) if code else "",
        "commodity": lambda code: labels.label_commodity(code, get_language()),
        "source_titles": load_source_titles(),
        "narrower_titles": [load_vocabulary("deposit-model")[code].label(get_language()) for code in type_model.narrower],
    }


def _build_query(type_model: TypeModel) -> str:
    chosen = {
        "deposit_model": type_model.deposit_model,
        "commodity": type_model.model.commodity,
        "of": type_model.model.commodity,
    }
    return urlencode(chosen | ({"source": type_model.source} if type_model.source else {}))


def find_deposit_name(used_deposit: UsedDeposit) -> str:
    """Return the name of a deposit in the language of the page, else in the other one."""
    names = (
        (used_deposit.name_zh, used_deposit.name_en) if get_language() == "zh" else (used_deposit.name_en, used_deposit.name_zh)
    )
    return next((name for name in names if name), gettext("unnamed"))


PRESENTATIONS = {TYPES: Presentation(describe_types), MODEL: Presentation(describe_model)}
