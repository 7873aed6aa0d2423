"""The permanent address of a record, of whatever kind: /records/ID."""

from flask import Blueprint, Response, redirect, request
from werkzeug import Response as Redirect
from werkzeug.datastructures import MultiDict

from lodebase.query.reading import open_reading
from lodebase.records.record_collections import find_serving_collection
from lodeweb.api.features import query_parameters
from lodeweb.api.linked_data.syntaxes import choose_syntax
from lodeweb.http.database import get_site
from lodeweb.http.representation import links, pinned
from lodeweb.http.representation.links import change_address
from lodeweb.http.representation.responses import build_page_response
from lodeweb.pages.records import record_page

blueprint = Blueprint("records", __name__)


@blueprint.get("/records/<identity>")
@pinned.reads_version
# pages have the language of their reader
@pinned.changes_within_version(lambda: True)
def record(identity: str) -> Response | Redirect:
    """Return the page of a record; redirect to the API for another form. Raise NotFound for an unknown id."""
    arguments = MultiDict(request.args)
    other = choose_syntax() is not None or arguments.pop("f", "html") != "html"
    _, _, as_of = query_parameters.parse_single_parameters(arguments)
    with open_reading(get_site().engine) as connection:
        collection = find_serving_collection(connection, identity, as_of)
    if other:
        return redirect(
            f"{links.build_collection_path(collection)}/items/{links.quote_query_text(identity)}{change_address()}", 303
        )
    return build_page_response(*record_page.render(collection, identity, as_of))
