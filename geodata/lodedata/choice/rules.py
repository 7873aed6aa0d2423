"""The choice rules of each kind, from the declarations of the record kinds."""

from collections.abc import Iterator, Mapping

from lodedata.kinds import KINDS, ChoiceRule, Kind


def _build_rules(kind: Kind) -> Iterator[ChoiceRule]:
    yield from (ChoiceRule((field.name,), field.choice) for field in kind.fields if field.choice is not None)
    yield from kind.choice_rules


RULES: Mapping[str, tuple[ChoiceRule, ...]] = {name: tuple(_build_rules(kind)) for name, kind in KINDS.items() if kind.merged}
"""Choice rules by kind."""
UNION_FIELDS: Mapping[str, tuple[str, ...]] = {name: kind.union_fields for name, kind in KINDS.items() if kind.merged}
"""Array fields by kind whose values are combined from all sources; other names become aliases."""
