"""Unified social credit codes (GB 32100-2015) and the organisation code in them (GB 11714-1997)."""

from lodedata.messages import Message, msg

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits, and capital letters without I, O, S, V and Z (GB 32100-2015, table 2)."""
LENGTH = 18
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION = slice(8, 17)
"""Characters 9 to 17: the organisation code, whose last character checks the eight before it."""
_MEANT = {"O": "0", "I": "1", "S": "5", "V": "U", "Z": "2"}


def normalise_uscc(text: str) -> str:
    """Return a code as it is stored: half-width capitals without spaces and hyphens."""
    half = text.translate({full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: " "})
    return "".join(half.split()).replace("-", "").upper()


def is_valid(text: str) -> bool:
    """Return whether a text is a unified social credit code with a correct check character."""
    return find_uscc_problem(text) is None


def find_uscc_problem(text: str) -> Message | None:
    """Return what is wrong with a code and how to correct it, None for a valid one."""
    code = normalise_uscc(text)
    if len(code) != LENGTH:
        return msg(
            '"%(code)s" has %(length)s characters; a unified social credit code has 18. Copy it from the business licence.',
            code=text,
            length=len(code),
        )
    for place, character in enumerate(code, start=1):
        if character not in _VALUE or (3 <= place <= 8 and not character.isdigit()):
            return _describe_wrong_character(code, place, character)
    expected = check_character(code)
    if code[-1] == expected:
        return None
    if _compute_organisation_check(code[_ORGANISATION]) != code[_ORGANISATION][-1]:
        return msg(
            'The check characters 17 and 18 of "%(code)s" do not match: one of the characters 9 to 17 is wrong or two of them '
            "have changed places. Compare them with the business licence.",
            code=code,
        )
    return msg(
        'The check character 18 of "%(code)s" is %(found)s and must be %(expected)s, or one of the characters 1 to 8 is '
        "wrong. Compare them with the business licence.",
        code=code,
        found=code[-1],
        expected=expected,
    )


def check_character(code: str) -> str:
    """Return the check character of the first 17 characters of a code (GB 32100-2015, annex B)."""
    total = sum(_VALUE[character] * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    return ALPHABET[-total % 31]


def _compute_organisation_check(code: str) -> str | None:
    """Return the check character of an organisation code, whose letters count from A, 10, to Z, 35."""
    total = sum(int(character, 36) * weight for character, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False))
    return "0123456789X"[-total % 11]


def _describe_wrong_character(code: str, place: int, character: str) -> Message:
    if 3 <= place <= 8 and character in _VALUE:
        return msg(
            'Character %(place)s of "%(code)s" is %(found)s; the characters 3 to 8 are the digits of a division (GB/T 2260).',
            place=place,
            code=code,
            found=character,
        )
    meant = _MEANT.get(character)
    if meant is None:
        return msg(
            'Character %(place)s of "%(code)s" is %(found)s; a code has digits and capital letters only.',
            place=place,
            code=code,
            found=character,
        )
    return msg(
        'Character %(place)s of "%(code)s" is %(found)s, which no code has; %(meant)s looks like it.',
        place=place,
        code=code,
        found=character,
        meant=meant,
    )
