"""Signed files: JSON and PDF that carry a signature over each of their bytes, and the verification of such files.

The signature is a compact JWS (RFC 7515) of claims: who signed, when, and the SHA-256 of the content. JSON has the content as
its first member, ``evidence`` or ``releases``, and the JWS as ``signature``. A PDF has the JWS as a comment after its end, and
repeats the end, as PDF readers look for the end of a file in its last bytes (ISO 32000-1, 7.5.5).
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from lodebase.db.signing_keys import ALGORITHM, CURVE, REVOKED, PrivateKey, PublicKey
from lodebase.errors import NotVerified
from lodedata.messages import Message, msg

JSON, PDF = "application/json", "application/pdf"
MIDDLE, TAIL = b',"signature":"', b'"}\n'
PDF_MARK = b"\n%lode-signature "
_PDF_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
MAX_TOKEN_BYTES, MAX_KEYS_BYTES = 4096, 1 << 16


@dataclass(frozen=True, slots=True)
class SignedType:
    """A type of signed JSON: the type of the JWS in its header, and the bytes before the content."""

    name: str
    head: bytes


EVIDENCE = SignedType("lode-evidence", b'{"evidence":')
RELEASES = SignedType("lode-releases", b'{"releases":')


@dataclass(frozen=True, slots=True)
class Claims:
    """What a signature states besides the digest: the address of the site that signs, the body that issues the file if the site

    names one, the time (UTC, whole seconds), what the file is about, and the version of the data.
    """

    issuer: str
    issuing_body: str | None
    signed_at: datetime
    subject: str
    data_version: int


@dataclass(frozen=True, slots=True)
class Revocation:
    """When and why a key was revoked."""

    revoked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """A file whose bytes are those that were signed."""

    claims: Claims
    kid: str
    media_type: str
    sha256: str
    evidence: Mapping[str, Any] | None
    """The content of evidence as JSON; None for a PDF, which has it as an attachment, and for an index of releases."""
    revoked: Revocation | None = None
    """When and why the key was revoked, after the time at which the file was signed by its own statement."""
    type: str = EVIDENCE.name


def sign_json(evidence: bytes, key: PrivateKey, claims: Claims) -> bytes:
    """Return JSON with the evidence, byte for byte as given, and its signature."""
    return _sign_json(evidence, key, claims, EVIDENCE)


def sign_releases(releases: bytes, key: PrivateKey, claims: Claims) -> bytes:
    """Return the index of releases with its signature."""
    return _sign_json(releases, key, claims, RELEASES)


def _sign_json(content: bytes, key: PrivateKey, claims: Claims, kind: SignedType) -> bytes:
    return kind.head + content + MIDDLE + _sign(content, JSON, key, claims, kind) + TAIL


def sign_pdf(document: bytes, key: PrivateKey, claims: Claims) -> bytes:
    """Return the PDF with its signature after its end."""
    end = _PDF_END.search(document)
    assert end is not None
    return document + PDF_MARK + _sign(document, PDF, key, claims, EVIDENCE) + _read_pdf_tail(end[1])


def verify(content: bytes, keys: KeySet) -> VerifiedFile:
    """Return who signed a file and what it states. Raise NotVerified if a byte differs, or if none of the keys signed it."""
    signed, token, media_type, kind = _split_signed_parts(content)
    kid, claims = _read_token(token, keys, kind)
    revoked = _find_revocation(keys, kid)
    digest = hashlib.sha256(signed).hexdigest()
    if claims.get("sha256") != digest or claims.get("size") != len(signed) or claims.get("media_type") != media_type:
        raise NotVerified(msg("The file was changed after it was signed: its content is not what the signature covers."))
    stated = _read_claims(claims)
    if revoked is not None and stated.signed_at >= revoked.revoked_at:
        raise NotVerified(
            msg(
                "The file was signed on %(signed)s, after its key was revoked on %(day)s (%(reason)s). It is not valid.",
                signed=stated.signed_at.date().isoformat(),
                day=revoked.revoked_at.date().isoformat(),
                reason=revoked.reason,
            )
        )
    evidence = orjson.loads(signed) if media_type == JSON and kind is EVIDENCE else None
    return VerifiedFile(stated, kid, media_type, digest, evidence, revoked, kind.name)


def read_keys(content: bytes) -> KeySet:
    """Return the keys of a saved key set (JWKS, RFC 7517). Raise NotVerified if it is none."""
    wrong = msg("The file of keys is not a JWKS. Save /.well-known/jwks.json of the site that signed.")
    if len(content) > MAX_KEYS_BYTES:
        raise NotVerified(wrong)
    try:
        document = orjson.loads(content)
        keys = [key for key in document["keys"] if key.get("crv") == CURVE]
        return KeySet([OKPKey.import_key(key) for key in keys])
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise NotVerified(wrong) from None


def build_site_key_set(keys: Iterable[PublicKey]) -> KeySet:
    """Return the keys of the site by which its files are verified."""
    return KeySet([OKPKey.import_key(key.jwk) for key in keys])


def _sign(content: bytes, media_type: str, key: PrivateKey, claims: Claims, kind: SignedType) -> bytes:
    body = {
        "iss": claims.issuer,
        "issuing_body": claims.issuing_body,
        "iat": int(claims.signed_at.timestamp()),
        "sub": claims.subject,
        "data_version": claims.data_version,
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": kind.name}
    return jws.serialize_compact(header, orjson.dumps(body), OKPKey.import_key(key.jwk), algorithms=[ALGORITHM]).encode()


def _split_signed_parts(content: bytes) -> tuple[bytes, bytes, str, SignedType]:
    """Return what is signed, the signature, the media type and the type. Raise NotVerified for a file without a signature."""
    kind = next((signed_type for signed_type in (EVIDENCE, RELEASES) if content.startswith(signed_type.head)), None)
    if kind is not None and content.endswith(TAIL):
        signed, middle, token = content[len(kind.head) : -len(TAIL)].rpartition(MIDDLE)
        if middle:
            return signed, token, JSON, kind
    signed, mark, rest = content.rpartition(PDF_MARK)
    end = _PDF_END.search(signed[-64:]) if mark else None
    if end is not None and rest.endswith(_read_pdf_tail(end[1])):
        return signed, rest[: -len(_read_pdf_tail(end[1]))], PDF, EVIDENCE
    raise NotVerified(
        msg(
            "The file has no complete signature: it is not a signed file of Lode, or its beginning or end was changed. Use the "
            "file as it was downloaded."
        )
    )


def _read_pdf_tail(start: bytes) -> bytes:
    return b"\nstartxref\n" + start + b"\n%%EOF\n"


def _read_token(token: bytes, keys: KeySet, kind: SignedType) -> tuple[str, dict[str, Any]]:
    """Return the key and the claims of a signature. Raise NotVerified if it is invalid."""
    invalid = msg("The signature is invalid: the file was changed after it was signed, or another key signed it.")
    if len(token) > MAX_TOKEN_BYTES or not _COMPACT.fullmatch(token) or not all(map(_is_canonical, token.split(b"."))):
        raise NotVerified(msg("The signature is damaged: it was changed. Use the file as it was downloaded."))
    try:
        compact = jws.extract_compact(token)
        kid = str(compact.headers().get("kid", ""))
        key = next((key for key in keys.keys if key.kid == kid), None)
        if key is None:
            raise NotVerified(
                msg(
                    "The key %(kid)s that signed the file is not among the keys. Save /.well-known/jwks.json of the site that "
                    "signed it, and use that.",
                    kid=kid[:64],
                )
            )
        read = jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
        claims = orjson.loads(read.payload)
    except (JoseError, ValueError):
        raise NotVerified(invalid) from None
    if read.headers() != {"alg": ALGORITHM, "kid": kid, "typ": kind.name} or not isinstance(claims, dict):
        raise NotVerified(invalid)
    return kid, claims


def _find_revocation(keys: KeySet, kid: str) -> Revocation | None:
    """Return when and why a key of the set was revoked. Raise NotVerified if the set states it in another form."""
    stated: Any = next(key.as_dict(private=False).get(REVOKED) for key in keys.keys if key.kid == kid)
    if stated is None:
        return None
    try:
        return Revocation(datetime.fromtimestamp(stated["revoked_at"], UTC), str(stated.get("reason", "")))
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError, OSError):
        raise NotVerified(msg("The file of keys is not a JWKS. Save /.well-known/jwks.json of the site that signed.")) from None


def describe_revocation(revoked: Revocation) -> Message:
    """Return the sentence about a file whose key was revoked after it was signed."""
    return msg(
        "The key was revoked on %(day)s: %(reason)s. The file states that it was signed before; who holds a stolen key can "
        "state any time, so compare the file with a copy that you received before that day.",
        day=revoked.revoked_at.date().isoformat(),
        reason=revoked.reason,
    )


def _is_canonical(part: bytes) -> bool:
    """Return whether a part is the one base64url text of its bytes: other texts may decode to the same ones."""
    try:
        return urlsafe_b64encode(urlsafe_b64decode(part + b"=" * (-len(part) % 4))).rstrip(b"=") == part
    except Base64Error:
        return False


def _read_claims(claims: Mapping[str, Any]) -> Claims:
    signed_at = datetime.fromtimestamp(claims["iat"], UTC)
    return Claims(claims["iss"], claims["issuing_body"], signed_at, claims["sub"], claims["data_version"])
