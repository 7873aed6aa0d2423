"""The tables of files: a collection's fields and the rows related to its records, with titles in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodebase.query.collections_ import Collection
from lodedata.kinds import KINDS, ChildTable, Field, Kind
from lodedata.write import Column, Reference, Table

ID = Column("id", "Identifier", "标识符")
LICENSED = "sources"
"""The field that every file contains, so that each row names its sources."""
COMPUTED = {
    "distance_km": Column("distance_km", "Distance in kilometres", "距离(千米)", "number", unit="km"),
    "certainty": Column("certainty", "Certainty of being inside", "位于范围内的确定性"),
}
"""Columns that a query near or within a place adds."""

SOURCES = Table(
    "sources",
    "Sources",
    "来源",
    (
        Column("name", "Name", "名称"),
        Column("title_en", "Title in English", "英文标题"),
        Column("title_zh", "Title in Chinese", "中文标题"),
        Column("publisher", "Publisher", "发布者"),
        Column("licence", "Licence", "许可"),
        Column("licence_name", "Name of the licence", "许可名称"),
        Column("licence_url", "Terms of the licence", "许可条款"),
        Column("attribution", "Attribution", "署名"),
        Column("citation", "Citation", "引文"),
        Column("version", "Version", "版本"),
        Column("as_of", "Data as of", "资料时点"),
        Column("homepage", "Homepage", "网址"),
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
        ordinal = (Column("ordinal", "Number", "序号", "integer"),) if self.child.key == "ordinal" else ()
        return (*ordinal, *(column(field) for field in self.child.fields if field.served))


RELATIONS: Mapping[str, tuple[Relation, ...]] = {
    kind.collection: tuple(Relation(kind, child) for child in kind.children) for kind in KINDS.values()
}
"""By collection, in the order of a file."""


def column(field: Field) -> Column:
    """Return the column of a file that holds a field."""
    return Column(field.name, field.title_en, field.title_zh, field.type, field.vocabulary, field.unit)


def of_records(source: Collection, wanted: tuple[str, ...] | None, computed: tuple[str, ...] = ()) -> Table:
    """Return the table of the records: id, the wanted fields (all for None), sources, and computed columns."""
    names = [name for name in source.field_names if wanted is None or name in wanted or name == LICENSED]
    columns = [ID, *(column(field) for field in source.fields if field.name in names), *(COMPUTED[name] for name in computed)]
    geometry = {"point": "point", "polygon": "multipolygon", None: None}[source.geometry]
    return Table(source.name, source.title_en, source.title_zh, tuple(columns), ("id",), (), geometry)  # type: ignore[arg-type]


def related(source: Collection, relation: Relation) -> Table:
    """Return the table of a relation: its key, the record that it belongs to, its columns."""
    child = relation.child
    between = next((one for one in relation.kind.children if one.name == child.of), None)
    parent, one_en, one_zh = (
        (source.name, source.kind.singular_en, source.kind.singular_zh)
        if between is None
        else (between.relation, between.name, between.title_zh)
    )
    owner = Column(relation.owner, f"Identifier of the {one_en}", f"{one_zh}标识符")
    columns = (*((ID,) if relation.keyed else ()), owner, *relation.columns)
    references = [Reference(relation.owner, parent, "id")]
    key = ("id",) if child.key is None else (relation.owner, child.key)
    if any(column.name == "source" for column in columns):
        references.append(Reference("source", SOURCES.name, "name"))
    return Table(relation.name, child.title_en, child.title_zh, columns, key, tuple(references))


def origins(source: Collection) -> Table:
    """Return the table of records and their sources."""
    columns = (
        Column("record_id", f"Identifier of the {source.kind.singular_en}", f"{source.kind.singular_zh}标识符"),
        Column("source", "Source", "来源"),
    )
    references = (Reference("record_id", source.name, "id"), Reference("source", SOURCES.name, "name"))
    return Table("record_sources", "Sources of records", "记录的来源", columns, ("record_id", "source"), references)
