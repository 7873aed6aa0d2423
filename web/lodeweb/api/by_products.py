"""Metals contained in the ore of another, and deposits of low-grade ore, as data."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.history import dataset_state
from lodebase.query import page as page_of
from lodebase.query.collections_ import COLLECTIONS
from lodebase.statistics.by_products import ByProducts, HostDeposit, OreTypeTotal, all_pairs
from lodedata.figures.by_products import FORMULA, PAIRS
from lodedata.figures.low_grade import low_grade_rules
from lodedata.messages import msg
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.statistics_data import both
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.responses import document_response

blueprint = Blueprint("by_products", __name__)
PARAMETERS = ("pair",)
NOT_ADDED = msg(
    "A sum is of one class and one pair: classes are not added, and a deposit may be in several pairs. Of several figures of a "
    "class in one deposit the latest counts, of one date the largest."
)


@blueprint.get("/api/by-products")
def data() -> Response:
    """Return the totals of every pair by class, and of one pair by type of ore and deposit."""
    query_parameters.general(request.args, PARAMETERS)
    found, chosen = find_pairs()
    body = {
        "pairs": [_pair(code, one) for code, one in found.items()],
        "pair": chosen.pair.code,
        "ore_types": [_total(one) for one in chosen.ore_types],
        "deposits": [_deposit(one) for one in chosen.deposits],
        "formula": both(FORMULA),
        "note": both(NOT_ADDED),
        "low_grade": list(low_grade()),
        "links": own_links(),
    }
    title = gettext("Co-occurring metals")
    return document_response(body, "api/document.html", version=chosen.dataset_version, title=title)


def find_pairs() -> tuple[Mapping[str, ByProducts], ByProducts]:
    """Return every pair by its code, and the one that the request names. Raises BadQuery."""
    code = request.args.get("pair") or next(iter(PAIRS))
    if code not in PAIRS:
        sentence = msg('%(parameter)s has no choice "%(value)s". Use one of %(choices)s.', choices=list(PAIRS))
        raise BadQuery("pair", code[:40], sentence)
    version = dataset_state.version(site().engine).number
    found: Mapping[str, ByProducts] = site().figures.at(version, "by-products", lambda: all_pairs(site().engine))
    return found, found[code]


def _pair(code: str, one: ByProducts) -> dict[str, Any]:
    return {"pair": code, "host": one.pair.host, "by_product": one.pair.by_product, **_total(one.total)}


def _total(one: OreTypeTotal) -> dict[str, Any]:
    return {
        "ore_type": one.ore_type,
        "deposits": one.deposits,
        "without_figure": one.without_figure,
        "classes": [
            {"category": c.category, "deposits": c.deposits, "metal_t": c.metal_t, "not_added": c.further} for c in one.classes
        ],
    }


def _deposit(one: HostDeposit) -> dict[str, Any]:
    names = ("id", "name_en", "name_zh", "country", "ore_type", "lon", "lat")
    return {
        **{name: getattr(one, name) for name in names},
        "figures": [asdict(figure) for figure in one.figures],
    }


def low_grade() -> Iterator[dict[str, Any]]:
    """Yield each rule of low-grade ore with the number of deposits that it selects."""
    deposits = COLLECTIONS["deposits"]
    for code, rule in low_grade_rules().items():
        query = query_parameters.query(deposits, MultiDict([("low_grade", code), ("limit", "1")]))
        term = vocabulary("low-grade")[code]
        yield {
            "rule": code,
            **{"label_en": term.label_en, "label_zh": term.label_zh, "cut_off_pct": rule.cut_off_pct},
            **{"industrial_pct": rule.industrial_pct, "note": term.note, "condition": rule.condition},
            "deposits": page_of(site().engine, query, site().counts).matched,
        }
