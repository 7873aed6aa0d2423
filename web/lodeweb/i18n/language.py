"""The language of a page: from the link, else from the cookie, else from the browser's Accept-Language."""

from collections.abc import Mapping

from babel import Locale
from flask import Flask, Response, g, request

from lodedata.messages import ENGLISH, Label, Translatable, in_language, list_languages, list_locales, load_translations

COOKIE = "lode-lang"
A_YEAR_S = 365 * 86_400


def get_language() -> str:
    """Return the language of this request."""
    if "language" not in g:
        g.language = _find_requested()
    language_code: str = g.language
    return language_code


def gettext(text: str, /, **arguments: object) -> str:
    """Return a text of a page in the language of this request, with its arguments filled in."""
    translated = load_translations(get_language()).gettext(text)
    return translated % arguments if arguments else translated


def translate_message(text: Translatable | str) -> str:
    """Return a message in the language of this request."""
    return in_language(text, get_language())


def localize_field(row: object, name: str) -> str:
    """Return a field of a row or dataclass in the language of this request, or in the other one if it is missing."""
    fields = (f"{name}_en", f"{name}_zh")
    texts = (row.get(field) if isinstance(row, Mapping) else getattr(row, field, None) for field in fields)
    return translate_message(Label(*texts))


def find_locale_tag() -> str:
    """Return the language tag of this request (RFC 5646), such as zh-CN."""
    if get_language() == ENGLISH:
        return ENGLISH
    locale = Locale.parse(list_locales()[get_language()])
    return "-".join(filter(None, (locale.language, locale.territory)))


def _find_requested() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in list_languages():
            return wanted
    for tag, quality in request.accept_languages:
        primary = tag.partition("-")[0].lower()
        if quality > 0 and primary in list_languages():
            return primary
    return ENGLISH


def register(app: Flask) -> None:
    """Translate the texts of templates to the language of the request, and store a choice made by link in a cookie."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(gettext, lambda one, many, number: load_translations(get_language()).ngettext(one, many, number), newstyle=True)

    @app.after_request
    def remember(response: Response) -> Response:
        wanted = request.args.get("lang")
        if wanted in list_languages() and response.mimetype == "text/html":
            response.set_cookie(COOKIE, wanted, max_age=A_YEAR_S, samesite="Lax", httponly=True)
        return response
