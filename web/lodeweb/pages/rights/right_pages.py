"""The register of mining rights and what is on sale; and deposits and prospects with what is known of rights over them."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext
from sqlalchemy import Connection

from lodebase.errors import BadQuery
from lodebase.query.reading import reading
from lodebase.rights.candidates import COVERED, IN_SCOPE, MOST, CandidateQuery, candidates
from lodedata.messages import msg
from lodedata.vocab import vocabulary
from lodeweb.http.database import site
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import language
from lodeweb.pages.embedded import embedded
from lodeweb.pages.map import ground
from lodeweb.pages.rights import right_parts

blueprint = Blueprint("rights_pages", __name__)
PAGE = 100
ON_SALE = """
SELECT *, bidding_to::text AS until FROM right_sale
WHERE notice_type IN ('listing-notice', 'auction-notice', 'tender-notice') AND (bidding_to IS NULL OR bidding_to >= %(on)s)
ORDER BY bidding_to NULLS LAST, notice_date DESC, id LIMIT 500
"""
LISTED = """
SELECT ST_AsGeoJSON(geom, 6) AS outline, id, right_no, name_en, name_zh,
  right_kind, status, holder, holder_kind, valid_from, valid_to, commodities,
  area_km2_reported, area_km2_computed, count(*) OVER () AS matched FROM mining_right
WHERE (%(kind)s::text IS NULL OR right_kind = %(kind)s) AND (%(commodity)s::text IS NULL OR commodities @> ARRAY[%(commodity)s])
  AND (%(holder)s::text IS NULL OR strpos(lower(holder), lower(%(holder)s)) > 0)
  AND (%(before)s::text IS NULL OR valid_to < %(before)s)
  AND (NOT %(in_force)s OR ((valid_from IS NULL OR valid_from <= %(on)s)
    AND (valid_to IS NULL OR valid_to >= left(%(on)s, length(valid_to)))))
ORDER BY id LIMIT 100 OFFSET %(skip)s
"""
REGISTERS = """
SELECT country, division, count(*) AS rights, max(information_date) AS complete_to FROM mining_right
GROUP BY 1, 2 ORDER BY 1, 2
"""
COLUMNS = (
    *("id", "kind", "name_en", "name_zh", "country", "division", "main_commodity", "lon", "lat", "position_accuracy_m"),
    *("exploration_stage", "covered", "rights", "ends", "complete_to", "classes", "zones", "plant_en", "plant_zh", "plant_km"),
)


@blueprint.get("/rights")
def register() -> str:
    """Return the page of the register."""
    given = _texts("kind", "commodity", "holder", "before")
    values = {**given, "on": _day().isoformat(), "in_force": "on" in request.args, "skip": _skip()}
    with reading(site().engine) as connection:
        rights = _rows(connection, LISTED, values)
        sales = _rows(connection, ON_SALE, {"on": _day().isoformat()})
        registers = _rows(connection, REGISTERS, {})
    return render_template(
        "rights/register.html",
        given=given,
        on=_day(),
        skip=_skip(),
        page=PAGE,
        matched=rights[0]["matched"] if rights else 0,
        rights=rights,
        sales=[{**one, "days_left": _days_left(one["until"])} for one in sales],
        registers=registers,
        kinds=vocabulary("right-kind"),
        settings=embedded({**ground.basemap_data(), "layers": right_parts.rights_layer(rights, _day()), "texts": {}}),
        **_shared(),
    )


@blueprint.get("/rights/candidates")
def candidate_page() -> str:
    """Return the page of deposits and prospects by coverage."""
    query = _query(PAGE)
    with reading(site().engine) as connection:
        found = candidates(connection, query)
    return render_template(
        "rights/candidates.html",
        query=query,
        skip=query.skip,
        page=PAGE,
        found=found,
        commodities=IN_SCOPE,
        coverage=_coverage(),
        settings=embedded({**ground.basemap_data(), "layers": right_parts.points_layer(found.rows, _coverage()), "texts": {}}),
        **_shared(),
    )


@blueprint.get("/rights/candidates.csv")
def candidate_file() -> Response:
    """Return the candidates as CSV, up to 10,000 rows."""
    with reading(site().engine) as connection:
        found = candidates(connection, _query(MOST))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found.rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    headers = {"Content-Disposition": 'attachment; filename="candidates.csv"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _cell(value: Any) -> Any:
    text = "; ".join(value) if isinstance(value, list) else value
    # a spreadsheet would run a text that begins with one of these
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else text


def _query(limit: int) -> CandidateQuery:
    given = _texts("covered", "commodity", "country")
    covered = given["covered"]
    if covered is not None and covered not in COVERED:
        message = msg('%(parameter)s must be one of %(choices)s, not "%(value)s".', choices=list(COVERED))
        raise BadQuery("covered", covered[:80], message)
    ending = bool(request.args.get("ending"))
    return CandidateQuery(_day(), covered, given["commodity"], given["country"], ending, limit, _skip())


def _texts(*names: str) -> dict[str, str | None]:
    return {name: request.args.get(name, "").strip() or None for name in names}


def _day() -> date:
    text = request.args.get("on", "").strip()
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery("on", text[:80], msg('"%(value)s" is not a day. Write it as 2026-01-31.')) from None


def _skip() -> int:
    text = request.args.get("skip", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise BadQuery("skip", text[:80], msg('"%(value)s" is not a number of records. Write one such as 100.'))
    return int(text)


def _days_left(until: str | None) -> int | None:
    return None if until is None or len(until) < 10 else (date.fromisoformat(until) - _day()).days


def _coverage() -> Mapping[str, str]:
    return {
        "surely": gettext("covered, surely"),
        "possibly": gettext("covered, possibly (position accuracy)"),
        "once": gettext("covered once, not on this day"),
        "none-known": gettext("no right known here"),
        "not-known": gettext("not known: no register loaded"),
    }


def _rows(connection: Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(sql, dict(values)).mappings()]


def _class(text: str) -> str:
    """Return the class of an estimate and its ore in the reader's language."""
    category, _, amount = text.partition(": ")
    ore = amount.removesuffix(" t")
    label = labels.estimate_category(category, language())
    return f"{label} {quantities.tonnes(float(ore), language())}" if ore.isdigit() else label


def _shared() -> dict[str, Any]:
    lang = language()
    return {
        "name_of": right_parts.name_of,
        "holder": right_parts.holder,
        "label": right_parts.label,
        "status_on": right_parts.status_on,
        "estimate_class": _class,
        "minerals": lambda codes: [labels.commodity(code, lang) for code in codes or ()],
        "country": lambda code: right_parts.label("country", code) if code else gettext("not stated"),
        "division": lambda code: right_parts.label("division", code) if code else "",
    }
