"""The collections: each record kind with the table that holds its records."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from lodebase.db import tables
from lodebase.errors import NoSuchThing
from lodedata.kinds import KINDS, Field, Geometry, Kind
from lodedata.messages import msg

__all__ = ["COLLECTIONS", "OF_KIND", "Collection", "Field", "collection"]


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind's records: its declaration and its table; every field of ``fields`` is a property that can be filtered by."""

    kind: Kind
    table: Table

    @property
    def name(self) -> str:
        """The name in addresses."""
        return self.kind.collection

    @property
    def title_en(self) -> str:
        """The English title."""
        return self.kind.title_en

    @property
    def title_zh(self) -> str:
        """The Chinese title."""
        return self.kind.title_zh

    @property
    def description_en(self) -> str:
        """What its records are, in English."""
        return self.kind.description_en

    @property
    def description_zh(self) -> str:
        """What its records are, in Chinese."""
        return self.kind.description_zh

    @property
    def fields(self) -> tuple[Field, ...]:
        """The properties of its features, in order."""
        return self.kind.served

    @property
    def geometry(self) -> Geometry | None:
        """The geometry of its records, None for records without one."""
        return self.kind.geometry

    @property
    def prepared(self) -> bool:
        """Whether the store keeps finished features of its records, along a space-filling curve, and counts of them."""
        return self.kind.merged

    @property
    def date_field(self) -> str | None:
        """The field that ``datetime`` compares with: a date or a partial date."""
        return self.kind.date_field

    def field(self, name: str) -> Field | None:
        """Return the property of a name, None where there is none."""
        found = self.kind.field(name)
        return found if found is not None and found.served else None

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of its properties, in order."""
        return tuple(field.name for field in self.kind.served)


COLLECTIONS: Mapping[str, Collection] = {kind.collection: Collection(kind, tables.SERVED[name]) for name, kind in KINDS.items()}
"""By name, in the order of pages."""
OF_KIND: Mapping[str, str] = {name: kind.collection for name, kind in KINDS.items()}
"""The name of the collection of each kind."""


def collection(name: str) -> Collection:
    """Return the collection of a name. Raises NoSuchThing."""
    found = COLLECTIONS.get(name)
    if found is None:
        raise NoSuchThing(
            msg("There is no collection %(name)r. Choose one of %(choices)s.", name=name, choices=list(COLLECTIONS))
        )
    return found
