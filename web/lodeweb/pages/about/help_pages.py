"""Help: guides for users, then those for operators and developers; and the terms of use."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request, send_from_directory, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from lodedata.messages import Message, msg
from lodeweb.http.representation.negotiation import HTML
from lodeweb.i18n.language import find_locale_tag, get_language, gettext, translate_message
from lodeweb.pages.about import documents
from lodeweb.pages.about.documents import Document

blueprint = Blueprint("help", __name__)
FOR_USERS = ("use", "data", "methods")
"""Folders of the documents for users; the others are for operators and developers."""
FORMER_FOLDER = "how-to"
"""The folder in which the guides were, by which links of other sites name them."""
ENGLISH_ONLY: Mapping[str, Message] = {
    "reference/api": msg("The API"),
    "reference/checks": msg("Checks"),
    "reference/commands": msg("Commands"),
    "reference/mapping": msg("Mapping files"),
    "reference/settings": msg("Settings"),
    "reference/sources": msg("Sources"),
    "reference/vocabularies": msg("Vocabularies"),
    "measurements/README": msg("Measurements"),
    "measurements/attack": msg("Attacks"),
    "measurements/benchmarks": msg("Benchmarks"),
    "measurements/capacity": msg("Capacity and output of countries, before and after"),
    "measurements/fuzz": msg("Fuzzing"),
    "measurements/load": msg("Under load"),
    "measurements/load-offenders": msg("Under load, with offenders"),
    "measurements/report-estimates": msg("Estimates of technical reports"),
}
"""Titles of the documents that are written in English only, for the list in another language."""


@blueprint.get("/help")
def index() -> Response:
    """Return the list of documents."""
    for_users = [
        (gettext("Search, check and download"), _names_in("use")),
        (gettext("Import and review data"), _names_in("data")),
        (gettext("How figures are made"), _names_in("methods")),
    ]
    for_operators = [
        (gettext("First steps"), ["tutorial"]),
        (gettext("Operation"), _names_in("operate")),
        (gettext("Development"), ["architecture", *_names_in("develop")]),
        (gettext("Reference and measurements"), [*_names_in("reference"), *_names_in("measurements")]),
    ]
    return _build_page(
        render_template("about/help.html", for_users=_read_topics(for_users), for_operators=_read_topics(for_operators))
    )


def is_for_users(name: str) -> bool:
    """Return whether a document is a guide or a method for users."""
    return name.partition("/")[0] in FOR_USERS


def _names_in(folder: str) -> list[str]:
    return [name for name in documents.list_document_files() if name.partition("/")[0] == folder]


def _read_topics(topics: list[tuple[str, list[str]]]) -> list[tuple[str, list[tuple[str, Document, str]]]]:
    """Return the documents of each topic with their titles in the page's language."""
    return [(title, [_read_titled(name) for name in names]) for title, names in topics]


def _read_titled(name: str) -> tuple[str, Document, str]:
    document = documents.read_document(name, get_language())
    if document.language == get_language() or name not in ENGLISH_ONLY:
        return name, document, document.title
    return name, document, gettext("%(title)s (in English)", title=translate_message(ENGLISH_ONLY[name]))


@blueprint.get(f"/help/{FORMER_FOLDER}/<guide>")
def redirect_former(guide: str) -> Response:
    """Redirect the former address of a guide to the present one."""
    name = next(
        (name for name in documents.list_document_files() if name.partition("/")[2] == guide), f"{FORMER_FOLDER}/{guide}"
    )
    documents.read_document(name, get_language())
    return redirect(url_for(".show", name=name, lang=request.args.get("lang")), code=301)


@blueprint.get("/help/reference/store")
def redirect_store() -> Response:
    """Redirect the former page of the tables to the page that has the guardrails of the store."""
    return redirect(url_for(".show", name="architecture", lang=request.args.get("lang")), code=301)


@blueprint.get("/help/<path:name>")
def show(name: str) -> Response:
    """Return a document as a page; the examples of a guide for users have the address of this site."""
    document = documents.read_document(name, get_language())
    if is_for_users(name):
        document = documents.adapt_to_site(document, request.host_url)
    return _build_page(render_template("about/document.html", document=document, help=True))


@blueprint.get("/help/images/<name>")
def send_image(name: str) -> Response:
    """Return a picture of a document."""
    return send_from_directory(documents.IMAGES, name)


@blueprint.get("/terms")
def show_terms() -> Response:
    """Return the terms of use."""
    return _build_page(
        render_template("about/document.html", document=documents.read_document("terms-of-use", get_language()), help=False)
    )


def _build_page(html: str) -> Response:
    response = Response(html, mimetype=HTML)
    response.headers["Content-Language"] = find_locale_tag()
    return response
