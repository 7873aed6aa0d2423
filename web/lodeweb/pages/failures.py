"""The error page, for requests that prefer HTML."""

from flask import render_template, request

from lodeweb.http.declared import find_request_operation
from lodeweb.http.representation.problem_details import ProblemDocument
from lodeweb.i18n.language import gettext

AGAIN = (429, 500, 503)
"""Status codes of errors for which a later retry may succeed."""
GENERAL = ("f", "lang")
"""Parameters that choose how a response is shown."""


def render(problem: ProblemDocument) -> str:
    """Return the page of an error."""
    return render_template(
        "failed.html",
        status=problem.status,
        reason=problem.title,
        advice=_list_advice().get(problem.status),
        # the page already has a text in place of Werkzeug's for an unknown address
        detail=None if problem.status == 404 and "code" not in problem.more else problem.detail,
        more=problem.more,
        again=problem.status in AGAIN,
        entries=_list_entries(problem),
        general=[(name, request.args[name]) for name in GENERAL if name in request.args],
    )


def _list_entries(problem: ProblemDocument) -> list[tuple[str, str]]:
    """Return the names and values of the address to correct, with the refused one; none unless a parameter was refused.

    Names that the page of an operation does not have are left out.
    """
    refused = problem.more.get("parameter")
    if problem.status != 400 or refused is None or request.method != "GET":
        return []
    in_path = request.view_args or {}
    operation = find_request_operation()
    names = None if operation is None else operation.parameters.names(in_path)
    sent = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in GENERAL and (names is None or name in names)
    ]
    return sent if refused in (*request.args, *in_path) else [*sent, (str(refused), "")]


def _list_advice() -> dict[int, str]:
    return {
        400: gettext("Part of the address is not valid. The lines below say what to enter instead."),
        404: gettext("There is no page at this address. The address may be misspelt, or the record may have been withdrawn."),
        500: gettext("Something failed on our side, and the error was logged. Try again later."),
        503: gettext("This is not available at the moment. Wait a few seconds and try again."),
    }
