"""Help: the documents of the project, and the terms of use."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, render_template, send_from_directory
from flask_babel import gettext

from lodeweb.http.representation.negotiation import HTML
from lodeweb.i18n.language import language, locale_tag
from lodeweb.pages.about import documents

blueprint = Blueprint("help", __name__)
HOW_TO: Mapping[str, Sequence[str]] = {
    "look": (
        *("compare-and-chart", "find-a-company", "statistics", "check-a-list", "keep-a-schedule", "check-recovery"),
        *("check-a-layout", "what-if"),
    ),
    "use": ("download", "pandas", "notebook", "qgis", "gdal", "owslib", "use-an-api-key"),
    "bring": ("import-your-own-table", "import-a-source", "quarantine", "desk"),
}
"""The guides for users, by what they want to do; the others are for operators and developers."""
FOLDERS = ("how-to", "methods", "reference", "operate", "measurements")


@blueprint.get("/help")
def index() -> Response:
    """Return the list of documents."""
    listed = [f"how-to/{name}" for names in HOW_TO.values() for name in names]
    further = [name for name in documents.files() if name.partition("/")[0] in FOLDERS and name not in listed]
    topics = [
        (gettext("First steps"), ["tutorial"]),
        (gettext("Search and check"), [f"how-to/{name}" for name in HOW_TO["look"]]),
        (gettext("Download and use in other programs"), [f"how-to/{name}" for name in HOW_TO["use"]]),
        (gettext("Import and review data"), [f"how-to/{name}" for name in HOW_TO["bring"]]),
        (gettext("Operation, methods and reference"), further),
    ]
    shown = [(title, [(name, documents.document(name, language())) for name in names]) for title, names in topics]
    return _page(render_template("about/help.html", topics=shown))


@blueprint.get("/help/<path:name>")
def show(name: str) -> Response:
    """Return a document as a page."""
    return _page(render_template("about/document.html", document=documents.document(name, language()), help=True))


@blueprint.get("/help/images/<name>")
def image(name: str) -> Response:
    """Return a picture of a document."""
    return send_from_directory(documents.IMAGES, name)


@blueprint.get("/terms")
def terms() -> Response:
    """Return the terms of use."""
    return _page(render_template("about/document.html", document=documents.document("terms-of-use", language()), help=False))


def _page(html: str) -> Response:
    response = Response(html, mimetype=HTML)
    response.headers["Content-Language"] = locale_tag()
    return response
