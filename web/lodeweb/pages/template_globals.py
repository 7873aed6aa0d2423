"""Functions, tests and filters of templates."""

from collections.abc import Iterable

from flask import Flask

from lodebase.topics.holdings.operations import HELP
from lodebase.topics.holdings.store import HeldPart, read_holdings
from lodedata.sources.source_texts import translate_source_text
from lodeweb.http.access import security_headers
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.i18n.language import get_language, gettext, localize_field, translate_message
from lodeweb.i18n.numbers import number
from lodeweb.i18n.original_names import is_original, mark_original
from lodeweb.pages import assets
from lodeweb.pages.local_times import format_local_time
from lodeweb.pages.records.schedule_parts import list_light_names


def map_address() -> str:
    """Return the address of the map: ``/``, unless the site starts with the tasks."""
    return "/" if get_site().settings.start == "map" else "/map"


def list_china_parts(names: Iterable[str]) -> list[HeldPart]:
    """Return parts of what is held of China, by name."""
    parts = read_holdings(get_site().engine, get_site().figures).parts
    return [parts[name] for name in names]


def describe_row(locator: str) -> str:
    """Return the place of a row such as `mines.xlsx, Sheet1, row 2` in the language of the page."""
    table, _, number_of_row = locator.rpartition(", row ")
    if not table or not number_of_row.isdecimal():
        return locator
    return str(gettext("%(table)s, row %(number)s", table=table, number=number_of_row))


def register(app: Flask) -> None:
    """Add functions, tests and filters to the templates."""
    app.jinja_env.globals.update(
        asset=assets.build_asset_url, nonce=security_headers.get_nonce, language=get_language, here=links.change_address
    )
    app.jinja_env.globals.update(translated=translate_message, light_names=list_light_names)
    app.jinja_env.globals.update(map_address=map_address, site_contact=lambda: get_site().settings.contact)
    app.jinja_env.globals.update(china_held=list_china_parts, china_help=HELP)
    app.jinja_env.tests["web_address"] = links.is_web_address
    app.jinja_env.filters["own_path"] = links.strip_own_host
    app.jinja_env.filters["figure"] = number
    app.jinja_env.filters["local_time"] = format_local_time
    app.jinja_env.filters["describe_row"] = describe_row
    app.jinja_env.filters["localized"] = localize_field
    app.jinja_env.filters["original"] = mark_original
    app.jinja_env.filters["source_text"] = lambda printed: translate_message(translate_source_text(printed or ""))
    app.jinja_env.tests["original"] = is_original
