"""Metal between actual and minimum or leading rates of recovery, by deposit and in sum, as data and as a page."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.query.collections_ import COLLECTIONS
from lodebase.statistics.recovery_gaps import DepositGap, RecoveryGaps, recovery_gaps
from lodedata.messages import msg
from lodedata.recovery.gap import FORMULA, TIER_TITLES, RateGap
from lodedata.recovery.minima import instruments
from lodeweb.api.features import query_parameters
from lodeweb.api.recovery import CLOSING, day
from lodeweb.api.statistics_data import both
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links, record_address
from lodeweb.http.representation.responses import document_response, page_response
from lodeweb.i18n import labels
from lodeweb.i18n.language import language, translated

blueprint = Blueprint("recovery_gaps", __name__)
PARAMETERS = ("date",)
NOTE = msg(
    "Deposits whose mine has an actual rate of processing, and the metal that their estimates contain, losses of mining not "
    "deducted. Of a table of which only the span was read, the metal is a span. A sum is of one metal, class and text."
)
LABELS = {
    "category": lambda code: labels.estimate_category(code, language()),
    "commodity": lambda code: labels.commodity(code, language()),
    "tier": lambda code: translated(TIER_TITLES[code]),
}


@blueprint.get("/api/recovery/gaps")
def data() -> Response:
    """Return the metal between actual and minimum or leading rates of processing on a day, with every input."""
    found = _found()
    body = _body(found)
    return document_response(body, "recovery/gaps.html", version=found.dataset_version, **_context(body))


@blueprint.get("/recovery/gaps")
def page() -> Response:
    """Return the page of the metal between actual and minimum or leading rates."""
    found = _found()
    body = _body(found)
    return page_response(render_template("recovery/gaps.html", body=body, **_context(body)), found.dataset_version)


def _found() -> RecoveryGaps:
    query_parameters.general(request.args, PARAMETERS)
    return recovery_gaps(site().engine, day(request.args))


def _context(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page needs besides the body; deposits with a sum of metal come first, the others are folded."""
    known = [one for one in body["deposits"] if any(any(gap["metal_t"].values()) for gap in one["gaps"])]
    unknown = [one for one in body["deposits"] if one not in known]
    names = {one.id: one.title for one in instruments()}
    href = dict.fromkeys(COLLECTIONS, record_address)
    return {
        "title": gettext("Metal between actual and minimum rates"),
        "instruments": names,
        "href": href,
        "known": known,
        "unknown": unknown,
        **LABELS,
    }


def _body(found: RecoveryGaps) -> dict[str, Any]:
    return {
        "date": found.on.isoformat(),
        "formula": both(FORMULA),
        "note": both(NOTE),
        "disclaimer": both(CLOSING),
        "totals": [asdict(one) for one in found.totals],
        "deposits": [_deposit(one) for one in found.deposits],
        "links": own_links(),
    }


def _deposit(one: DepositGap) -> dict[str, Any]:
    return {
        **{"deposit": one.deposit, "project": one.project, "record": one.record, **one.names},
        **{"commodity": one.facts.commodity, "country": one.facts.country, "year": one.year},
        "gaps": [_gap(gap, one) for gap in one.gaps],
        "figures": [asdict(figure) for figure in one.figures],
    }


def _gap(gap: RateGap, of: DepositGap) -> dict[str, Any]:
    low, high = gap.span or (None, None)
    metal: Mapping[str, Any] = {figure.category: gap.metal_t(figure.metal_t) for figure in of.figures}
    return {
        **{"instrument": gap.instrument.id, "tier": gap.tier, "actual_pct": gap.actual_pct, "low_pct": low, "high_pct": high},
        "applies_in_country": None if of.facts.country is None else of.facts.country == gap.instrument.country,
        "reason": None if gap.reason is None else both(gap.reason),
        "metal_t": metal,
    }
