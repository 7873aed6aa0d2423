"""Which language a page speaks: the link's, else the cookie's, else what the browser asks for."""

from typing import Literal

from flask import Flask, Response, g, request
from flask_babel import Babel

LANGUAGES: tuple[Literal["en", "zh"], ...] = ("en", "zh")
COOKIE = "lode-lang"
A_YEAR_S = 365 * 86_400


def language() -> Literal["en", "zh"]:
    """The language of this request."""
    if "language" not in g:
        g.language = _asked()
    made: Literal["en", "zh"] = g.language
    return made


def _asked() -> Literal["en", "zh"]:
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        for known in LANGUAGES:
            if asked == known:
                return known
    if "Accept-Language" not in request.headers:
        return "en"
    return "zh" if request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-TW"], "en").startswith("zh") else "en"


def register(app: Flask) -> None:
    """Let Babel speak the request's language, and remember a choice made by link."""
    Babel(app, locale_selector=lambda: "zh_Hans_CN" if language() == "zh" else "en")

    @app.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in LANGUAGES and response.mimetype == "text/html":
            response.set_cookie(COOKIE, asked, max_age=A_YEAR_S, samesite="Lax", httponly=True)
        return response
