"""The site: settings, blueprints, error handlers, nothing else."""

from pathlib import Path

from flask import Flask, Response, request

from lodebase import settings as settings_module
from lodebase.settings import Settings
from lodeweb import catalog, database, errors, health, i18n, items, pages

A_YEAR_S = 365 * 86_400


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

    @app.after_request
    def cached(response: Response) -> Response:
        # packed files carry a hash in their name, so what they hold never changes
        if request.path.startswith("/static/dist/") and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
        return response

    return app
