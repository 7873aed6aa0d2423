"""The site: settings, blueprints, error handlers, nothing else."""

import re
from pathlib import Path

from flask import Flask, Response, request

from lodebase import settings as settings_module
from lodebase.errors import NoSuchThing
from lodebase.settings import Settings
from lodeweb import catalog, database, errors, health, i18n, items, pages

A_YEAR_S = 365 * 86_400
HASHED = re.compile(r"/static/dist/.+-[0-9A-Za-z]{8}\.[\w.]+")


def create_app(settings: Settings | None = None) -> Flask:
    """The application that gunicorn serves."""
    app = Flask("lodeweb", root_path=str(Path(__file__).parent))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 1 << 20
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    app.url_map.strict_slashes = False
    database.attach(app, settings or settings_module.load())
    i18n.register(app)
    pages.register(app)
    errors.register(app)
    for module in (pages, catalog, items, health):
        app.register_blueprint(module.blueprint)

    @app.before_request
    def nameable() -> None:
        # neither a file's name nor the database's text can hold it
        if "\0" in request.path:
            raise NoSuchThing("the address holds a NUL character, so nothing can be there")

    @app.after_request
    def cached(response: Response) -> Response:
        # what a file with a hash in its name holds never changes
        if HASHED.fullmatch(request.path) and response.status_code in (200, 304):
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
        return response

    return app
