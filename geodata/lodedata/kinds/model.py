"""Declarations of record kinds and their fields, from which everything that depends on a kind is derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lodedata.messages import Label

FieldType = Literal["string", "number", "integer", "boolean", "array", "date"]
"""JSON type of a value; an ``array`` holds strings, a ``date`` is a day."""
Geometry = Literal["point", "polygon"]
Format = Literal["uscc", "lei"]
"""A code with check characters: unified social credit code or legal entity identifier."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind or of its child tables.

    Every served field is a filter; every one except arrays is a sort key. A field that is not ``served`` is stored, and
    shown on the record's page only.
    """

    name: str
    title_en: str
    title_zh: str
    type: FieldType = "string"
    vocabulary: str | None = None
    unit: str | None = None
    """UCUM code of the unit of a figure, into which an import converts."""
    grade: bool = False
    """Whether its per cents are of the mass of an ore or a product, so that g/t and ppm may be entered too."""
    served: bool = True
    """Whether it is a property of features: filters, schema, downloads, map table, page."""
    facet: bool = False
    """Whether its values are counted."""
    partial_date: bool = False
    """Whether its text is a year, a month or a day, such as 2019-05."""
    required: bool = False
    """Whether every record has it."""
    default: str | None = None
    """Default value in PostgreSQL's syntax."""
    tile: bool = False
    """Whether points and polygons of map tiles carry it, for symbols and popups."""
    chart: bool = False
    """Whether the page of charts counts records by it."""
    proposed: bool = False
    """Whether an expert or contributor may propose a value for it at the desk."""
    imported: bool = True
    """Whether a mapping may fill it from columns; else Lode derives it."""
    optional: bool = False
    """Whether pages omit it if a record has no value."""
    format: Format | None = None
    """Form of its code, whose check characters are verified on import."""
    organisation_role: str | None = None
    """Role of the organisation that it names, unless the row has a field ``role``; the field ``NAME_uscc`` has the code."""
    act_role: str | None = None
    """What the act that it names by number does for the record, unless the record has a field ``role``."""
    personal: bool = False
    """Whether its text may name natural persons, who are not public: it holds the names of bodies only."""
    possible: tuple[float, float] | None = None
    """Least and greatest value that is possible, in its unit; None for the range of the unit."""
    choice: tuple[str, ...] | None = None
    """Criteria by which one source's value is chosen, in order; None if a rule of the kind decides."""

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)

    @property
    def convertible(self) -> bool:
        """Whether an import fills it with figures, which are converted to its unit."""
        return self.imported and self.unit is not None and self.type in ("number", "integer")

    @property
    def sortable(self) -> bool:
        """Whether pages can be ordered by it."""
        return self.type != "array"


@dataclass(frozen=True, slots=True)
class ChildTable:
    """Rows that belong to a record, or to a row of another child table (``of``)."""

    name: str
    """Name of the table in the store."""
    relation: str
    """Name of the list in responses and downloads."""
    title_en: str
    title_zh: str
    fields: tuple[Field, ...]
    owner: str | None = None
    """Column that refers to the record, if it is not the kind's name with ``_id``."""
    key: str | None = None
    """Column that identifies a row within its record, for rows without an id."""
    of: str | None = None
    """Name of the child table that its rows belong to, if not the record itself."""

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """Fields and child tables that come from one source together, and the criteria that choose the source."""

    fields: tuple[str, ...]
    criteria: tuple[str, ...] = ("present", "rank")
    children: tuple[str, ...] = ()
    within: str | None = None
    """Only sources that agree with the chosen value of this field are considered."""
    same_source_as: str | None = None
    """Name of the rule whose chosen source is preferred."""
    of: str | None = None
    """Field with a commodity: sources whose measures are of the chosen one are preferred to all others."""
    units: bool = False
    """Whether rows of one source may be units of one site, so that all of them are used."""

    @property
    def name(self) -> str:
        """The first child table, or the first field."""
        return self.children[0] if self.children else self.fields[0]


@dataclass(frozen=True, slots=True)
class Reference:
    """How records of a kind name a record of another kind: by the key that a source gives it, or by a number that both have.

    Organisations and acts are named by fields of their own: ``Field.organisation_role``, ``Field.act_role``.
    """

    to: str
    """Name of the other kind."""
    field: str
    """The field that has the key or the number."""
    source_field: str | None = None
    """The field with the source of the key; None for a number."""
    by: str = "id"
    """The field of the other kind that has the same number."""
    same_source: bool = False
    """Whether the number names records of its own source only."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A record kind: its names in both languages, its geometry, its fields and child tables.

    Records of a ``merged`` kind are compared across sources and served as one where they are the same; those of other
    kinds are identified by source and key.
    """

    name: str
    collection: str
    title_en: str
    title_zh: str
    singular_en: str
    singular_zh: str
    description_en: str
    description_zh: str
    geometry: Geometry | None
    fields: tuple[Field, ...]
    children: tuple[ChildTable, ...] = ()
    date_field: str | None = None
    """The field that the parameter ``datetime`` compares with."""
    type_field: str | None = None
    """The field of a record's type, for x-ogc-role ``type``."""
    name_fields: tuple[str, ...] = ("name_en", "name_zh")
    """The fields of its names or titles in English and Chinese, by which records are listed and found."""
    alias_fields: tuple[str, ...] = ("aliases",)
    """Array fields of other names by which records are found."""
    number_fields: tuple[str, ...] = ()
    """The field of its number and an array field of former ones, by which search finds a record when one is typed in full."""
    text_field: str | None = None
    """The field of a long text in which search looks."""
    search_code: str | None = None
    """Character that marks its records in the search index and orders results; None for a kind that is not searched."""
    validity: tuple[str, str] | None = None
    """The fields of the first and last day on which a record is valid, which the parameter ``on`` compares with."""
    dated_status: tuple[str, ...] = ()
    """The SQL function that returns a record's status on a day, and the fields that it reads; with the parameter ``on``,
    ``status`` selects by it."""
    merged: bool = False
    needs_polygon: bool = True
    """Whether tables of a kind of polygons must have geometry. A record without one is listed and not on the map."""
    internal: bool = False
    """Whether only people who are signed in at the desk read its records; they are in no collection, download or page."""
    choice_rules: tuple[ChoiceRule, ...] = ()
    """Rules of choice among sources for values that are not chosen field by field."""
    union_fields: tuple[str, ...] = ()
    """Array fields whose values are combined from all sources."""
    references: tuple[Reference, ...] = ()
    """How its records name records of other kinds; both ends show them."""
    _named: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the fields by name. Raises ValueError for a name declared twice, or a kind without fields that it needs."""
        named = {kind_field.name: kind_field for kind_field in self.fields}
        if len(named) != len(self.fields):
            names = [kind_field.name for kind_field in self.fields]
            raise ValueError(f"{self.name}: declared twice: {', '.join(sorted({n for n in names if names.count(n) > 1}))}")
        if self.geometry == "point" and "position_accuracy_m" not in named:
            raise ValueError(f"{self.name}: a kind with points needs shared.POSITION_FIELDS")
        if any(kind_field.convertible for kind_field in self.fields) and "figures_reported" not in named:
            raise ValueError(f"{self.name}: a kind with figures in a unit needs shared.FIGURES_REPORTED")
        for reference in self.references:
            if missing := {reference.field, reference.source_field} - {None, *named}:
                raise ValueError(f"{self.name}: a reference needs the field {', '.join(sorted(map(str, missing)))}")
        object.__setattr__(self, "_named", named)

    @property
    def own_column(self) -> str:
        """The column by which rows of its child tables refer to a record."""
        return f"{self.name}_id"

    @property
    def names_organisations(self) -> bool:
        """Whether its records name organisations, as owner or holder for example."""
        fields = (*self.fields, *(kind_field for child in self.children for kind_field in child.fields))
        return any(kind_field.organisation_role is not None for kind_field in fields)

    def owner_column(self, child: ChildTable) -> str:
        """Return the column of a child table that refers to the record, or to the row of its parent table."""
        return child.owner or (f"{child.of}_id" if child.of is not None else self.own_column)

    def field(self, name: str) -> Field | None:
        """Return the field of a name, None for an unknown name."""
        return self._named.get(name)

    @property
    def served(self) -> tuple[Field, ...]:
        """The fields that are properties of features, in order."""
        return tuple(kind_field for kind_field in self.fields if kind_field.served)
