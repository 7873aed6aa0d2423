"""Password rules: long enough, and not easy to guess."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from zxcvbn import zxcvbn

from lodebase.desk.identity.accounts import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from lodebase.errors import BadQuery
from lodedata.messages import msg

MIN_SCORE = 3
"""The minimum zxcvbn score of 0 to 4: at least 10^8 guesses with its lists of common passwords, names and terms."""
ESTIMATED = 72
"""The number of characters that zxcvbn examines; a longer password has more."""


def require_good(password: str, name: str = "", site: str | None = None) -> str:
    """Return the password if it is acceptable.

    Raise BadQuery if it is too short or too long, common, or composed of common terms, the account's ``name``
    or the name of the ``site`` (its address).
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise BadQuery(
            "password",
            "***",
            msg(
                "The password has %(length)s characters. Use %(shortest)s to %(longest)s.",
                length=len(password),
                shortest=MIN_PASSWORD_LENGTH,
                longest=MAX_PASSWORD_LENGTH,
            ),
        )
    if _compute_score(password, _list_related_terms(name, site)) < MIN_SCORE:
        raise BadQuery(
            "password",
            "***",
            msg(
                "The password is too easy to guess: it is common, or made of common words, dates, keyboard rows, the "
                "account's name or the site's name. Use several unrelated words, or one that a password manager "
                "makes."
            ),
        )
    return password


def _compute_score(password: str, related: list[str]) -> int:
    return int(zxcvbn(password[:ESTIMATED], user_inputs=list(related))["score"])


def _list_related_terms(name: str, site: str | None) -> list[str]:
    """Return the terms that an attacker would try first for this account."""
    host = urlsplit(site or "").hostname or ""
    return [word for word in ("lode", name, host, *_split_parts(name), *_split_parts(host)) if word]


def _split_parts(text: str) -> Iterable[str]:
    parts = text.replace("-", ".").replace("_", ".").split(".")
    return (*parts, "".join(parts))
