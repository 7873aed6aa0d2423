"""The facts of a record that comparisons use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Reference = tuple[str, str]
"""A source and a key in it."""
Figure = tuple[str, float, float]
"""A commodity, the tonnes of ore and their grade of it in per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRecord:
    """The facts of one record that comparisons use. Positions are WGS 84 degrees."""

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
    figures: frozenset[Figure] = frozenset()
    """Ore with a grade, of the estimates of a deposit."""
    own: frozenset[Reference] = frozenset()
    """Source rows of the record."""
    refers_to: frozenset[Reference] = frozenset()
    """Rows of other sources that the record's source refers to as the same site or deposit."""
