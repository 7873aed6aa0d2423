"""Files in bulk: resumed where they broke off, and checked by their digest."""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import requests

from lodeclient.errors import DownloadDamaged
from lodeclient.transport import Transport

BLOCK_BYTES = 1 << 18
TRIES = 5
DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


def download(transport: Transport, address: str, parameters: Mapping[str, str], path: Path) -> Path:
    """Write a file and return its path. Raises LodeError, DownloadDamaged, requests.RequestException.

    Until it is complete it is PATH.part, with the entity tag of the whole in PATH.part.tag: another call goes on from there.
    """
    part, tag = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.tag")
    for last in (*[False] * (TRIES - 1), True):
        try:
            digest = _receive(transport, address, parameters, part, tag)
            break
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout):
            if last:
                raise
    if digest is None:
        digest = _stated_digest(transport.send("HEAD", address, params=parameters))
    if digest is not None and digest != _digest_of(part):
        part.unlink()
        tag.unlink(missing_ok=True)
        raise DownloadDamaged(f"{path}: the file does not have the digest that the site states. Download it again.")
    part.replace(path)
    tag.unlink(missing_ok=True)
    return path


def _receive(transport: Transport, address: str, parameters: Mapping[str, str], part: Path, tag: Path) -> str | None:
    """Append what is missing of a file, and return the digest of the whole if the response states it."""
    begun = part.stat().st_size if part.exists() and tag.exists() else 0
    headers = {"Range": f"bytes={begun}-", "If-Range": tag.read_text()} if begun else {}
    # what is compressed on the way can't be resumed
    sent = transport.session.get(
        f"{transport.url}{address}",
        params=dict(parameters),
        headers={"Accept-Encoding": "identity", **headers},
        stream=True,
        timeout=900,
    )
    with sent as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            # the part is the whole
            return None
        if not response.ok:
            transport.send("GET", address, params=dict(parameters))
        resumed = response.status_code == requests.codes.partial_content
        if not resumed:
            tag.write_text(response.headers.get("ETag", ""))
        with part.open("ab" if resumed else "wb") as stream:
            for block in response.iter_content(BLOCK_BYTES):
                stream.write(block)
        return None if resumed else _stated_digest(response)


def _stated_digest(response: requests.Response) -> str | None:
    """Return the SHA-256 of the whole that a response states (RFC 9530), None if it states none."""
    match = DIGEST.search(response.headers.get("Repr-Digest", ""))
    return None if match is None else base64.b64decode(match[1]).hex()


def _digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
