"""Signed files: every changed byte is refused with a sentence, and what was not changed says who signed it."""

import hmac
import random
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import orjson
import pytest
import typst
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from lodebase import signed_file
from lodebase.db.signing_keys import PrivateKey
from lodebase.errors import NotVerified
from lodebase.signed_file import MIDDLE, PDF_MARK, TAIL, Claims, read_keys, sign_json, sign_pdf, verify

KEY = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
PRIVATE = PrivateKey(str(KEY.kid), KEY.as_dict(private=True))
KEYS = read_keys(orjson.dumps({"keys": [KEY.as_dict(private=False)], "links": []}))
CLAIMS = Claims("https://lode.example/", "某省工业和信息化厅", datetime(2026, 12, 1, 4, 0, 1, tzinfo=UTC), "list-check", 7)
EVIDENCE = orjson.dumps({"type": "list-check", "firm": "江西甲", "answer": "no"}, option=orjson.OPT_INDENT_2)

JSON_HEAD = signed_file.EVIDENCE.head


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    pdf = typst.compile(b"= Extract", pdf_standards="1.7")
    return {"json": sign_json(EVIDENCE, PRIVATE, CLAIMS), "pdf": sign_pdf(pdf, PRIVATE, CLAIMS)}


def refusal(content: bytes, keys: KeySet = KEYS) -> str:
    """Return the sentence that refuses a file."""
    with pytest.raises(NotVerified) as refused:
        verify(content, keys)
    return str(refused.value)


@pytest.mark.parametrize("form", ["json", "pdf"])
def test_an_unchanged_file_says_who_signed_it_and_when(files: dict[str, bytes], form: str) -> None:
    found = verify(files[form], KEYS)
    assert (found.claims, found.kid) == (CLAIMS, KEY.kid)
    assert found.evidence == (orjson.loads(EVIDENCE) if form == "json" else None)


def test_a_signed_file_is_json_with_the_evidence_and_a_standard_signature(files: dict[str, bytes]) -> None:
    """Another program verifies it: any JWS library reads the signature, and the digest is of the bytes of the evidence."""
    body = orjson.loads(files["json"])
    assert body["evidence"] == orjson.loads(EVIDENCE)
    claims = orjson.loads(jws.deserialize_compact(body["signature"], KEY, algorithms=["Ed25519"]).payload)
    assert claims["iss"] == "https://lode.example/" and claims["iat"] == int(CLAIMS.signed_at.timestamp())


@pytest.mark.parametrize("form", ["json", "pdf"])
def test_a_file_with_one_changed_bit_is_refused(files: dict[str, bytes], form: str) -> None:
    content, draw = files[form], random.Random(36)
    # each byte of the frame and of the signature, and bytes all over the content
    begin = content.rfind(MIDDLE if form == "json" else PDF_MARK)
    places = {*range(20), *range(begin, len(content)), *draw.sample(range(len(content)), 100)}
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << draw.randrange(8)
        assert refusal(bytes(changed)).endswith("."), place


@pytest.mark.parametrize("form", ["json", "pdf"])
def test_a_file_with_bytes_added_or_left_out_is_refused(files: dict[str, bytes], form: str) -> None:
    content = files[form]
    for changed in (content + b"\n", content[:-1], b" " + content, content[1:], content.replace(b"\n", b"\r\n"), content * 2):
        assert refusal(changed)
    for nothing in (b"", b"{}", b"%PDF-1.7", JSON_HEAD + TAIL, JSON_HEAD + b"{}" + MIDDLE + TAIL):
        assert refusal(nothing)


def test_the_evidence_of_one_file_does_not_pass_with_the_signature_of_another(files: dict[str, bytes]) -> None:
    other = sign_json(EVIDENCE.replace(b'"no"', b'"yes"'), PRIVATE, CLAIMS)
    token = other[other.rfind(MIDDLE) :]
    assert "not what the signature covers" in refusal(files["json"][: files["json"].rfind(MIDDLE)] + token)


def test_a_file_that_another_key_signed_is_refused() -> None:
    other = OKPKey.generate_key("Ed25519", auto_kid=True)
    content = sign_json(EVIDENCE, PrivateKey(str(other.kid), other.as_dict(private=True)), CLAIMS)
    assert str(other.kid) in refusal(content)
    # the name of our key does not make it ours
    assert "another key" in refusal(sign_json(EVIDENCE, PrivateKey(str(KEY.kid), other.as_dict(private=True)), CLAIMS))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_by_another_algorithm_is_refused(algorithm: str) -> None:
    header, claims = {"alg": algorithm, "kid": KEY.kid}, {"iss": "https://lode.example/"}
    signed = b".".join(urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=") for part in (header, claims))
    digest = hmac.digest(orjson.dumps(KEY.as_dict(private=False)), signed, "sha256")
    token = signed + b"." + urlsafe_b64encode(digest).rstrip(b"=")
    assert "another key" in refusal(JSON_HEAD + EVIDENCE + MIDDLE + token + TAIL)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"keys": 1}', b'{"keys": [1]}', b'{"keys": [{"crv": "Ed25519"}]}', b"x" * 99_999]
)
def test_a_file_of_keys_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(NotVerified, match="jwks.json"):
        read_keys(content)
