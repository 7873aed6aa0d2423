"""The keys by which a mirror verifies the index of its origin: saved by the operator, published by the origin, or stored."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson
from joserfc.jwk import KeySet

from lodebase.db.signing_keys import REVOKED, Jwk
from lodebase.errors import FetchFailed, MirrorRefused, NotDownloaded, NotVerified
from lodebase.ingest.fetch import fetch
from lodebase.signed_file import read_keys
from lodedata.mapping.model import Fetch
from lodedata.messages import Message, msg

KEYS_PATH = "/.well-known/jwks.json"
Origin = Literal["file", "site", "store"]


@dataclass(frozen=True, slots=True)
class OriginKeys:
    """Public keys (JWKS, RFC 7517), and where they are from: a saved file, the site now, or this store from an earlier run."""

    keys: KeySet
    origin: Origin
    not_read: Message | None = None
    """Why the site could not be read, if the keys are those of an earlier run."""

    @property
    def jwks(self) -> Mapping[str, Sequence[Jwk]]:
        """The keys as they are stored."""
        return {"keys": [key.as_dict(private=False) for key in self.keys.keys]}


def find_keys(site: str, saved: bytes | None, stored: Mapping[str, Any] | None) -> OriginKeys:
    """Return the keys of a site: those of the saved file; else those that it publishes now; else those of an earlier run.

    What the site publishes must have the keys of earlier runs, and their revocations: a site publishes all keys it ever had.
    Raise MirrorRefused if it lacks one, or if there are no keys; NotVerified for a saved file that is no JWKS.
    """
    if saved is not None:
        return OriginKeys(read_keys(saved), "file")
    before = None if stored is None else read_keys(orjson.dumps(stored))
    try:
        published = read_keys(_fetch_keys(site))
    except (FetchFailed, NotVerified) as error:
        if before is None:
            raise MirrorRefused(
                msg(
                    "The keys by which the releases are verified can't be read: %(reason)s Save %(path)s of %(site)s, compare "
                    "the keys with those of its operator, and name the file with --keys.",
                    reason=error.message,
                    path=KEYS_PATH,
                    site=site,
                )
            ) from None
        return OriginKeys(before, "store", error.message)
    if before is not None:
        _require_continuity(site, before, published)
    return OriginKeys(published, "site")


def _fetch_keys(site: str) -> bytes:
    """Return the published keys of a site. Raise FetchFailed; also for a connection that can be changed in transit."""
    parts = urlsplit(site)
    if parts.scheme != "https" and not _is_this_machine(parts.hostname or ""):
        raise FetchFailed(msg("%(site)s is not an https address, so the keys could be changed in transit.", site=site))
    url = f"{site.rstrip('/')}{KEYS_PATH}"
    with tempfile.TemporaryDirectory(prefix="lode-keys-") as temporary:
        try:
            return fetch(Fetch(url=url, save_as="jwks.json", max_mb=1), Path(temporary)).read_bytes()
        except NotDownloaded as error:
            raise FetchFailed(msg("%(url)s: %(reason)s.", url=url, reason=error.reason)) from None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _require_continuity(site: str, before: KeySet, published: KeySet) -> None:
    now = {key.kid: key.as_dict(private=False) for key in published.keys}
    for key in before.keys:
        lacks_revocation = REVOKED in key.as_dict(private=False) and REVOKED not in now.get(key.kid, {})
        if key.kid not in now or lacks_revocation:
            raise MirrorRefused(
                msg(
                    "%(site)s no longer publishes the key %(kid)s that this mirror has from an earlier run, or no longer as "
                    "revoked. Ask its operator why. If that is right, save %(path)s and name the file with --keys.",
                    site=site,
                    kid=key.kid,
                    path=KEYS_PATH,
                )
            )
