"""The register of mining rights and what is on sale; and deposits and prospects with what is known of rights over them."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from lodebase.errors import BadQuery
from lodebase.query.parameters import query_parser, time_parameters
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import OF_ROWS
from lodebase.query.reading import reading
from lodebase.rights import register as stored
from lodebase.rights.candidates import COVERED, MOST, CandidateQuery, candidates, list_countries
from lodedata.messages import msg
from lodedata.vocab import vocabulary
from lodedata.write.formula import guarded
from lodeweb.http.database import site
from lodeweb.i18n import holders, labels, quantities
from lodeweb.i18n.language import language
from lodeweb.pages.embedded import embedded
from lodeweb.pages.map import ground
from lodeweb.pages.rights import right_parts
from lodeweb.pages.rights.rights_layer import page_settings

blueprint = Blueprint("rights_pages", __name__)
COLUMNS = (
    *("id", "kind", "name_en", "name_zh", "country", "division", "main_commodity", "lon", "lat", "position_accuracy_m"),
    *("exploration_stage", "covered", "rights", "ends", "holders", "register_as_of", "classes", "zones"),
    *("plant_en", "plant_zh", "plant_km"),
)


@blueprint.get("/rights")
def register() -> str:
    """Return the page of the register."""
    given, on, skip = _texts("right_kind", "commodity", "holder", "expires_before"), _day(), _skip()
    day = on or _today()
    parameters = _parameters(given, on)
    query = query_parser.query(stored.RIGHTS, Arguments(parameters.items()), OF_ROWS)
    with reading(site().engine) as connection:
        found = stored.rights(connection, query, day, skip)
        sales = stored.list_sales(connection, day)
        registers = stored.registers(connection)
    return render_template(
        "rights/register.html",
        given=given,
        on=on,
        skip=skip,
        page=stored.PAGE,
        found=found,
        sales={
            state: [{**one, "days_left": _days_left(one["until"], day)} for one in sales if one["state"] == state]
            for state in ("open", "undated", "past")
        },
        day=day,
        registers=registers,
        kinds=vocabulary("right-kind"),
        settings=page_settings(day, parameters, found.box, judged=on is not None),
        **_shared(),
    )


def _parameters(given: Mapping[str, str | None], on: date | None) -> dict[str, str]:
    """Return the parameters of the API for the page's filters: the holder by a part of the name, rights in force on a day."""
    parameters = {name: text for name, text in given.items() if text is not None and name != "holder"}
    if given["holder"] is not None:
        part = re.sub(r"([%_\\])", r"\\\1", given["holder"]).replace("'", "''")
        parameters["filter"] = f"CASEI(holder) LIKE CASEI('%{part}%')"
    if on is not None:
        parameters |= {"on": on.isoformat(), "status": ",".join(stored.IN_FORCE_ON)}
    return parameters


@blueprint.get("/rights/candidates")
def candidate_page() -> str:
    """Return the page of deposits and prospects by coverage."""
    query = _query(stored.PAGE, _skip())
    with reading(site().engine) as connection:
        found = candidates(connection, query)
        countries = list_countries(connection)
    return render_template(
        "rights/candidates.html",
        query=query,
        skip=query.skip,
        page=stored.PAGE,
        found=found,
        commodities=stored.IN_SCOPE,
        countries=sorted((right_parts.label("country", code), code) for code in countries),
        coverage=_coverage(),
        settings=embedded({**ground.basemap_data(), "layers": right_parts.points_layer(found.rows, _coverage()), "texts": {}}),
        **_shared(),
    )


@blueprint.get("/rights/candidates.csv")
def candidate_file() -> Response:
    """Return the candidates as CSV, up to 10,000 rows."""
    with reading(site().engine) as connection:
        found = candidates(connection, _query(MOST, 0))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found.rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    headers = {"Content-Disposition": 'attachment; filename="candidates.csv"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _cell(value: Any) -> Any:
    text = "; ".join(value) if isinstance(value, list) else value
    return guarded(text) if isinstance(text, str) else text


def _query(limit: int, skip: int) -> CandidateQuery:
    given = _texts("covered", "commodity", "country")
    covered = given["covered"]
    if covered is not None and covered not in COVERED:
        message = msg('%(parameter)s must be one of %(choices)s, not "%(value)s".', choices=list(COVERED))
        raise BadQuery("covered", covered[:80], message)
    ending = bool(request.args.get("ending"))
    return CandidateQuery(_day() or _today(), covered, given["commodity"], given["country"], ending, limit, skip)


def _texts(*names: str) -> dict[str, str | None]:
    return {name: request.args.get(name, "").strip() or None for name in names}


def _today() -> date:
    return datetime.now(UTC).date()


def _day() -> date | None:
    """Return the day of the request, None if it has none."""
    text = request.args.get("on", "").strip()
    return time_parameters.day("on", text) if text else None


def _skip() -> int:
    text = request.args.get("skip", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise BadQuery("skip", text[:80], msg('"%(value)s" is not a number of records. Write one such as 100.'))
    return int(text)


def _days_left(until: str | None, day: date) -> int | None:
    return None if until is None or len(until) < 10 else (date.fromisoformat(until) - day).days


def _coverage() -> Mapping[str, str]:
    return {
        "surely": gettext("covered, surely"),
        "possibly": gettext("covered, possibly (position accuracy)"),
        "once": gettext("covered at another time, not on this day"),
        "none-known": gettext("no right known here"),
        "not-known": gettext("not known: no register loaded"),
    }


def _class(text: str) -> str:
    """Return the class of an estimate and its ore in the reader's language."""
    category, _, amount = text.partition(": ")
    ore = amount.removesuffix(" t")
    label = labels.estimate_category(category, language())
    if not ore.isdigit():
        return label
    return str(gettext("%(category)s: %(amount)s of ore", category=label, amount=quantities.tonnes(float(ore), language())))


def _shared() -> dict[str, Any]:
    lang = language()
    return {
        "name_of": right_parts.name_of,
        "holder": holders.holder,
        "label": right_parts.label,
        "status": right_parts.status,
        "estimate_class": _class,
        "minerals": lambda codes: [labels.commodity(code, lang) for code in codes or ()],
        "country": lambda code: right_parts.label("country", code) if code else gettext("not stated"),
        "division": lambda code: right_parts.label("division", code) if code else "",
    }
