"""What is compared of a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Reference = tuple[str, str]
"""A source and a key in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The facts of one record that comparisons use; a list that is not told is empty."""

    id: str
    kind: str
    source: str
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    country: str | None = None
    division: str | None = None
    main_commodity: str = ""
    commodities: frozenset[str] = frozenset()
    facility_types: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    status: str | None = None
    owners: tuple[str, ...] = ()
    amounts_t: Mapping[str, float] = field(default_factory=dict)
    """Contained metal or ore of a deposit, capacity per year of a project, by commodity or product."""
    own: frozenset[Reference] = frozenset()
    """The source rows that the record is made of."""
    refers_to: frozenset[Reference] = frozenset()
    """Rows of other sources that the record's source names as the same thing."""
