"""What was added, changed and removed: by month on a page and as JSON, and by version as a feed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from sqlalchemy import Connection, select

from lodebase.db.schema import source_tables
from lodebase.errors import BadQuery, NotFound
from lodebase.history import dataset_state, monthly_changes
from lodebase.history.dataset_state import Version
from lodebase.history.monthly_changes import CountryChanges, Month, VersionImport
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.reading import open_reading
from lodedata.messages import msg
from lodedata.vocab import label
from lodeweb.http.database import get_site
from lodeweb.http.representation import responses
from lodeweb.http.representation.links import change_address
from lodeweb.http.representation.negotiation import ATOM, JSON
from lodeweb.i18n.labels import find_collection_title
from lodeweb.i18n.language import find_locale_tag, get_language, gettext, localize_field
from lodeweb.i18n.numbers import number

blueprint = Blueprint("updates", __name__)
MAX_IMPORTS = 500
MAX_ENTRIES = 50
FORMATS = ("html", "json", "atom")
OUTCOMES = ("added", "changed", "removed")


@blueprint.get("/updates")
def show_updates() -> Response:
    """Return what changed in a month, by default the last one with a change: as a page, JSON, or a feed of its versions."""
    wanted = request.args.get("f", "html")
    if wanted not in FORMATS:
        raise BadQuery(
            "f", wanted[:200], msg('"%(value)s" is not a format here. Use one of %(choices)s.', choices=list(FORMATS))
        )
    state = dataset_state.read_version(get_site().engine)
    version = state.number
    with open_reading(get_site().engine) as connection:
        months = monthly_changes.read_change_months(connection)
        month = _choose_month(months)
        imports = [] if month is None else monthly_changes.read_month_imports(connection, month, MAX_IMPORTS)
        titles = _list_titles(connection)
        uncompared = monthly_changes.count_uncompared(connection)
        changes = [] if month is None or wanted == "atom" else _count_changes(connection, version, month)
    if wanted == "atom":
        return _build_feed(imports[:MAX_ENTRIES], titles, state)
    if wanted == "json":
        return _build_json(month, imports, changes, version)
    html = render_template(
        "about/updates.html",
        month=month,
        months=months,
        imports=[(version_import, _name(version_import, titles)) for version_import in imports],
        sentences=list(_list_sentences(changes)),
        countries=_group_by_country(changes),
        details=[
            (find_collection_title(COLLECTIONS[change.collection]), _label_country(change.country), change)
            for change in changes
        ],
        count=number,
        uncompared=uncompared,
        feed=change_address(f="atom", month=None),
        lacking=[
            (version_import, _name(version_import, titles))
            for version_import in imports
            if version_import.refused.count or version_import.incomplete.count or version_import.out_of_scope
        ],
    )
    return responses.build_page_response(html, version)


@blueprint.get("/updates/imports/<int:run_number>")
def import_page(run_number: int) -> Response:
    """Return the page of an import: its counts, and each row that was not loaded or was loaded without a part."""
    with open_reading(get_site().engine) as connection:
        run = monthly_changes.read_public_import(connection, run_number)
        if run is None:
            raise NotFound(msg("There is no import %(number)s.", number=run_number))
        name = _name(run, _list_titles(connection))
    html = render_template("about/import.html", run=run, name=name, count=number)
    return responses.build_page_response(html, dataset_state.read_version(get_site().engine).number)


def _choose_month(months: Sequence[Month]) -> Month | None:
    """Return the requested month. Raises BadQuery if no data changed in it."""
    name = request.args.get("month")
    if name is None:
        return months[0] if months else None
    month = next((month for month in months if month.name == name), None)
    if month is None:
        sentence = (
            msg(
                'The data did not change in "%(value)s". Choose one of %(choices)s.',
                choices=[month.name for month in months[:12]],
            )
            if re.fullmatch(r"\d{4}-\d{2}", name)
            else msg('"%(value)s" is not a month. Write it as 2026-11.')
        )
        raise BadQuery("month", name[:40], sentence)
    return month


def _count_changes(connection: Connection, version: int, month: Month) -> list[CountryChanges]:
    # a month that ended does not change; the present one changes with each version
    return get_site().figures.at(
        version, ("updates", month.since, month.until), lambda: list(monthly_changes.read_changes_by_country(connection, month))
    )


def _list_titles(connection: Connection) -> Mapping[str, str]:
    source = source_tables.source
    rows = connection.execute(select(source.c.name, source.c.title_en, source.c.title_zh)).mappings()
    return {row["name"]: localize_field(dict(row), "title") for row in rows}


def _name(version_import: VersionImport, titles: Mapping[str, str]) -> str:
    if version_import.source is None:
        return str(gettext("Decisions and corrections by people"))
    return titles.get(version_import.source, version_import.source)


def _label_country(code: str | None) -> str:
    return str(gettext("no country stated")) if code is None else label("country", code).in_language(get_language())


def _list_sentences(changes: Sequence[CountryChanges]) -> Iterator[str]:
    """Yield a sentence for each collection with changes."""
    outcomes = {
        "added": msg("%(count)s added"),
        "changed": msg("%(count)s changed"),
        "removed": msg("%(count)s removed or merged"),
    }
    for name in dict.fromkeys(change.collection for change in changes):
        counts = {
            outcome: sum(getattr(change, outcome) for change in changes if change.collection == name) for outcome in outcomes
        }
        parts = [outcomes[outcome].filled(count=number(count)) for outcome, count in counts.items() if count]
        title = find_collection_title(COLLECTIONS[name])
        yield msg("%(title)s: %(parts)s.", title=title, parts=parts).in_language(get_language())


def _group_by_country(changes: Sequence[CountryChanges]) -> list[tuple[str, Counter[str]]]:
    found: dict[str | None, Counter[str]] = {}
    for change in changes:
        found.setdefault(change.country, Counter()).update({outcome: getattr(change, outcome) for outcome in OUTCOMES})
    return sorted(((_label_country(code), counts) for code, counts in found.items()), key=lambda row: -row[1].total())


def _build_json(month: Month | None, imports: list[VersionImport], changes: list[CountryChanges], version: int) -> Response:
    body: dict[str, Any] = {
        "month": None if month is None else month.name,
        "versions": [asdict(version_import) for version_import in imports],
        "records": [asdict(change) for change in changes],
    }
    response = Response(orjson.dumps(body), mimetype=JSON)
    response.headers[responses.VERSION_HEADER] = str(version)
    return response


def _build_feed(imports: list[VersionImport], titles: Mapping[str, str], state: Version) -> Response:
    feed = render_template(
        "about/updates.xml",
        entries=[(version_import, _name(version_import, titles)) for version_import in imports],
        root=request.url_root.rstrip("/"),
        updated=state.committed_at,
        count=number,
    )
    response = Response(feed, mimetype=ATOM)
    response.headers["Content-Language"] = find_locale_tag()
    response.headers[responses.VERSION_HEADER] = str(state.number)
    return response
