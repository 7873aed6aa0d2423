"""The tables of files: a collection's fields and the rows related to its records, with their titles."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodebase.query.collections_ import Collection
from lodedata.kinds import KINDS, ChildTable, Field, Kind
from lodedata.kinds.shared import IDENTITY
from lodedata.messages import Label, msg
from lodedata.write import Column, ColumnReference, Table

IDENTIFIER_OF = msg("Identifier of the %(record)s")
ID = Column(IDENTITY.name, IDENTITY.title)
LICENSED = "sources"
"""The field that every file contains, so that each row names its sources."""
COMPUTED = {
    "distance_km": Column("distance_km", msg("Distance in kilometres"), "number", unit="km"),
    "certainty": Column("certainty", msg("Certainty of being inside")),
}
"""Columns that a query near or within a place adds."""

SOURCES = Table(
    "sources",
    msg("Sources"),
    (
        Column("name", msg("Name")),
        Column("title_en", msg("Title in English")),
        Column("title_zh", msg("Title in Chinese")),
        Column("publisher", msg("Publisher")),
        Column("licence", msg("Licence")),
        Column("licence_name", msg("Name of the licence")),
        Column("licence_url", msg("Terms of the licence")),
        Column("attribution", msg("Attribution")),
        Column("citation", msg("Citation")),
        Column("version", msg("Version")),
        Column("as_of", msg("Data as of")),
        Column("homepage", msg("Homepage")),
    ),
    key=("name",),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A child table as a table of a file: the kind that it belongs to, and its declaration."""

    kind: Kind
    child: ChildTable

    @property
    def name(self) -> str:
        """The name of the table in files."""
        return self.child.relation

    @property
    def stored(self) -> str:
        """The name of the table in the store."""
        return self.child.name

    @property
    def owner(self) -> str:
        """The column that names the record, or the row of the table between."""
        return self.kind.owner_column(self.child)

    @property
    def keyed(self) -> bool:
        """Whether each row has an id of its own."""
        return self.child.key is None

    @property
    def through(self) -> str | None:
        """Return the table between, for rows of an estimate."""
        return self.child.of

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its own."""
        ordinal = (Column("ordinal", msg("Ordinal number"), "integer"),) if self.child.key == "ordinal" else ()
        return (*ordinal, *(make_column(field) for field in self.child.fields if field.served))


RELATIONS: Mapping[str, tuple[Relation, ...]] = {
    kind.collection: tuple(Relation(kind, child) for child in kind.children) for kind in KINDS.values()
}
"""By collection, in the order of a file."""


def make_column(field: Field) -> Column:
    """Return the column of a file that holds a field."""
    return Column(field.name, field.title, field.type, field.vocabulary, field.unit)


def build_records_table(source: Collection, wanted: tuple[str, ...] | None, computed: tuple[str, ...] = ()) -> Table:
    """Return the table of the records: id, the wanted fields (all for None), sources, and computed columns."""
    names = [name for name in source.field_names if wanted is None or name in wanted or name == LICENSED]
    columns = [
        ID,
        *(make_column(field) for field in source.fields if field.name in names),
        *(COMPUTED[name] for name in computed),
    ]
    geometry = {"point": "point", "polygon": "multipolygon", None: None}[source.geometry]
    return Table(source.name, source.title, tuple(columns), ("id",), (), geometry)  # type: ignore[arg-type]


def build_relation_table(source: Collection, relation: Relation) -> Table:
    """Return the table of a relation: its key, the record that it belongs to, its columns."""
    child = relation.child
    between = next((child_table for child_table in relation.kind.children if child_table.name == child.of), None)
    parent, parent_label = (
        (source.name, Label(source.kind.singular_en, source.kind.singular_zh))
        if between is None
        else (between.relation, Label(between.name, between.title_zh))
    )
    owner = Column(relation.owner, IDENTIFIER_OF.filled(record=parent_label))
    columns = (*((ID,) if relation.keyed else ()), owner, *relation.columns)
    references = [ColumnReference(relation.owner, parent, "id")]
    key = ("id",) if child.key is None else (relation.owner, child.key)
    if any(column.name == "source" for column in columns):
        references.append(ColumnReference("source", SOURCES.name, "name"))
    return Table(relation.name, child.title, columns, key, tuple(references))


def build_origins_table(source: Collection) -> Table:
    """Return the table of records and their sources."""
    columns = (
        Column("record_id", IDENTIFIER_OF.filled(record=Label(source.kind.singular_en, source.kind.singular_zh))),
        Column("source", msg("Source")),
    )
    references = (ColumnReference("record_id", source.name, "id"), ColumnReference("source", SOURCES.name, "name"))
    return Table("record_sources", msg("Record sources"), columns, ("record_id", "source"), references)


def make_values_table(source: Collection) -> Table:
    """Return the table of values by source: those that a source cites from another one, and those of merged records."""
    columns = (
        Column("record_id", IDENTIFIER_OF.filled(record=Label(source.kind.singular_en, source.kind.singular_zh))),
        Column("field", msg("Field")),
        Column("value", msg("Value")),
        Column("source", msg("Source or reference")),
        Column("shown", msg("Shown in the record"), "boolean"),
    )
    references = (ColumnReference("record_id", source.name, "id"),)
    return Table("values", msg("Values by source"), columns, (), references)
