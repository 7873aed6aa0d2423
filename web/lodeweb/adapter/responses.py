"""From a request to the response of a declared operation: parameters, format, run, and the result in that format."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import orjson
from flask import Response, current_app, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.errors import BadApiKey, BadQuery, NotFound
from lodebase.field_types import MAX_QUOTED_CHARACTERS
from lodebase.operations.formats import HTML, OperationFormat, convert_result_to_data
from lodebase.operations.operation import Operation, OperationCaller, OperationServices, OperationVisitor
from lodebase.operations.row_parameters import AS_OF, RowParameters
from lodebase.query.parameters.arguments import GENERAL, Arguments
from lodebase.query.parameters.declarations import check
from lodebase.query.parameters.json_body import flatten_json_body
from lodebase.subscriptions.saved_filters import name_key_owner
from lodedata.messages import msg
from lodeweb.http.access import sessions
from lodeweb.http.access.api_key import find_current_key
from lodeweb.http.database import get_site
from lodeweb.http.declared import find_request_operation
from lodeweb.http.representation import versions
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import build_own_links, link
from lodeweb.http.representation.negotiation import prefers_html, wants_error_page
from lodeweb.http.representation.pinned import is_same_in_all_versions
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.i18n.language import find_locale_tag, get_language, translate_message

AnyOperation = Operation[Any, Any]
PageContext = Callable[[Any], Mapping[str, Any]]
"""Return what the template of an operation needs besides its result, which is None for the form alone."""
JobAcceptor = Callable[[str, Mapping[str, Any]], AnyResponse]
"""Store a job of a process with its inputs, and return the response that names it."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file with the name that a browser saves it by, where that depends on the result."""

    name: str
    content: bytes


FormatWriter = Callable[[Any], str | bytes | NamedFile | Iterable[bytes]]
"""Write a result in a format that needs the request, such as a feed with links to this site, or that is sent in parts."""


def add_links(result: object) -> dict[str, Any]:
    """Return the data of a result with its links, and those of the request to itself."""
    more = [
        link(linked.path, linked.rel, linked.media_type, translate_message(linked.title) if linked.title else None)
        for linked in getattr(result, "links", ())
    ]
    return {**convert_result_to_data(result), "links": [*build_own_links(), *more]}


def complete_addresses(data: Any) -> Any:
    """Return data in which each ``href`` that is a path of this site is its complete address."""
    if isinstance(data, list):
        return [complete_addresses(value) for value in data]
    if not isinstance(data, dict):
        return data
    return {
        name: request.url_root.rstrip("/") + value
        if name == "href" and isinstance(value, str) and value.startswith("/")
        else complete_addresses(value)
        for name, value in data.items()
    }


@dataclass(frozen=True, slots=True)
class Presentation:
    """What a topic's page module adds to an operation: the context of its template, writers of formats, and its data."""

    context: PageContext = lambda _result: {}
    writers: Mapping[OperationFormat, FormatWriter] = field(default_factory=dict)
    data: Callable[[Any], dict[str, Any]] = add_links
    """Return the data of a result with the links of the response."""
    guard: Callable[[], AbstractContextManager[None]] = nullcontext
    """Return what is entered for a run, such as a place among those who read files."""
    usual: Mapping[str, str] = field(default_factory=dict)
    """Values of required parameters that the page has where the request gives none, so that it always shows a result."""


NO_KEY = msg("This belongs to an API key. Send yours in the header X-API-Key, or request one from the operator of this site.")
DOCUMENT = "api/document.html"
"""The template of operations without one of their own."""


def collect_operation_services() -> OperationServices:
    """Return what a run reads in this request."""
    here = get_site()
    return OperationServices(here.engine, here.figures, here.settings, today(), _find_version, counts=here.counts)


def _find_version(text: str) -> int:
    return versions.parse_requested_version(text)[0]


def _find_caller() -> OperationCaller:
    """Return the key of this request as the owner of what an operation reads and writes. Raises BadApiKey without one."""
    key = find_current_key()
    if key is None:
        raise BadApiKey(NO_KEY)
    return OperationCaller(name_key_owner(key.number), get_site().desk, sessions.read_secret())


def collect_visitor_services() -> OperationServices:
    """Return what a run reads and writes for whoever sends this request."""
    return replace(collect_operation_services(), visitor=OperationVisitor(sessions.hash_subscriber(), get_site().desk))


def require_parameters(*operations: AnyOperation) -> None:
    """Raise BadQuery for a parameter of this request that none of the operations has, or that is too long or given twice."""
    in_path = request.view_args or {}
    named = ((name, operation.file_parameter) for operation in operations for name in operation.parameters.names(in_path))
    names = dict.fromkeys(name for name, of_body in named if name != of_body and name not in in_path)
    is_post = request.method == "POST"
    check(
        Arguments((name, value) for name, value in _read_sent_values() if name != "f"),
        (*GENERAL, *names),
        "POST" if is_post else "GET or POST" if any(operation.takes_body for operation in operations) else "GET",
    )


def _read_sent_values() -> list[tuple[str, str]]:
    """Return the parameters of this request: those of its address, and of a POST those of its JSON object. Raises BadQuery."""
    operation = find_request_operation()
    if operation is not None and operation.file_parameter is not None:
        return list(request.args.items(multi=True))
    body = request.get_data()
    # one whose parameters are all in its path needs no body
    is_empty = not body and operation is not None and operation.method == "POST"
    posted = flatten_json_body(body) if request.method == "POST" and not is_empty else {}
    # what depends on the program alone is the same in each version
    unread = (AS_OF,) if is_same_in_all_versions() else ()
    return [(name, value) for name, value in (*request.args.items(multi=True), *posted.items()) if name not in unread]


def read_sent_file(field: str = "") -> bytes:
    """Return the file of a request: the first file of a form, else a field as text; or the body, whatever its type says."""
    if request.mimetype == "multipart/form-data":
        upload = next((file for file in request.files.values() if file.filename), None)
        if upload is None:
            return request.form.get(field, "").encode()
        with closing(upload):
            content: bytes = upload.read()
        return content
    return request.get_data(parse_form_data=False)


def parse_parameters(operation: AnyOperation, usual: Mapping[str, str] = MappingProxyType({})) -> Any:
    """Return the parameters of this request, or usual ones. Raises BadQuery, NotFound for a value of the path."""
    in_path = request.view_args or {}
    pairs = [*_read_sent_values(), *in_path.items()]
    given = {name for name, value in pairs if value}
    pairs = [*(pair for pair in usual.items() if pair[0] not in given), *pairs]
    values: Mapping[str, object] = Arguments((name, value) for name, value in pairs if name != "f")
    if operation.file_parameter is not None:
        values = {**values, operation.file_parameter: read_sent_file(operation.file_field)}
    if AS_OF in values and issubclass(operation.parameters, RowParameters):
        # a version that the replica does not have yet selects the primary
        versions.parse_requested_version(str(values[AS_OF]))
    try:
        return operation.parameters.parse(values)
    except BadQuery as error:
        # an address that names no such thing does not exist
        raise (NotFound(error.message) if error.parameter in in_path else error) from None


def run_operation(operation: AnyOperation, parameters: Any = None) -> Any:
    """Return the result of an operation for parameters, by default those of this request. Raises BadQuery and NotFound."""
    parameters = parse_parameters(operation) if parameters is None else parameters
    services = collect_visitor_services() if operation.for_visitors is not None else collect_operation_services()
    if operation.needs_key:
        services = replace(services, caller=_find_caller())
    return operation.run(services, parameters)


def choose_format(operation: AnyOperation) -> OperationFormat:
    """Return the format that this request names or prefers, else the first of the operation. Raises BadQuery."""
    name = request.args.get("f")
    if name is None:
        return HTML if HTML in operation.formats and prefers_html() else operation.formats[0]
    chosen = operation.format_of(name)
    if chosen is None:
        choices = [form.name for form in operation.formats]
        sentence = msg('"%(value)s" is not a format here. Use one of %(choices)s.', choices=choices)
        raise BadQuery("f", name[:MAX_QUOTED_CHARACTERS], sentence)
    return chosen


def build_operation_response(
    operation: AnyOperation, template: str, presentation: Presentation, accept_job: JobAcceptor
) -> AnyResponse:
    """Return the response of an operation to this request, or the job that runs it. Raises BadQuery."""
    if operation.needs_key and find_current_key() is None:
        raise BadApiKey(NO_KEY)
    require_parameters(operation)
    chosen = choose_format(operation)
    parameters = parse_parameters(operation)
    order = None if operation.job is None else operation.job(collect_operation_services(), parameters, chosen)
    if order is not None:
        return accept_job(order.process, {**order.inputs, "language": get_language()})
    with presentation.guard():
        result = run_operation(operation, parameters)
    return build_result_response(operation, result, chosen, template, presentation)


def build_result_response(
    operation: AnyOperation, result: Any, chosen: OperationFormat, template: str, presentation: Presentation
) -> Response:
    """Return a result in a format of its operation."""
    name = f"{operation.file_name or f'lode-{operation.process_name}'}{chosen.suffix}" if chosen.suffix else None
    content: str | bytes | NamedFile | Iterable[bytes]
    if chosen is HTML:
        content = render_result(operation, result, template, presentation)
    elif chosen in presentation.writers:
        content = presentation.writers[chosen](result)
    elif chosen in operation.writers:
        content = operation.writers[chosen](result, get_language())
    elif chosen.write_rows is not None:
        assert operation.rows is not None and operation.row is not None
        content = chosen.write_rows(operation.row, operation.rows(result))
    else:
        content = orjson.dumps(presentation.data(result))
    if isinstance(content, NamedFile):
        name, content = content.name, content.content
    response = Response(content, content_type=_choose_content_type(chosen))
    if name is not None:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if operation.address_of is not None:
        response.status_code = 201
        response.headers["Location"] = operation.address_of(result)
    return _add_headers(response, operation, result)


def build_operation_page(operation: AnyOperation, template: str, presentation: Presentation) -> Response:
    """Return the page of an operation: its form, and its result once a required parameter is given.

    A page with a form shows what is wrong with an input above the form, which has what was entered; another raises BadQuery.
    """
    in_path = request.view_args or {}
    has_form = not operation.parameters.is_begun({**presentation.usual, **in_path})
    try:
        require_parameters(operation)
        named = {name: value for name, value in request.args.items() if value}
        begun = operation.parameters.is_begun({**presentation.usual, **named, **in_path})
        result = run_operation(operation, parse_parameters(operation, presentation.usual)) if begun else None
    except BadQuery as error:
        if not has_form or not wants_error_page():
            raise
        g.failure = error
        page = render_result(operation, None, template, presentation, error)
        return _add_headers(Response(page, 400), operation, None)
    return _add_headers(Response(render_result(operation, result, template, presentation)), operation, result)


def render_result(
    operation: AnyOperation, result: object, template: str, presentation: Presentation, refusal: BadQuery | None = None
) -> str:
    """Return the page of a result, or of a form with the refusal of what was entered."""
    body = None if result is None else presentation.data(result)
    more = presentation.context(result)
    if refusal is not None:
        more = {**more, "refusal": translate_message(refusal.message), "refused": refusal.parameter}
    return render_template(
        template, **{"title": translate_message(operation.title), "given": request.args, "body": body, "result": result, **more}
    )


def find_operation_template(operation: AnyOperation) -> str:
    """Return the template of an operation's name in its topic, or that of all documents."""
    name = f"{operation.topic}/{operation.short_name}.html"
    loader = current_app.jinja_env.loader
    return name if loader is not None and name in loader.list_templates() else DOCUMENT


def _choose_content_type(chosen: OperationFormat) -> str:
    is_text = chosen.media_type.startswith("text/") or chosen.media_type.endswith("+xml")
    return f"{chosen.media_type}; charset=utf-8" if is_text else chosen.media_type


def _add_headers(response: Response, operation: AnyOperation, result: object) -> Response:
    response.headers["Content-Language"] = find_locale_tag()
    if operation.needs_key:
        response.headers["Cache-Control"] = "private, no-store"
    version = getattr(result, "dataset_version", None)
    if version is not None:
        response.headers[VERSION_HEADER] = str(version)
    return response
