"""The parameters of a request as they came, and the limits of their number and length."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from lodebase.errors import BadQuery
from lodebase.query.parameters.declarations import PARAMETERS
from lodebase.query.query import DEFAULT_LIMIT, MAX_LIMIT

GENERAL = ("f", "lang")
LONGEST_VALUE = 16_384
LONGEST_POSTED = 1 << 20
"""Of a parameter that is sent by POST because it is too long for an address."""
POSTED = ("filter", "within", "id")
MOST_VALUES = 1_000
"""Of all parameters of one name together, and of all parameters of a request."""
SHOWN_OF_VALUE = 200

Method = Literal["GET", "POST", "GET or POST"]


class Arguments(Mapping[str, str]):
    """The values of parameters by name, several of one name in their order; as a mapping it holds the first of each."""

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
        """Return all values of a parameter, none where it is not given."""
        return self._values.get(name, [])

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every name with every value."""
        return ((name, value) for name, values in self._values.items() for value in values)


def limit(text: str | None) -> int:
    """A positive whole number; one above the maximum is taken for the maximum (OGC 17-069r4, fc-limit-response-1 C)."""
    return min(whole_number("limit", text, DEFAULT_LIMIT, (1, MAX_LIMIT)), MAX_LIMIT)


def whole_number(name: str, text: str | None, usual: int, span: tuple[int, int]) -> int:
    """Return the whole number of a parameter, ``usual`` if it is not given. Raises BadQuery for one below the span.

    One above the span is returned, up to its next power of ten, for the caller to clamp or refuse.
    """
    if text is None:
        return usual
    # no more digits are read than the largest number has, since PostgreSQL's numbers have an end
    digits = text.lstrip("0")[: len(str(span[1])) + 1] or "0"
    if not text or not text.isascii() or not text.isdigit() or int(digits) < span[0]:
        raise BadQuery(name, short(text), f"must be a whole number from {span[0]} to {span[1]}")
    return int(digits)


def check(arguments: Arguments, known: tuple[str, ...], method: Method = "GET") -> None:
    """Raise BadQuery for a parameter that is not known, is too long or is given twice."""
    for count, (name, value) in enumerate(arguments.pairs(), 1):
        if count > MOST_VALUES:
            raise BadQuery(short(name), short(value), f"comes after {MOST_VALUES} other parameters, the most that are read")
        if name not in known:
            raise BadQuery(short(name), short(value), f"is no parameter here; there are {', '.join(known)}")
        _check_length(name, value, method)
        if "\0" in value:
            raise BadQuery(name, value.replace("\0", "\\0"), "holds a NUL character")
        if not _repeatable(name) and len(set(given := arguments.getlist(name))) > 1:
            raise BadQuery(name, short(given[1]), "stands there twice; give it once")
    fmt = arguments.get("f")
    if fmt not in (None, "json", "geojson", "html"):
        raise BadQuery("f", fmt, "is no format here; there are json and html")


def _check_length(name: str, value: str, method: Method) -> None:
    if len(value) <= LONGEST_VALUE or (method == "POST" and name in POSTED and len(value) <= LONGEST_POSTED):
        return
    if method == "GET or POST" and name in POSTED:
        right = f"is longer than {LONGEST_VALUE} characters; send it by POST to the same address, as JSON"
        raise BadQuery(name, short(value), right)
    most = LONGEST_POSTED if method == "POST" and name in POSTED else LONGEST_VALUE
    raise BadQuery(name, short(value), f"is longer than {most} characters")


def _repeatable(name: str) -> bool:
    known = PARAMETERS.get(name)
    return known is None or known.repeatable


def short(text: str) -> str:
    """Return a value as an error message shows it."""
    return text if len(text) <= SHOWN_OF_VALUE else f"{text[:SHOWN_OF_VALUE]}…"
