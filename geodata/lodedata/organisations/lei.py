"""Legal entity identifiers (ISO 17442-1)."""

import re

from lodedata.messages import Message, msg

_FORM = re.compile(r"[0-9A-Z]{18}[0-9]{2}")


def normalise_lei(text: str) -> str:
    """Return an identifier as it is stored: capitals without spaces."""
    return "".join(text.split()).upper()


def find_lei_problem(text: str) -> Message | None:
    """Return what is wrong with an identifier, None for a valid one (ISO 7064, MOD 97-10)."""
    code = normalise_lei(text)
    if not _FORM.fullmatch(code):
        return msg(
            '"%(code)s" is not a legal entity identifier; it has 18 letters or digits and two check digits (ISO 17442).',
            code=text,
        )
    if int("".join(str(int(character, 36)) for character in code)) % 97 != 1:
        return msg(
            'The check digits of "%(code)s" do not match: one of its characters is wrong. Compare it with search.gleif.org.',
            code=code,
        )
    return None
