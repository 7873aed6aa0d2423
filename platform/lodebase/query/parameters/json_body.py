"""Parameters that are sent as a JSON object in the body of a POST."""

import orjson

from lodebase.errors import BadQuery
from lodebase.query.parameters.nesting import read_json
from lodedata.messages import msg


def flatten_json_body(body: bytes) -> dict[str, str]:
    """Return the parameters of a request sent as a JSON object. Raise BadQuery if it is invalid."""
    right = msg(
        'Send a JSON object of parameters, such as {"within": {"type": "Polygon", "coordinates": [...]}, "limit": 100}.'
    )
    sent = read_json("body", body, right)
    if not isinstance(sent, dict):
        raise BadQuery("body", body[:100].decode("utf-8", "replace"), right)
    if "op" in sent:  # a filter alone, as OWSLib sends it
        sent = {"filter": sent}
    if isinstance(sent.get("filter"), dict):
        sent.setdefault("filter-lang", "cql2-json")
    return {name: _write_value(value) for name, value in sent.items()}


def _write_value(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_write_value, value))
    return orjson.dumps(value).decode()
