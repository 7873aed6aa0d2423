"""The rules of the layout check, as data and as a page: the text, condition and legal status of each on a day."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.errors import BadQuery
from lodebase.layout.rulebook import rulebook
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodedata.rules import Instrument, InstrumentRule, standing
from lodedata.rules.quantities import DECLARED
from lodedata.rules.standing import LABELS
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("layout_rules", __name__)
OWN = ("on", "product")


@blueprint.get("/api/layout/rules")
def rules() -> Response:
    """Return the instruments and their rules, each rule with its legal status on a day."""
    query_parameters.general(request.args, extra=OWN)
    return document_response(_body(), "layout/rules.html", **_context())


@blueprint.get("/layout/rules")
def page() -> str:
    """Return the page of the rules."""
    return render_template("layout/rules.html", body=_body(), **_context())


def day(text: str | None) -> date:
    """Return the day that a text names, today for none. Raises BadQuery."""
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery("on", text[:40], msg('"%(value)s" is not a date. Write it as 2026-01-31.')) from None


def _context() -> dict[str, Any]:
    return {"title": gettext("Rules of the layout check"), "products": PRODUCTS, "standings": LABELS, "bound": _bound}


def _body() -> dict[str, Any]:
    on, product = day(request.args.get("on")), request.args.get("product") or None
    if product is not None and product not in PRODUCTS:
        raise BadQuery(
            "product",
            product[:40],
            msg('"%(value)s" is not a product of the layout check. Use one of %(choices)s.', choices=list(PRODUCTS)),
        )
    known = rulebook(site().settings)
    instruments = [_instrument(one, on, product) for one in known.instruments]
    return {
        "on": on.isoformat(),
        "product": product,
        "rules_sha256": known.sha256,
        "instruments": [one for one in instruments if one["rules"]],
        "links": own_links(),
    }


def _instrument(instrument: Instrument, on: date, product: str | None) -> dict[str, Any]:
    fields = instrument.model_dump(mode="json", exclude={"rules"})
    rules = [one for one in instrument.rules if product is None or product in one.products]
    return fields | {"rules": [_rule(instrument, one, on) for one in rules]}


def _rule(instrument: Instrument, rule: InstrumentRule, on: date) -> dict[str, Any]:
    return rule.model_dump(mode="json") | {"standing": standing(instrument, rule, on)}


def _bound(condition: dict[str, Any], language: str) -> str:
    """Return a short text of a condition."""
    if condition["kind"] == "minimum-scale":
        return f"≥ {condition['capacity_tpa']:,.0f} t/a"
    if condition["kind"] == "feedstock-share":
        return "" if condition["share_pct"] is None else f"≥ {condition['share_pct']:g} %"
    if condition["kind"] == "distance":
        return f"≥ {condition['at_least_km']:g} km"
    if condition["kind"] not in ("energy", "recovery", "ratio"):
        return ""
    about = DECLARED[condition["quantity"]]
    signs = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}
    sign = next(f"{mark} {condition[key]:g}" for key, mark in signs.items() if condition[key] is not None)
    return f"{about.title.in_language(language)}: {sign} {about.unit}"
