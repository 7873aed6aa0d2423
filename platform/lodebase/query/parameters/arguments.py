"""The parameters of a request as received, and the limits of their number and length."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from lodebase.errors import BadQuery
from lodebase.field_types import DEFAULT_LIMIT, MAX_LIMIT, FieldType
from lodedata.messages import msg

GENERAL = ("f", "lang")
MAX_VALUE_LENGTH = 16_384
MAX_POSTED_LENGTH = 1 << 20
"""The maximum length of a parameter that is sent by POST because it is too long for a URL."""
POSTED = ("filter", "within", "id", "corners")
MAX_PARAMETER_VALUES = 1_000
"""The maximum number of values of one parameter, and of all parameters of a request."""
MAX_SHOWN_VALUE_CHARACTERS = 200


class Arguments(Mapping[str, str]):
    """The values of parameters by name, several of one name in their order; as a mapping it holds the first value of each."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getlist(self, name: str) -> list[str]:
        """Return all values of a parameter, none if it is not given."""
        return self._values.get(name, [])

    def read(self, name: str, field_type: FieldType) -> Any:
        """Return the value of a parameter by its type, None if it is not given. Raise BadQuery if it is invalid."""
        return field_type.validate(self[name], name) if name in self else None

    def choose(self, names: Container[str]) -> "Arguments":
        """Return the parameters of some names."""
        return Arguments((name, value) for name, value in self.pairs() if name in names)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every name with every value."""
        return ((name, value) for name, values in self._values.items() for value in values)


def limit(text: str | None) -> int:
    """Return a positive integer; one above the maximum is replaced by the maximum (OGC 17-069r4, fc-limit-response-1 C)."""
    return min(parse_whole_number("limit", text, DEFAULT_LIMIT, (1, MAX_LIMIT)), MAX_LIMIT)


def parse_whole_number(name: str, text: str | None, usual: int, span: tuple[int, int]) -> int:
    """Return the integer of a parameter, ``usual`` if it is not given. Raise BadQuery if it is below the range.

    One above the range is returned, up to its next power of ten, for the caller to clamp or reject.
    """
    if text is None:
        return usual
    # no more digits are read than the largest number has, since PostgreSQL's numbers are limited
    digits = text.lstrip("0")[: len(str(span[1])) + 1] or "0"
    if not text or not text.isascii() or not text.isdigit() or int(digits) < span[0]:
        raise BadQuery(
            name,
            shorten_quoted_value(text),
            msg(
                '%(parameter)s must be a whole number from %(least)s to %(most)s, not "%(value)s".', least=span[0], most=span[1]
            ),
        )
    return int(digits)


def shorten_quoted_value(text: str) -> str:
    """Return a value as error messages quote it."""
    return text if len(text) <= MAX_SHOWN_VALUE_CHARACTERS else f"{text[:MAX_SHOWN_VALUE_CHARACTERS]}…"
