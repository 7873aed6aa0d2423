"""Cursors: the start of a page as a token in a link. Tokens are validated, since anybody can write one."""

import base64
import binascii
from dataclasses import replace
from datetime import date
from typing import Any

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import find_collection
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.parameters.nesting import read_json
from lodebase.query.query import Cursor
from lodedata.messages import msg
from lodeweb.http import read_replica
from lodeweb.http.database import get_site

MAX_INTEGER = 2**53


def continue_query(query: Query, text: str) -> Query:
    """Return the query, continued after a token. Raises BadQuery for a text that is no token, or the token of another order."""
    try:
        version, matched, seen, last = read_json("after", base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kinds = _list_kinds(query)
        counts = [_parse_whole(value) for value in (version, matched, seen)]
        if not isinstance(last, list) or len(last) != len(kinds):
            raise ValueError
        if query.as_of is not None and query.as_of != counts[0]:
            raise ValueError
        values = tuple(_parse_value(value, kind) for value, kind in zip(last, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error, UnicodeEncodeError, BadQuery):
        raise BadQuery(
            "after", text[:100], msg('"%(value)s" is not a position in a list. Use the link to the next page.')
        ) from None
    read_replica.require_version(get_site().replicas, counts[0])
    return replace(query, after=Cursor(counts[0], counts[1], counts[2], values))


def _list_kinds(query: Query) -> list[str]:
    """Return the types of the values that the query's rows are ordered by."""
    collection = find_collection(query.collection)
    if query.sort:
        fields = [collection.field(name) for name, _ in query.sort]
        return [*(field.type for field in fields if field is not None), "id"]
    if query.find(DistanceCondition) is not None:
        return ["distance", "id"]
    return ["morton_code", "id"] if collection.prepared else ["id"]


def _parse_whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise ValueError
    return value


def _parse_value(value: Any, kind: str) -> Any:
    if value is None and kind not in ("id", "morton_code", "distance"):
        return None
    if kind == "morton_code":
        return _parse_whole(value)
    if kind in ("number", "distance"):
        if type(value) not in (int, float):
            raise ValueError
        return float(value)
    if kind == "integer":
        if type(value) is not int or abs(value) > 2**31:
            raise ValueError
        return value
    if not isinstance(value, str) or len(value) > 4_096 or "\0" in value:
        raise ValueError
    value.encode()
    return date.fromisoformat(value) if kind == "date" else value
