"""Comparisons of checked parts: which kinds can be compared, and which codes the terms of a vocabulary mean.

A list field is compared by = and IN with its elements: ``commodities = 'copper'`` is true if copper is among the
commodities. A partial date such as 2019-05 is compared with a DATE as the interval that it covers, and with a text as text.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from lodebase.query.cql2 import dates
from lodebase.query.cql2.bounds import Malformed
from lodebase.query.cql2.field_terms import find_term_codes
from lodebase.query.cql2.nodes import Form, OperatorCall, Placeholder, Property
from lodebase.query.cql2.parts import (
    NAMES,
    FilterPart,
    array,
    build_boolean_part,
    convert_to_date,
    convert_to_exact,
    join_parts,
    text,
)
from lodedata.messages import Message, join_sentences, msg

FOLDS = ("casei", "accenti")
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LISTS: dict[str, Form] = {"number": "numbers", "date": "dates", "instant": "dates"}
"""The form in which literals of a kind are bound as one array."""
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)


def compare(operator: str, left: FilterPart, right: FilterPart) -> FilterPart:
    """Return the comparison of two parts. Raise Malformed for kinds that cannot be compared."""
    if left.kind != "array" and right.kind == "array":
        return compare(_FLIPPED.get(operator, operator), right, left)
    if left.kind == "array":
        return _contains(operator, left, right)
    if left.kind == "instant" and right.kind == "instant":
        return _compare_moments(operator, left, right)
    if operator in ("=", "<>"):
        left, right = _convert_to_day(left, right), _convert_to_day(right, left)
    if _are_days(left, right):
        relation, holds = dates.COMPARED[operator]
        comparison = compare_temporal(relation, left, right)
        return comparison if holds else join_parts("boolean", "not", (comparison,))
    left, right = convert_to_comparable(left, right)
    if operator in ("=", "<>"):
        for field, word in ((left, right), (right, left)):
            if field.field is not None and field.field.vocabulary is not None and isinstance(word.literal, str):
                comparison = compare_contained(field, find_term_codes(field.field, [word.literal]))
                return comparison if operator == "=" else join_parts("boolean", "not", (comparison,))
    return join_parts("boolean", operator, (left, right))


def convert_to_comparable(left: FilterPart, right: FilterPart) -> tuple[FilterPart, FilterPart]:
    """Return two parts converted to comparable kinds. Raise Malformed if there is no conversion."""
    if "date" in (left.kind, right.kind):
        left, right = convert_to_date(left), convert_to_date(right)
        kinds = {left.kind, right.kind} - {"instant"}
    else:
        kinds = {left.kind, right.kind}
    if len(kinds) > 1 or kinds & {"geometry", "list", "interval"}:
        raise Malformed(
            join_sentences(
                msg("The filter compares %(left)s with %(right)s.", left=left.with_kind(), right=right.with_kind()),
                *_suggest_conversion(left, right),
            )
        )
    if left.exact or right.exact:
        return convert_to_exact(left), convert_to_exact(right)
    return left, right


def compare_between(name: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return whether a value lies between two others, both included."""
    value, low, high = parts
    if value.kind in ("number", "text") and not value.is_partial_date:
        (comparable_value, low), (_, high) = convert_to_comparable(value, low), convert_to_comparable(value, high)
        exact = any(part.exact for part in (comparable_value, low, high))
        both = [convert_to_exact(part) for part in (value, low, high)] if exact else [value, low, high]
        return join_parts("boolean", name, both)
    return join_parts("boolean", "and", (compare(">=", value, low), compare("<=", value, high)))


def among(_: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return whether a value is an element of a list."""
    value, listed = parts
    if listed.kind != "list":
        raise Malformed(msg("The filter has IN without a list. Write it as IN ('large', 'medium')."))
    items: tuple[FilterPart, ...] = listed.literal
    if not items:
        return build_boolean_part(False)
    items = tuple(dict.fromkeys(_convert_to_day(item, value) for item in items))
    if value.kind == "array" or (value.is_partial_date and any(item.kind != "text" for item in items)):
        merged = _merge_items(value, items)
        return merged if merged is not None else join_parts("boolean", "or", [compare("=", value, item) for item in items])
    compared = [convert_to_comparable(value, item)[1] for item in items]
    if value.kind == "text" and all(isinstance(item.literal, str) for item in compared):
        literals = [item.literal for item in compared]
        return compare_contained(value, literals if value.field is None else find_term_codes(value.field, literals))
    if (folds := _combine_folds(compared)) is not None:
        return join_parts("boolean", "among", (value, folds))
    if any(item.exact for item in compared) or value.exact:
        value, compared = convert_to_exact(value), [convert_to_exact(item) for item in compared]
    if all(isinstance(item.shape, Placeholder) for item in compared):
        form = "exacts" if value.exact else _LISTS.get(compared[0].kind)
        if form is not None:
            return join_parts("boolean", "among", (value, array((item.values[0] for item in compared), form)))
    if value.kind == "boolean":
        return join_parts("boolean", "or", [join_parts("boolean", "=", (value, item)) for item in compared])
    return join_parts("boolean", "among", (value, join_parts("list", "array", compared)))


def compare_contained(value: FilterPart, literals: Sequence[str]) -> FilterPart:
    """Return whether a text is one of several, or a list of texts contains one of them."""
    if len(literals) == 1 and value.kind == "text":
        return join_parts("boolean", "=", (value, text(literals[0])))
    return join_parts("boolean", "any_of", (value, array(literals, "texts")))


def like(_: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return whether a text matches a pattern: % is any text, _ any character, a backslash escapes them."""
    value, pattern = parts
    if value.kind != "text":
        advice = (msg("Use = or IN with a list."),) if value.kind == "array" else ()
        raise Malformed(
            join_sentences(
                msg(
                    "The filter compares %(part)s (%(kind)s) by LIKE, which compares texts only.",
                    part=value.label,
                    kind=NAMES[value.kind],
                ),
                *advice,
            )
        )
    inner, names = pattern, []
    while isinstance(inner.shape, OperatorCall) and inner.shape.name in FOLDS and inner.literal is not None:
        names.append(inner.shape.name)
        inner = inner.literal
    if not isinstance(inner.literal, str):
        raise Malformed(msg("The filter has LIKE without a pattern. Write it as name_en LIKE 'Esc%%'."))
    folded_pattern = text(_ESCAPED.sub(_escape, inner.literal))
    for name in reversed(names):
        folded_pattern = fold(name, [folded_pattern])
    return join_parts("boolean", "like", (value, folded_pattern))


def fold(name: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return a text without case or accents. A folded literal remembers its original."""
    (value,) = parts
    if value.kind != "text":
        raise Malformed(
            msg(
                "The filter uses %(function)s with %(part)s (%(kind)s). Use it with a text.",
                function=name.upper(),
                part=value.label,
                kind=NAMES[value.kind],
            )
        )
    folded = join_parts(
        "text", name, (value,), Message("%(function)s(%(part)s)", {"function": name.upper(), "part": value.label})
    )
    return replace(folded, literal=value if value.literal is not None else None)


def compare_temporal(relation: str, left: FilterPart, right: FilterPart) -> FilterPart:
    """Return a temporal relation of two instants or intervals. Raise Malformed for other kinds."""
    left, right = (convert_to_instant(part) for part in (left, right))
    if left.literal is not None and right.literal is not None:
        return build_boolean_part(dates.holds_between_literals(relation, left.literal, right.literal))
    if relation == "t_disjoint":
        return join_parts("boolean", "not", (compare_temporal("t_intersects", left, right),))
    assert left.ends is not None
    assert right.ends is not None
    return join_parts("boolean", relation, (*left.ends, *right.ends))


def convert_to_instant(part: FilterPart) -> FilterPart:
    """Return a part with its first and last day. Raise Malformed if it is not temporal."""
    if part.kind == "text" and isinstance(part.literal, str):
        raise Malformed(
            msg(
                "The filter uses %(part)s as a date. Write DATE('2019-05-31') or INTERVAL('2019-01-01', '..').", part=part.label
            )
        )
    if part.ends is None:
        raise Malformed(msg("The filter uses %(part)s (%(kind)s) as a date.", part=part.label, kind=NAMES[part.kind]))
    return part


def _contains(operator: str, field: FilterPart, item: FilterPart) -> FilterPart:
    if operator not in ("=", "<>"):
        raise Malformed(
            msg(
                "The filter compares %(part)s, a list of texts, by %(operator)s. Use = to find a value in the list.",
                part=field.label,
                operator=operator,
            )
        )
    if item.kind != "text":
        advice = (msg("Write A_EQUALS."),) if item.kind in ("array", "list") else ()
        raise Malformed(
            join_sentences(
                msg(
                    "The filter compares %(part)s, a list of texts, with %(other)s. Compare it with a text.",
                    part=field.label,
                    other=item.label,
                ),
                *advice,
            )
        )
    if isinstance(item.literal, str):
        assert field.field is not None
        membership = compare_contained(field, find_term_codes(field.field, [item.literal]))
    else:
        membership = join_parts("boolean", "element", (item, field))
    return membership if operator == "=" else join_parts("boolean", "not", (membership,))


def _merge_items(value: FilterPart, items: Sequence[FilterPart]) -> FilterPart | None:
    if value.field is None or value.kind != "array" or not all(isinstance(item.literal, str) for item in items):
        return None
    return compare_contained(value, find_term_codes(value.field, [item.literal for item in items]))


def _compare_moments(operator: str, left: FilterPart, right: FilterPart) -> FilterPart:
    return build_boolean_part(bool(dates.COMPARISONS[operator](left.literal[0], right.literal[0])))


def _convert_to_day(part: FilterPart, field: FilterPart) -> FilterPart:
    """Return a day as text for equality with a partial date: only a partial date known to the day can be equal."""
    return text(str(part.values[0])) if part.kind == "instant" and field.is_partial_date else part


def _are_days(left: FilterPart, right: FilterPart) -> bool:
    """Return whether one part is a partial date and the other a date; two partial dates are compared as texts."""
    temporal_ = all(part.ends is not None and part.kind != "interval" for part in (left, right))
    return temporal_ and (left.is_partial_date != right.is_partial_date)


def _combine_folds(items: Sequence[FilterPart]) -> FilterPart | None:
    """Return CASEI('a'), CASEI('b') as CASEI of each of ('a', 'b'), so that a list of any length is one bound array."""
    names: list[str] = []
    inner = list(items)
    while all(isinstance(item.shape, OperatorCall) and isinstance(item.literal, FilterPart) for item in inner):
        fold_names = {item.shape.name for item in inner if isinstance(item.shape, OperatorCall)}
        if len(fold_names) > 1:
            return None
        names += fold_names
        inner = [item.literal for item in inner]
    if not names or not all(isinstance(item.literal, str) for item in inner):
        return None
    folds = array((item.literal for item in inner), "texts")
    for name in reversed(names):
        folds = join_parts("list", f"each_{name}", (folds,))
    return folds


def _escape(match: re.Match[str]) -> str:
    """Return a pattern's text in which a backslash before an ordinary character is dropped, and one at the end is literal."""
    return match[0] if match[1] in ("%", "_", "\\") and match[1] else match[1] or "\\\\"


def _suggest_conversion(left: FilterPart, right: FilterPart) -> tuple[Message, ...]:
    kinds = {left.kind, right.kind}
    if "geometry" in kinds:
        return (msg("Use S_EQUALS or S_INTERSECTS with geometries."),)
    if "interval" in kinds:
        return (msg("Use T_DURING or T_INTERSECTS with intervals."),)
    for field, other in ((left, right), (right, left)):
        if not isinstance(field.shape, Property):
            continue
        if field.kind == "text" and other.kind == "number" and other.literal is not None:
            return (msg("Write it in quotes: %(field)s = '%(number)s'.", field=field.label, number=f"{other.literal:.15g}"),)
        if field.kind == "number":
            return (msg("Write a number, such as %(field)s > 100.", field=field.label),)
        if field.kind == "date":
            return (msg("Write a date, such as %(field)s > DATE('2019-05-31').", field=field.label),)
    return ()
