"""Parse CQL2 text to the standard's JSON form with a pure-Python grammar: hostile text is an error, never a crash."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from lodebase.query.cql2.bounds import Malformed, check_text
from lodedata.messages import msg

Node = Any
"""A node of CQL2 JSON: an object, an array, a number, a string or a truth value."""

_TYPES = {
    name.upper(): name
    for name in ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
}
_SHOWN = 20


def parse(text: str) -> Node:
    """Return the JSON form of a filter. Raise Malformed with the position of the error."""
    check_text(text)
    try:
        node: Node = _load_grammar().parse(text)
        return node
    except UnexpectedInput as error:
        at: int | None = getattr(error, "pos_in_stream", None)
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        where = msg("at its end")
        if at is not None and not ended:
            where = msg("at character %(number)s, near %(text)r", number=at + 1, text=text[at : at + _SHOWN])
        raise Malformed(
            msg(
                "The filter can't be read %(where)s. Write a filter such as country = 'CHL' AND size_class IN "
                "('large', 'medium').",
                where=where,
            )
        ) from None


@lru_cache(maxsize=1)
def _load_grammar() -> Lark:
    # nodes are built while the text is read, so no tree is walked and depth uses no stack
    text = (files(__package__) / "grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False, transformer=_Builder())


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Builds CQL2 JSON from the parts of a text."""

    def or_(self, *parts: Node) -> Node:
        return {"op": "or", "args": list(parts)}

    def and_(self, *parts: Node) -> Node:
        return {"op": "and", "args": list(parts)}

    def not_(self, part: Node) -> Node:
        return {"op": "not", "args": [part]}

    def comparison(self, left: Node, operator: Token, right: Node) -> Node:
        return {"op": str(operator), "args": [left, right]}

    def like(self, left: Node, right: Node) -> Node:
        return {"op": "like", "args": [left, right]}

    def not_like(self, left: Node, right: Node) -> Node:
        return self.not_(self.like(left, right))

    def between(self, value: Node, low: Node, high: Node) -> Node:
        return {"op": "between", "args": [value, low, high]}

    def not_between(self, value: Node, low: Node, high: Node) -> Node:
        return self.not_(self.between(value, low, high))

    def in_(self, value: Node, group: Node) -> Node:
        return {"op": "in", "args": [value, group if isinstance(group, list) else [group]]}

    def not_in(self, value: Node, group: Node) -> Node:
        return self.not_(self.in_(value, group))

    def is_null(self, value: Node) -> Node:
        return {"op": "isNull", "args": [value]}

    def is_not_null(self, value: Node) -> Node:
        return self.not_(self.is_null(value))

    def arithmetic(self, left: Node, operator: Token, right: Node) -> Node:
        return {"op": str(operator).lower(), "args": [left, right]}

    def power(self, left: Node, right: Node) -> Node:
        return {"op": "^", "args": [left, right]}

    def negative(self, _: Token, value: Node) -> Node:
        return -value if isinstance(value, float) else {"op": "*", "args": [-1.0, value]}

    def positive(self, _: Token, value: Node) -> Node:
        return value

    def number(self, token: Token) -> Node:
        return float(token.replace(" ", "+"))

    def string(self, token: Token) -> Node:
        return _strip_quotes(token)

    def true(self, _: Token) -> Node:
        return True

    def false(self, _: Token) -> Node:
        return False

    def date(self, token: Token) -> Node:
        return {"date": _strip_quotes(token)}

    def timestamp(self, token: Token) -> Node:
        return {"timestamp": _strip_quotes(token)}

    def interval(self, start: Node, end: Node) -> Node:
        return {"interval": [_read_instant(start), _read_instant(end)]}

    def bbox(self, *edges: Node) -> Node:
        return {"bbox": list(edges)}

    def function(self, name: Token, *arguments: Node) -> Node:
        return {"op": _name(name).lower(), "args": list(arguments)}

    def property(self, name: Token) -> Node:
        return {"property": _name(name)}

    def group(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else list(parts)

    def array(self, *parts: Node) -> Node:
        return list(parts)

    def signed(self, *parts: Token) -> Node:
        return float("".join(parts).replace(" ", "+"))

    def position(self, *numbers: Node) -> Node:
        return list(numbers)

    def coordinates(self, *parts: Node) -> Node:
        return list(parts)

    def geometry(self, shape: Token, coordinates: Node) -> Node:
        name = shape.upper().removesuffix("Z").strip()
        if name == "GEOMETRYCOLLECTION":
            return {"type": _TYPES[name], "geometries": coordinates}
        if name == "POINT" and len(coordinates) == 1:
            coordinates = coordinates[0]
        elif name == "MULTIPOINT":
            # WKT allows its points with or without parentheses of their own
            coordinates = [part[0] if _is_in_parentheses(part) else part for part in coordinates]
        return {"type": _TYPES[name], "coordinates": coordinates}


def _is_in_parentheses(part: Node) -> bool:
    return isinstance(part, list) and len(part) == 1 and isinstance(part[0], list)


def _strip_quotes(token: str) -> str:
    return token[1:-1].replace("''", "'")


def _name(token: Token) -> str:
    return token[1:-1].replace('""', '"') if token.type == "QUOTED" else str(token)


def _read_instant(node: Node) -> Node:
    """Return a bound of an interval: a text is unchanged, a date or timestamp becomes its text."""
    return node.get("date") or node.get("timestamp") or node if isinstance(node, dict) else node
