"""The error page, for requests that prefer HTML."""

from flask import render_template

from lodeweb.http.representation.problem_details import ProblemDocument
from lodeweb.i18n.language import gettext

AGAIN = (429, 500, 503)
"""Status codes of errors for which a later retry may succeed."""


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
    )


def _list_advice() -> dict[int, str]:
    return {
        400: gettext("Part of the address is not valid. The lines below say what to enter instead."),
        404: gettext("There is no page at this address. The address may be misspelt, or the record may have been withdrawn."),
        429: gettext("Wait a few seconds and try again."),
        500: gettext("Something failed on our side, and the error was logged. Try again later."),
        503: gettext("This is not available at the moment. Wait a few seconds and try again."),
    }
