"""The routes of declared operations: one for its data and one for its page, in a blueprint of each topic."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from flask import Blueprint, Flask, Response

from lodeweb.adapter import responses
from lodeweb.adapter.responses import AnyOperation, PageContext
from lodeweb.http.declared import ATTRIBUTE

PAGE_SUFFIX = "_page"


def register(app: Flask, operations: Iterable[AnyOperation], contexts: Mapping[AnyOperation, PageContext]) -> None:
    """Register the routes of operations; ``contexts`` holds what templates need besides the results."""
    blueprints: dict[str, Blueprint] = {}
    for operation in operations:
        blueprint = blueprints.setdefault(operation.topic, Blueprint(operation.topic, __name__))
        context = contexts.get(operation, _no_context)
        _add_route(blueprint, operation, operation.path, "", responses.operation_response, context)
        if operation.page is not None:
            _add_route(blueprint, operation, operation.page, PAGE_SUFFIX, responses.page_response_of, context)
    for blueprint in blueprints.values():
        app.register_blueprint(blueprint)


def _add_route(
    blueprint: Blueprint,
    operation: AnyOperation,
    path: str,
    suffix: str,
    respond: Callable[[AnyOperation, str, PageContext], Response],
    context: PageContext,
) -> None:
    @cache
    def template() -> str:
        return responses.template_of(operation)

    def view(**_in_path: str) -> Response:
        return respond(operation, template(), context)

    view.__doc__ = f"Return: {operation.text}."
    setattr(view, ATTRIBUTE, operation)
    blueprint.add_url_rule(path, f"{operation.short_name}{suffix}", view)


def _no_context(_result: object) -> Mapping[str, object]:
    return {}
