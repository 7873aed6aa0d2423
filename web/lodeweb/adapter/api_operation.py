"""The description of an operation of the API: what it returns, and the parameters that it accepts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lodebase.query.parameters.parameter import Group, Parameter
from lodedata.messages import Message, msg
from lodeweb.http.representation.negotiation import HTML, JSON

DESCRIPTION = "api_operation"
"""The attribute of a view that holds its description."""
TEXT = {"type": "string"}
DAY = {"type": "string", "format": "date"}
VERSION = Parameter(
    "version",
    "general",
    {"type": "integer", "minimum": 1},
    msg("A version of the data; by default the latest."),
)


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """The operation of a route: a sentence, the schema by media type, and its parameters."""

    text: Message
    responses: Mapping[str, str]
    groups: tuple[Group, ...] = ("general",)
    """The groups of parameters from the table that it accepts."""
    more: tuple[str, ...] = ()
    """Names of parameters from the table that it accepts in addition."""
    less: tuple[str, ...] = ()
    """Names of parameters of those groups that it does not accept."""
    own: tuple[Parameter, ...] = ()
    """Parameters that only this operation accepts."""
    needs: tuple[str, ...] = ()
    """Names of its own parameters that are required."""
    suffix: str = ""
    """The end of the operation's name that a standard requires."""
    done: str = "200"
    """The status of success."""
    sent: bool = False
    """Whether the parameters of all groups are sent as a JSON object instead."""
    file: bool = False
    """Whether a file is sent."""
    table: bool = False
    """Whether a CSV is sent."""
    body: Mapping[str, Any] | None = None
    """The schema of the JSON that is sent."""
    also: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Further statuses of success, each with its schemas by media type."""
    needs_key: bool = False
    """Whether it needs an API key."""


View = TypeVar("View", bound=Callable[..., Any])


def describe_as(operation: ApiOperation) -> Callable[[View], View]:
    """Declare the description of a view whose parameters and formats a standard sets, so that it is no declared operation."""

    def declare(view: View) -> View:
        vars(view)[DESCRIPTION] = operation
        return view

    return declare


def find_view_description(view: object) -> ApiOperation | None:
    """Return the description of a view, None for one without."""
    return getattr(view, DESCRIPTION, None)


def describe_json_responses(schema: str) -> Mapping[str, str]:
    """Return the responses of an operation whose data is JSON, or a page in a browser."""
    return {JSON: schema, HTML: "page"}


def format_parameter(*names: str) -> Parameter:
    """Return the parameter ``f`` of an operation with formats of its own."""
    return Parameter("f", "general", {"type": "string", "enum": names}, msg("The format of the response."))
