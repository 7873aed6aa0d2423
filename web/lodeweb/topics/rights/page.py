"""What the pages of mining rights show besides the results: labels, maps, and the classes of estimates with their ore."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from werkzeug import Response

from lodebase.field_types import MAX_LIMIT
from lodebase.topics.rights.operations import CANDIDATES, REGISTER, SALES, RightCandidates, RightSales, RightsRegister
from lodebase.topics.rights.register import IN_SCOPE, PAGE, SALE_STATES, SaleNotice
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.i18n import holders, labels, quantities
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map import ground
from lodeweb.pages.map.rights_layer import write_rights_settings
from lodeweb.pages.records import right_parts

blueprint = Blueprint("rights_files", __name__)


@blueprint.get("/rights/candidates.csv")
def redirect_to_candidates() -> Response:
    """Redirect to the file of the candidates at its present address."""
    return redirect(_build_file_address("csv"), 308)


def _build_file_address(form: str) -> str:
    """Return the address of the file of all candidates that match."""
    parameters = [
        (name, value) for name, value in request.args.items(multi=True) if name not in ("skip", "limit", "f") and value
    ]
    return f"{CANDIDATES.path}?{urlencode([*parameters, ('limit', MAX_LIMIT), ('f', form)])}"


def describe_register(result: RightsRegister) -> Mapping[str, Any]:
    """Return what the page of the register shows."""
    judged = "status" in result.filters
    return {
        "found": result,
        "rows": [asdict(right) for right in result.rights],
        "skip": int(request.args.get("skip") or 0),
        "page": PAGE,
        "day": result.date,
        "judged": judged,
        "sales": _group_by_state(result.sales),
        "sales_file": lambda form: f"{SALES.path}?{urlencode({'on': result.date, **_choose_sale_filters(), 'f': form})}",
        "kinds": load_vocabulary("right-kind"),
        "settings": write_rights_settings(result.date, result.filters, result.bbox, judged=judged),
        **_build_shared(),
    }


def _choose_sale_filters() -> dict[str, str]:
    """Return the filters of the register that notices of sales follow."""
    return {name: value for name in ("right_kind", "commodity", "holder") if (value := request.args.get(name))}


def describe_sales(result: RightSales) -> Mapping[str, Any]:
    """Return what the page of the sales shows."""
    return {"day": result.date, "sales": _group_by_state(result.sales), **_build_shared()}


def describe_candidates(result: RightCandidates) -> Mapping[str, Any]:
    """Return what the page of the candidates shows."""
    query = result.query
    rows = [asdict(candidate) for candidate in result.candidates]
    return {
        "query": query,
        "found": result,
        "rows": rows,
        "skip": query.skip,
        "page": query.limit,
        "files": [("CSV", _build_file_address("csv")), ("Excel", _build_file_address("xlsx"))],
        "commodities": IN_SCOPE,
        "countries": sorted((right_parts.label("country", code), code) for code in result.countries),
        "coverage": _describe_coverage(),
        "candidate_holders": _list_candidate_holders,
        "settings": embed_json(
            {**ground.build_basemap_data(), "layers": right_parts.build_points_layer(rows, _describe_coverage()), "texts": {}}
        ),
        **_build_shared(),
    }


def _group_by_state(sales: tuple[SaleNotice, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return the notices by state; those that name no mineral of this site are apart, unless a mineral was chosen."""
    chosen = bool(request.args.get("commodity"))
    ours = [sale for sale in sales if chosen or set(sale.commodities or ()) & set(IN_SCOPE)]
    found = {state: [asdict(sale) for sale in ours if sale.state == state] for state in SALE_STATES}
    return found | {"others": [asdict(sale) for sale in sales if sale not in ours]}


def _describe_coverage() -> Mapping[str, str]:
    return {
        "surely": gettext("covered, surely"),
        "possibly": gettext("covered, possibly (position accuracy)"),
        "once": gettext("covered at another time, not on this day"),
        "none-known": gettext("no right known here"),
        "not-known": gettext("not known: no register loaded"),
    }


def _list_candidate_holders(candidate: Mapping[str, Any]) -> list[str]:
    """Return the holders of the rights over a candidate: bodies by name, and that others are persons or not stated."""
    named = [name for name in (candidate["holders"] or "").split("; ") if name]
    kinds = set((candidate["holder_kinds"] or "").split("; "))
    if kinds & {"natural-person", "mixed"}:
        named.append(load_vocabulary("holder-kind")["natural-person"].label(get_language()))
    if not named and candidate["rights"]:
        named.append(str(gettext("not stated")))
    return named


def _describe_class(text: str) -> str:
    """Return the class of an estimate and its ore in the reader's language."""
    category, _, amount = text.partition(": ")
    ore = amount.removesuffix(" t")
    label = labels.estimate_category(category, get_language())
    if not ore.isdigit():
        return label
    return str(
        gettext("%(category)s: %(amount)s of ore", category=label, amount=quantities.format_tonnes(float(ore), get_language()))
    )


def _build_shared() -> dict[str, Any]:
    lang = get_language()
    return {
        "name_of": right_parts.name_of,
        "holder": holders.name_holder,
        "label": right_parts.label,
        "status": right_parts.label_right_status,
        "estimate_class": _describe_class,
        "minerals": lambda codes: [labels.label_commodity(code, lang) for code in codes or () if code],
        "country": lambda code: right_parts.label("country", code) if code else gettext("not stated"),
        "division": lambda code: right_parts.label("division", code) if code else "",
    }


PRESENTATIONS = {
    REGISTER: Presentation(describe_register),
    SALES: Presentation(describe_sales),
    CANDIDATES: Presentation(describe_candidates),
}
