"""The routes of declared operations: one for its data and one for its page, in a blueprint of each topic."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial

from flask import Blueprint, Flask
from werkzeug.wrappers import Response

from lodeweb.adapter import responses
from lodeweb.adapter.responses import AnyOperation, JobAcceptor, Presentation
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.declared import ATTRIBUTE, exempt_from

PAGE_SUFFIX, ALIAS_SUFFIX = "_page", "_alias"


def register(
    app: Flask,
    operations: Iterable[AnyOperation],
    presentations: Mapping[AnyOperation, Presentation],
    accept_job: JobAcceptor,
) -> None:
    """Register the routes of operations; ``presentations`` holds what pages and files need besides the results.

    ``accept_job`` stores the job of a request that takes long.
    """
    blueprints: dict[str, Blueprint] = {}
    for operation in operations:
        blueprint = blueprints.setdefault(operation.topic, Blueprint(operation.topic, __name__))
        presentation = presentations.get(operation, Presentation())
        respond = partial(responses.build_operation_response, accept_job=accept_job)
        _add_route(blueprint, operation, operation.path, "", respond, presentation)
        for number, alias in enumerate(operation.aliases, 1):
            _add_route(blueprint, operation, alias, f"{ALIAS_SUFFIX}{number}", respond, presentation)
        if operation.page is not None:
            _add_route(blueprint, operation, operation.page, PAGE_SUFFIX, responses.build_operation_page, presentation)
    for blueprint in blueprints.values():
        app.register_blueprint(blueprint)


def _add_route(
    blueprint: Blueprint,
    operation: AnyOperation,
    path: str,
    suffix: str,
    respond: Callable[[AnyOperation, str, Presentation], Response],
    presentation: Presentation,
) -> None:
    @cache
    def template() -> str:
        return responses.find_operation_template(operation)

    def view(**_in_path: str) -> Response:
        return respond(operation, template(), presentation)

    view.__doc__ = f"{operation.text}, as a page." if suffix else f"{operation.text}."
    setattr(view, ATTRIBUTE, operation)
    if not operation.needs_database:
        exempt_from("admission")(view)
    reason = None if suffix else _open_reason(operation)
    routed = view if reason is None else open_to_all(reason)(view)
    methods = ["GET", "POST"] if operation.takes_body and not suffix else [operation.method]
    blueprint.add_url_rule(path, f"{operation.short_name}{suffix}", routed, methods=methods)


def _open_reason(operation: AnyOperation) -> str | None:
    """Return why anybody may send something to an operation, None if it is only read."""
    if operation.for_visitors is not None:
        return operation.for_visitors
    if operation.file_parameter is not None:
        return "a file that is read and not stored, or a job under an address that can't be guessed"
    if operation.method != "GET":
        return "writes what belongs to an API key, which must be sent"
    return "parameters too long for a URL; it only reads" if operation.takes_body else None
