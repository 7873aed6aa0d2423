"""Which passwords are taken: long enough, and not easy to guess."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from zxcvbn import zxcvbn

from lodebase.desk.accounts import LONGEST, SHORTEST
from lodebase.errors import BadQuery
from lodedata.messages import msg

LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: from 10^8 guesses on, which its lists of common passwords, names and words need to find it."""
ESTIMATED = 72
"""Characters that zxcvbn looks at; a longer password has more."""


def require_good(password: str, name: str = "", site: str | None = None) -> str:
    """Return the password.

    Raises BadQuery for one that is too short or too long, is a common one, or is made of common words, the account's ``name``
    or the name of the ``site`` (its address).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadQuery(
            "password",
            "***",
            msg(
                "The password has %(length)s characters. Use %(shortest)s to %(longest)s.",
                length=len(password),
                shortest=SHORTEST,
                longest=LONGEST,
            ),
        )
    if _score(password, _related(name, site)) < LEAST_SCORE:
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


def _score(password: str, related: list[str]) -> int:
    return int(zxcvbn(password[:ESTIMATED], user_inputs=list(related))["score"])


def _related(name: str, site: str | None) -> list[str]:
    """Return the words that somebody would try first for this account."""
    host = urlsplit(site or "").hostname or ""
    return [word for word in ("lode", name, host, *_parts(name), *_parts(host)) if word]


def _parts(text: str) -> Iterable[str]:
    parts = text.replace("-", ".").replace("_", ".").split(".")
    return (*parts, "".join(parts))
