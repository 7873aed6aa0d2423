"""What the site is, who operates it, and how much may be requested."""

from importlib.metadata import version as installed

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from lodebase.history import dataset_state
from lodebase.query.collections_ import COLLECTIONS
from lodeweb.api.catalogue.dataset import write_dataset_citation
from lodeweb.http.database import get_site
from lodeweb.http.representation import responses
from lodeweb.i18n.labels import find_collection_title, write_site_description
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.numbers import number

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def show_about() -> Response:
    """Return the page about the site."""
    state = dataset_state.read_version(get_site().engine)
    _, extents = dataset_state.read_extents(get_site().engine, get_site().days)
    settings = get_site().settings
    limits = (
        (gettext("Requests to the API"), settings.rate_limit),
        (gettext("Tiles of the map"), settings.rate_limit_tiles),
        (gettext("Downloads"), settings.rate_limit_downloads),
        (gettext("Layout checks"), settings.rate_limit_layout),
    )
    html = render_template(
        "about/about.html",
        description=write_site_description(get_language()),
        state=state,
        counts=[
            (find_collection_title(collection), name, number(extents[name].rows))
            for name, collection in COLLECTIONS.items()
            if name in extents
        ],
        limits=[(title, rate_text(rate)) for title, rate in limits],
        software=installed("lode"),
        contact=settings.contact,
        citation=write_dataset_citation(gettext("Strategic minerals"), state, "/data"),
    )
    return responses.build_page_response(html, state.number)


@blueprint.get("/contact")
def redirect_to_contact() -> ResponseReturnValue:
    """Send the reader to the contact on the page about the site."""
    return redirect("/about#contact")


def rate_text(rate: str) -> str:
    """Return a setting such as ``600/minute`` as text."""
    count, _, period = rate.partition("/")
    if not period:
        return str(gettext("no limit"))
    periods = {"second": gettext("second"), "minute": gettext("minute"), "hour": gettext("hour"), "day": gettext("day")}
    return str(gettext("%(count)s per %(period)s", count=number(int(count)), period=periods[period]))
