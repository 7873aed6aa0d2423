"""The collections: each record kind with the table that holds its records."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from lodebase.db.schema import tables
from lodebase.errors import NotFound
from lodedata.kinds import PUBLIC, Field, Geometry, Kind
from lodedata.messages import Label, msg

__all__ = ["COLLECTIONS", "OF_KIND", "Collection", "Field", "find_collection"]


@dataclass(frozen=True, slots=True)
class Collection:
    """The records of one kind: its declaration and its table; every field of ``fields`` is a property that can be filtered."""

    kind: Kind
    table: Table

    @property
    def name(self) -> str:
        """Return the name used in URLs."""
        return self.kind.collection

    @property
    def title(self) -> Label:
        """Return the title in both languages."""
        return Label(self.kind.title_en, self.kind.title_zh)

    @property
    def description(self) -> Label:
        """Return the description of its records in both languages."""
        return Label(self.kind.description_en, self.kind.description_zh)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the properties of its features, in order."""
        return self.kind.served

    @property
    def geometry(self) -> Geometry | None:
        """Return the geometry of its records, None for records without one."""
        return self.kind.geometry

    @property
    def prepared(self) -> bool:
        """Return whether the store holds prepared features of its records, along a space-filling curve, and counts of them."""
        return self.kind.merged

    @property
    def date_field(self) -> str | None:
        """Return the field that ``datetime`` compares with: a date or a partial date."""
        return self.kind.date_field

    def field(self, name: str) -> Field | None:
        """Return the property with this name, None if there is none."""
        field = self.kind.field(name)
        return field if field is not None and field.served else None

    @property
    def field_names(self) -> tuple[str, ...]:
        """Return the names of its properties, in order."""
        return tuple(field.name for field in self.kind.served)


COLLECTIONS: Mapping[str, Collection] = {
    kind.collection: Collection(kind, tables.SERVED[name]) for name, kind in PUBLIC.items()
}
"""The collections by name, in the order of the pages."""
OF_KIND: Mapping[str, str] = {name: kind.collection for name, kind in PUBLIC.items()}
"""The name of the collection of each kind."""


def find_collection(name: str) -> Collection:
    """Return the collection with this name. Raise NotFound if there is none."""
    collection = COLLECTIONS.get(name)
    if collection is None:
        raise NotFound(msg("There is no collection %(name)r. Choose one of %(choices)s.", name=name, choices=list(COLLECTIONS)))
    return collection
