"""How values are chosen among the sources of a record, by kind: what the record kinds declare, field by field and together."""

from collections.abc import Iterator, Mapping

from lodedata.kinds import KINDS, ChoiceRule, Kind


def _rules(kind: Kind) -> Iterator[ChoiceRule]:
    yield from (ChoiceRule((field.name,), field.choice) for field in kind.fields if field.choice is not None)
    yield from kind.choice_rules


RULES: Mapping[str, tuple[ChoiceRule, ...]] = {name: tuple(_rules(kind)) for name, kind in KINDS.items() if kind.merged}
"""By kind of record."""
TOGETHER: Mapping[str, tuple[str, ...]] = {name: kind.united for name, kind in KINDS.items() if kind.merged}
"""The lists to which every source adds; other names go to the aliases."""
