"""The page that verifies a signed file: who signed it, when, and what it states; or why it is refused."""

from flask import Blueprint, Response, render_template, request

from lodebase.db import signing_keys
from lodebase.db.signing_keys import PublicKey
from lodebase.errors import BadQuery, NotVerified
from lodebase.operations.formats import format_result_as_json
from lodebase.query.reading import open_reading
from lodebase.signed_file import VerifiedFile, build_site_key_set, describe_revocation, verify
from lodebase.topics.evidence.verified_results import list_verified_results
from lodebase.topics.lists.list_evidence import ON_LIST_LABELS
from lodebase.topics.lists.list_labels import STATUS_LABELS
from lodedata.messages import msg
from lodeweb.adapter.responses import read_sent_file
from lodeweb.api.features import query_parameters
from lodeweb.http.access.body_limits import takes_up_to
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.representation.negotiation import JSON, wants_html
from lodeweb.i18n.language import translate_message

blueprint = Blueprint("evidence_page", __name__, url_prefix="/lists")
MAX_SIGNED_BYTES = 32 << 20
"""A signed file of the most firms that a check takes has about half of it."""
MAX_LISTED_RESULTS = 200
"""Results on the page; the file has all."""


@blueprint.get("/verify")
def verify_form() -> Response:
    """Return the form for a signed file."""
    query_parameters.check_general_parameters(request.args)
    return _build_page(None, (), None)


@blueprint.post("/verify")
@open_to_all("a signed file to verify; it only reads")
@takes_up_to(MAX_SIGNED_BYTES)
def verify_file() -> Response:
    """Return who signed the file that is sent, and what it states. Raises NotVerified; a browser gets a page instead."""
    query_parameters.check_general_parameters(request.args)
    keys = _read_public_keys()
    try:
        content = read_sent_file()
        if not content:
            raise BadQuery("file", "", msg("Choose the signed file first: the JSON or the PDF, as it was downloaded."))
        verified_file = verify(content, build_site_key_set(keys))
    except (NotVerified, BadQuery) as refused:
        if not wants_html():
            raise
        return _build_page(None, keys, translate_message(refused))
    if not wants_html():
        return Response(format_result_as_json(verified_file), content_type=JSON)
    return _build_page(verified_file, keys, None)


def _read_public_keys() -> tuple[PublicKey, ...]:
    with open_reading(get_site().engine, "one") as connection:
        return tuple(signing_keys.list_public(connection))


def _build_page(verified_file: VerifiedFile | None, keys: tuple[PublicKey, ...], wrong: str | None) -> Response:
    results = (
        [] if verified_file is None or verified_file.evidence is None else list(list_verified_results(verified_file.evidence))
    )
    html = render_template(
        "evidence/verify.html",
        found=verified_file,
        key=next((key for key in keys if verified_file is not None and key.kid == verified_file.kid), None),
        results=results[:MAX_LISTED_RESULTS],
        number=len(results),
        wrong=wrong,
        revoked=None
        if verified_file is None or verified_file.revoked is None
        else translate_message(describe_revocation(verified_file.revoked)),
        statuses=STATUS_LABELS,
        on_list_values=ON_LIST_LABELS,
    )
    return Response(html, 200 if wrong is None else 400, mimetype="text/html")
