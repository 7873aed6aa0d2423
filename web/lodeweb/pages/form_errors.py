"""What a person is told on a page when something that they sent can't be taken."""

from flask import Response, make_response, render_template
from flask_babel import gettext

from lodebase.desk.refusals import Said
from lodebase.errors import (
    BadQuery,
    DatabaseAway,
    LodeError,
    NoSuchThing,
    NotAllowed,
    ProviderAway,
    ProviderWrong,
    StatementTimeout,
    TooManyTries,
)
from lodeweb.http import problem_details
from lodeweb.i18n.language import language


def refused(error: LodeError) -> Response:
    """A page that says what is wrong, in its language."""
    status, title = problem_details.STATUS.get(type(error), (500, "Something went wrong"))
    told = error.right if isinstance(error, BadQuery) else error.args[0] if error.args else ""
    detail = told.zh if isinstance(told, Said) and language() == "zh" else str(told)
    response = make_response(render_template("refused.html", reason=_titles().get(type(error), title), detail=detail), status)
    if status in problem_details.AGAIN:
        response.headers["Retry-After"] = str(problem_details.RETRY_AFTER_S)
    return response


def _titles() -> dict[type[LodeError], str]:
    return {
        BadQuery: gettext("Invalid request"),
        NotAllowed: gettext("Not allowed"),
        NoSuchThing: gettext("Not found"),
        TooManyTries: gettext("Too many attempts"),
        ProviderAway: gettext("The sign-in provider is not available"),
        ProviderWrong: gettext("The sign-in provider sent an invalid response"),
        DatabaseAway: gettext("The database is not available"),
        StatementTimeout: gettext("The query timed out"),
    }
