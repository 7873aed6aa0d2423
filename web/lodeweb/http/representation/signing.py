"""Signatures of this site: with its key, for its address and its issuing body."""

from datetime import UTC, datetime

from flask import request

from lodebase import signed_file
from lodebase.db import signing_keys
from lodebase.db.signing_keys import PrivateKey
from lodebase.query.reading import open_reading
from lodebase.signed_file import Claims
from lodeweb.http.database import get_site


def sign_json(evidence: bytes, claims: Claims) -> bytes:
    """Return a signed file (JSON) of evidence."""
    return signed_file.sign_json(evidence, _read_key(), claims)


def sign_pdf(document: bytes, claims: Claims) -> bytes:
    """Return a signed PDF."""
    return signed_file.sign_pdf(document, _read_key(), claims)


def build_signature_claims(subject: str, version: int) -> Claims:
    """Return what a signature of this request states: the address under which it came, the time, and the version."""
    return Claims(request.url_root, get_site().settings.issuing_body, datetime.now(UTC), subject, version)


def _read_key() -> PrivateKey:
    """Return the key of the site; the role that reads pages has no right to it."""
    with open_reading(get_site().desk, "one") as connection:
        return signing_keys.find_private(connection)
