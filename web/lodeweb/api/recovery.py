"""The check of a mine or plan against minimum rates of recovery on a day, as data and as a page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.errors import BadQuery, NoSuchThing
from lodebase.query.reading import reading
from lodebase.records import recoveries
from lodedata.messages import msg
from lodedata.recovery.check import OUTCOMES, RecoveryFacts, RecoveryFinding, check, facts_of, metal_between
from lodedata.recovery.inputs import INPUTS
from lodedata.recovery.minima import STAGES, instruments
from lodedata.rules.standing import LABELS
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("recovery", __name__)
RATES: Mapping[str, str] = {stage.replace("-", "_"): stage for stage in STAGES}
"""The stage of each parameter of a rate."""
PARAMETERS = ("record", "commodity", "country", "date", *RATES, *INPUTS)
METALS = tuple(dict.fromkeys(rule.commodity for one in instruments() for rule in one.rules))
CLOSING = msg("A comparison with texts as they were read; it is no decision of an authority.")


@blueprint.get("/api/recovery/check")
def data() -> Response:
    """Return the findings for a record, or for the rates and inputs of a mine or plan."""
    query_parameters.general(request.args, PARAMETERS)
    return document_response(checked(request.args), "recovery/check.html", **_context())


@blueprint.get("/recovery/check")
def page() -> str:
    """Return the page of the check: its form, and the findings once a metal is chosen."""
    query_parameters.general(request.args, PARAMETERS)
    body = checked(request.args) if request.args.get("commodity") or request.args.get("record") else None
    return render_template("recovery/check.html", body=body, **_context())


def checked(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of the check that a request names. Raises BadQuery and NoSuchThing."""
    record = _record(given["record"]) if given.get("record") else None
    facts = _facts(given) if record is None else facts_of(record, day(given))
    return {
        "record": given.get("record"),
        "commodity": facts.commodity,
        "country": facts.country,
        "date": facts.on.isoformat(),
        "rates_pct": dict(facts.rates),
        "inputs": {**facts.choices, **({} if facts.li2o_pct is None else {"li2o_pct": facts.li2o_pct})},
        "findings": [finding_data(one, facts, record) for one in check(facts)],
        "disclaimer_en": CLOSING.in_language("en"),
        "disclaimer_zh": CLOSING.in_language("zh"),
        "links": own_links(),
    }


def finding_data(one: RecoveryFinding, facts: RecoveryFacts, record: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a finding as data, with its sentences in both languages."""
    text = one.instrument
    rules = [rule for rule in text.rules if rule.id in one.rules]
    metal = None if record is None else metal_between(one, record)
    return {
        "instrument": text.model_dump(mode="json", exclude={"rules"}),
        "applies_in_country": None if facts.country is None else facts.country == text.country,
        "stage": one.stage,
        "stage_en": vocabulary("recovery-stage")[one.stage].label("en"),
        "stage_zh": vocabulary("recovery-stage")[one.stage].label("zh"),
        "outcome": one.outcome,
        "outcome_en": OUTCOMES[one.outcome].in_language("en"),
        "outcome_zh": OUTCOMES[one.outcome].in_language("zh"),
        "standing": one.standing,
        "reason_en": None if one.reason is None else one.reason.in_language("en"),
        "reason_zh": None if one.reason is None else one.reason.in_language("zh"),
        "rate_pct": one.rate_pct,
        "lowest_minimum_pct": one.lowest_pct,
        "highest_minimum_pct": one.highest_pct,
        "gap_points": one.gap_points,
        "metal_between_t": metal,
        "missing": list(one.missing),
        "rules": [rule.model_dump(mode="json", exclude_none=True) for rule in rules],
    }


def _record(identity: str) -> dict[str, Any]:
    with reading(site().engine) as connection:
        found = recoveries.find(connection, identity)
    if found is None:
        raise NoSuchThing(msg('There is no recovery record "%(value)s".', value=identity[:40]))
    return found


def _facts(given: Mapping[str, str]) -> RecoveryFacts:
    rates = {stage: figure for name, stage in RATES.items() if (figure := _percent(given, name)) is not None}
    choices = {name: value for name, about in INPUTS.items() if about.choices and (value := given.get(name))}
    for name, value in choices.items():
        if value not in INPUTS[name].choices:
            raise _not_a_choice(name, value, list(INPUTS[name].choices))
    commodity, country = given.get("commodity", ""), given.get("country") or None
    if commodity not in METALS:
        raise _not_a_choice("commodity", commodity, list(METALS))
    if country is not None and country not in vocabulary("country"):
        raise BadQuery("country", country[:40], msg('"%(value)s" is not a country code. Use an ISO 3166-1 code such as CHN.'))
    return RecoveryFacts(commodity, day(given), country, rates, choices, _percent(given, "li2o_pct"))


def _not_a_choice(name: str, value: str, choices: list[str]) -> BadQuery:
    sentence = msg('%(parameter)s has no choice "%(value)s". Use one of %(choices)s.', choices=choices)
    return BadQuery(name, value[:40], sentence)


def _percent(given: Mapping[str, str], name: str) -> float | None:
    text = given.get(name)
    if not text:
        return None
    try:
        figure = float(text)
    except ValueError:
        figure = -1.0
    if not 0 <= figure <= 100:
        raise BadQuery(name, text[:20], msg('%(parameter)s must be a number from 0 to 100, in per cent, not "%(value)s".'))
    return figure


def day(given: Mapping[str, str]) -> date:
    """Return the day of a request, by default today. Raises BadQuery."""
    text = given.get("date")
    if not text:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery("date", text[:20], msg('%(parameter)s must be a day such as 2026-03-31, not "%(value)s".')) from None


def _context() -> dict[str, Any]:
    return {
        "title": gettext("Check of recovery rates"),
        "metals": [vocabulary("commodity")[code] for code in METALS],
        "inputs": INPUTS,
        "rates": {name: vocabulary("recovery-stage")[stage] for name, stage in RATES.items()},
        "standings": LABELS,
        "given": request.args,
    }
