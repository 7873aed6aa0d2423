"""The index of the releases of a target: JSON that the key of the site signs, as it signs evidence files."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
from joserfc.jwk import KeySet
from pydantic import TypeAdapter, ValidationError

from lodebase import signed_file
from lodebase.db.signing_keys import PrivateKey
from lodebase.errors import NotVerified
from lodebase.release.manifest import ReleaseEntry
from lodebase.signed_file import RELEASES, Claims, VerifiedFile
from lodedata.messages import msg

INDEX = "index.json"
SUBJECT = "releases"


@dataclass(frozen=True, slots=True)
class ReleaseIndex:
    """The releases of a target, as parsed from its index, whose signature is not verified yet."""

    releases: tuple[ReleaseEntry, ...]

    @property
    def latest(self) -> ReleaseEntry:
        """The latest release."""
        return max(self.releases, key=lambda release: release.version)


def sign_index(releases: Sequence[ReleaseEntry], key: PrivateKey) -> bytes:
    """Return the index of releases, the latest first, signed for the site of the latest one."""
    listed = sorted(releases, key=lambda release: -release.version)
    claims = Claims(listed[0].site, None, datetime.now(UTC), SUBJECT, listed[0].version)
    return signed_file.sign_releases(
        orjson.dumps([asdict(release) for release in listed], option=orjson.OPT_INDENT_2), key, claims
    )


def parse_index(content: bytes) -> ReleaseIndex:
    """Return the releases that an index lists. Raise ValidationError if it is none."""
    return TypeAdapter(ReleaseIndex).validate_json(content)


def verify_index(content: bytes, keys: KeySet) -> VerifiedFile:
    """Return who signed an index and when. Raise NotVerified if a byte differs, or if no valid key signed it.

    A key that was revoked is refused for any time of signing, as whoever has it can state an earlier one.
    """
    verified = signed_file.verify(content, keys)
    if verified.revoked is not None:
        raise NotVerified(
            msg(
                "The key %(kid)s that signed the index of releases was revoked on %(day)s: %(reason)s. The site has to sign "
                "it anew: `lode release TARGET --sign-index`.",
                kid=verified.kid,
                day=verified.revoked.revoked_at.date().isoformat(),
                reason=verified.revoked.reason,
            )
        )
    try:
        latest = parse_index(content).latest
    except (ValidationError, ValueError):
        latest = None
    stated = (verified.type, verified.claims.subject)
    if latest is None or stated != (RELEASES.name, SUBJECT) or verified.claims.issuer != latest.site:
        raise NotVerified(msg("The file is signed, but it is not the index of the releases of its site."))
    return verified
