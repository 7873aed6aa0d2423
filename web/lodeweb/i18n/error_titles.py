"""Titles of errors in the language of the request."""

from flask_babel import gettext

from lodeweb.i18n.language import language


def error_title(status: int, title: str) -> str:
    """Return the title of an error in the language of the request, by its English title, else by its status."""
    return str(_titles().get(title, title if language() == "en" else _of_status().get(status, title)))


def _titles() -> dict[str, str]:
    return {
        "A parameter can't be used": gettext("Invalid request"),
        "Not allowed": gettext("Not allowed"),
        "Not found": gettext("Not found"),
        "Not Found": gettext("Not found"),
        "The query timed out": gettext("The query timed out"),
        "Too many downloads at once": gettext("Too many downloads at once"),
        "Too many attempts": gettext("Too many attempts"),
        "Too many requests at once": gettext("Too many requests at once"),
        "Too many requests at once from one client": gettext("Too many requests at once from one client"),
        "Rate limit exceeded": gettext("Rate limit exceeded"),
        "The API key is not valid": gettext("The API key is not valid"),
        "Unknown host": gettext("Unknown host"),
        "The database is not available": gettext("The database is not available"),
        "The database is being upgraded": gettext("The database is being upgraded"),
        "Something went wrong": gettext("Something went wrong"),
    }


def _of_status() -> dict[int, str]:
    return {
        400: gettext("Invalid request"),
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        503: gettext("Not available at the moment"),
    }
