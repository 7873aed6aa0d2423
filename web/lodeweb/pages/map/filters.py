"""The filters in an address of the map, checked as the API checks the requests that the page makes of them."""

from werkzeug.datastructures import MultiDict

from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.query.filters.field_values import find_filtered_field
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import list_taken_parameters
from lodeweb.pages.map.screen import list_filters


def check_map_filters(parameters: MultiDict[str, str]) -> None:
    """Raise BadQuery if a filter has a value that the API refuses, and NotFound for a kind that is no collection.

    Parameters of the view, and those that the map does not know, are left out as the page leaves them out.
    """
    points = {name: collection for name, collection in COLLECTIONS.items() if collection.kind.merged}
    for name in filter(None, parameters.get("kind", "").split(",")):
        find_collection(name)
    for collection in points.values():
        taken = list_taken_parameters(collection, ("filter",))
        of_fields = {name: field.name for name in list_filters(points) if (field := find_filtered_field(collection, name))}
        named = ((name if name in taken else of_fields.get(name), value) for name, value in parameters.items(multi=True))
        filters = [(name, value) for name, value in named if name is not None and value]
        query_parser.parse_query_arguments(collection, Arguments(filters), ("filter",))
