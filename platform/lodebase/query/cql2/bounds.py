"""How large a filter may be: one table of bounds, and the checks of its text and JSON before any parser sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Malformed(ValueError):
    """A filter that can't be used; the message says what is wrong with it and follows after its name."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The largest number of something in one filter, what is counted, and what to do about too many of it."""

    name: str
    most: int
    counted_en: str
    counted_zh: str
    advice_en: str
    advice_zh: str

    def message(self, lang: str = "en") -> str:
        """The sentence about a filter that exceeds the bound; braces stand for the number found and the bound."""
        if lang == "zh":
            return f"含{self.counted_zh} {{}}，多于允许的 {{}}；{self.advice_zh}"
        return f"has {{}} {self.counted_en}, more than the {{}} that are allowed; {self.advice_en}"


BOUNDS: Mapping[str, Bound] = {
    bound.name: bound
    for bound in (
        Bound(
            "characters",
            16_384,
            "characters",
            "字符",
            "write a shorter filter, or write it as CQL2 JSON",
            "请缩短过滤条件，或改写为 CQL2 JSON",
        ),
        Bound(
            "nesting",
            40,
            "levels of nesting",
            "嵌套层数",
            "write conditions beside each other: a AND b AND c",
            "请将条件并列书写：a AND b AND c",
        ),
        Bound(
            "parts",
            1_500,
            "words, signs and quoted texts, or members of JSON objects",
            "词、符号、引号文本或 JSON 成员",
            "ask in several requests",
            "请分成几次请求",
        ),
        Bound(
            "operations",
            300,
            "operations",
            "运算",
            "write alternatives as one list, such as country IN ('CHL', 'PER'), or ask in several requests",
            "请将备选值写成一个列表，例如 country IN ('CHL', 'PER')，或分成几次请求",
        ),
        Bound(
            "powers",
            8,
            "powers (^) of properties",
            "对属性的乘方（^）",
            "multiply instead, such as discovery_year * discovery_year",
            "请改用乘法，例如 discovery_year * discovery_year",
        ),
        Bound(
            "figures",
            16,
            "figures of estimates (LARGEST_...)",
            "估算量函数（LARGEST_...）",
            "ask in several requests",
            "请分成几次请求",
        ),
        Bound(
            "folds",
            64,
            "texts without case or accents (CASEI, ACCENTI)",
            "忽略大小写或变音符号的文本（CASEI、ACCENTI）",
            "compare with a list: CASEI(name_en) IN (CASEI('a'), CASEI('b'))",
            "请与列表比较：CASEI(name_en) IN (CASEI('a'), CASEI('b'))",
        ),
        Bound(
            "relations",
            32,
            "comparisons of geometries (S_...)",
            "几何关系（S_...）",
            "write the geometries as one MULTIPOINT or MULTIPOLYGON",
            "请将几何写成一个 MULTIPOINT 或 MULTIPOLYGON",
        ),
        Bound(
            "vertices",
            20_000,
            "vertices of geometries",
            "几何的顶点",
            "simplify the geometries",
            "请简化几何",
        ),
        Bound(
            "rings",
            1_000,
            "rings of one geometry",
            "单个几何的环",
            "leave out small holes, or ask in several requests",
            "请略去小的内环，或分成几次请求",
        ),
        Bound(
            "literal_vertices",
            24,
            "vertices of two geometries that are compared with each other and not with the records",
            "两个相互比较（而非与记录比较）的几何的顶点",
            "compare each of them with the property geometry",
            "请将各几何分别与属性 geometry 比较",
        ),
        Bound(
            "text",
            2_000,
            "characters of one quoted text",
            "单个引号文本的字符",
            "write a shorter text",
            "请缩短文本",
        ),
        Bound(
            "values",
            1_000,
            "values of one list",
            "单个列表的值",
            "ask in several requests",
            "请分成几次请求",
        ),
    )
}
"""Each bound by its name. The API reference, the Chinese messages and the tests read this table.

They are set so that PostgreSQL plans the most costly filter allowed in less than 50 ms: planning can't be interrupted at every
moment, so that statement_timeout does not end it in time.
"""

LONGEST_TEXT = BOUNDS["characters"].most
MOST_TOKENS = BOUNDS["parts"].most
DEEPEST = BOUNDS["nesting"].most
MOST_VALUES = BOUNDS["values"].most
MOST_VERTICES = BOUNDS["vertices"].most
MOST_RINGS = BOUNDS["rings"].most
MOST_OPERATIONS = BOUNDS["operations"].most

_OPENING, _CLOSING = "([{", ")]}"
_LEVELS_OF_A_NODE = 2
"""An operation and the array of its arguments."""
_LEVELS_OF_COORDINATES = 8
"""A collection of geometries in the deepest operation."""
_PARTS_OF_A_VERTEX = 3


def require(name: str, found: int) -> None:
    """Raises Malformed if more is found than the bound of that name allows."""
    bound = BOUNDS[name]
    if found > bound.most:
        raise Malformed(bound.message().format(f"{found:,}", f"{bound.most:,}"))


def check_text(text: str) -> None:
    """Raises Malformed for a text that is too long, too deep or too rich.

    A quoted part counts as one. Numbers, commas and signs count nothing: their length bounds them, and a polygon is made
    of them.
    """
    check_characters(text)
    require("characters", len(text))
    if not text.strip():
        raise Malformed("is empty; a filter is such as country = 'CHL'")
    depth = deepest = tokens = 0
    quote: str | None = None
    word = False
    for character in text:
        if quote is not None:
            quote = None if character == quote else quote
        elif character in "'\"":
            quote, word = character, False
            tokens += 1
        elif character.isalnum() or character in "_.:":
            tokens += not word and not character.isdigit() and character != "."
            word = True
        else:
            word = False
            tokens += not character.isspace() and character not in ",+-"
            depth += (character in _OPENING) - (character in _CLOSING)
            deepest = max(deepest, depth)
    require("nesting", deepest)
    require("parts", tokens)


def check_node(node: Any) -> None:
    """Raises Malformed for a JSON filter that is too deep or too rich. Walks without recursion."""
    deepest = DEEPEST * _LEVELS_OF_A_NODE + _LEVELS_OF_COORDINATES
    waiting = [(node, 0)]
    count = members = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if depth > deepest:
            require("nesting", DEEPEST + 1)
        if count > MOST_VERTICES * _PARTS_OF_A_VERTEX + MOST_TOKENS:
            require("vertices", MOST_VERTICES + 1)
        if isinstance(part, dict):
            members += len(part)
            require("parts", members)
            waiting += [(value, depth + 1) for value in part.values()]
        elif isinstance(part, list | tuple):
            waiting += [(value, depth + 1) for value in part]
        elif isinstance(part, str):
            check_characters(part)


def check_characters(text: str) -> None:
    """Raises Malformed for what is no text in PostgreSQL: a NUL, half of a surrogate pair."""
    if "\0" in text:
        raise Malformed("holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed("holds half of a character (a lone surrogate)") from None
