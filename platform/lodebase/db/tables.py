"""The tables of what is served. Guardrails that are triggers or views stand in the migrations; rules on one row stand here.

A served row and its children carry ``since_version``, the dataset version at which they became what they are.
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    FetchedValue,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "lode"
HISTORY_SCHEMA = "lode_history"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

RESOURCE_CATEGORIES = (
    "measured-mineral-resource",
    "indicated-mineral-resource",
    "inferred-mineral-resource",
    "measured-and-indicated-mineral-resource",
    "indicated-and-inferred-mineral-resource",
    "measured-indicated-inferred-mineral-resource",
    "poorly-estimated-mineral-resource",
)
COMBINED_CATEGORIES = RESOURCE_CATEGORIES[3:6] + ("proved-and-probable-ore-reserves",)
RESERVE_CATEGORIES = ("probable-ore-reserves", "proved-ore-reserves", "proved-and-probable-ore-reserves")
STATUSES = (
    "operating",
    "commissioning",
    "intermittent",
    "construction",
    "permitted",
    "pre-permit",
    "announced",
    "suspended",
    "shelved",
    "cancelled",
    "closed",
)
"""From the liveliest to the quietest: a project's status is the first that one of its phases has."""


def one_of(column: str, codes: tuple[str, ...]) -> str:
    """The SQL condition that a column holds one of the codes."""
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _since() -> Column[int]:
    return Column("since_version", Integer, nullable=False, server_default=FetchedValue())


dataset_version = Table(
    "dataset_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("committed_at", DateTime(timezone=True), nullable=False),
    Column("run_id", Integer),
    comment="Every committed change of the data, counted.",
)


def _thing_columns() -> list[Any]:
    """What deposits, discoveries and projects have in common."""
    return [
        Column("id", Text, primary_key=True),
        Column("name_en", Text),
        Column("name_zh", Text),
        Column("aliases", ARRAY(Text), nullable=False, server_default="{}"),
        Column("geom", Geometry("POINT", srid=4326, spatial_index=False)),
        Column("position_accuracy_m", Double),
        Column("position_method", Text),
        Column("coord_original", Text),
        Column("coord_crs", Text),
        Column("country", Text),
        Column("country_reported", Text),
        Column("division", Text),
        Column("division_reported", Text),
        Column("commodity_group", Text, nullable=False),
        Column("main_commodity", Text, nullable=False),
        Column("major_commodities", ARRAY(Text), nullable=False),
        Column("commodities", ARRAY(Text), nullable=False),
        Column("information_date", Text),
        Column("access_level", Text, nullable=False, server_default="public"),
        Column("note_en", Text),
        Column("note_zh", Text),
        Column("sources", ARRAY(Text), nullable=False),
        Column("value_sources", JSONB(none_as_null=True)),
        Column("flags", ARRAY(Text), nullable=False, server_default="{}"),
        Column("search_text", Text, nullable=False),
        _since(),
    ]


def _place() -> Column[int]:
    return Column("place", BigInteger, Computed("lode.place(geom)", persisted=True))


def _thing_rules(name: str) -> list[Any]:
    return [
        CheckConstraint("cardinality(sources) > 0", name="has_source"),
        CheckConstraint("main_commodity = ANY (commodities)", name="main_among_commodities"),
        CheckConstraint("major_commodities <@ commodities", name="major_among_commodities"),
        CheckConstraint("geom IS NULL OR position_method IS NOT NULL", name="position_has_method"),
        CheckConstraint("position_accuracy_m >= 0", name="accuracy_not_negative"),
        CheckConstraint(one_of("access_level", ("public", "generalised")), name="access_level"),
        CheckConstraint(
            "geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)", name="on_the_globe"
        ),
        Index(f"ix_{name}_geom", "geom", postgresql_using="gist"),
        Index(f"ix_{name}_commodities", "commodities", postgresql_using="gin"),
        Index(f"ix_{name}_place", "place", "id", postgresql_include=["commodity_group"]),
        Index(f"ix_{name}_country_place", "country", "place", "id"),
        Index(f"ix_{name}_since_version", "since_version"),
    ]


def _status_columns(prefix: str = "") -> list[Any]:
    return [
        Column(f"{prefix}status", Text),
        Column(f"{prefix}status_reported", Text),
        Column(f"{prefix}status_date", Date),
        Column(f"{prefix}status_date_precision", Text),
        Column(f"{prefix}status_source", Text),
        Column(f"{prefix}status_inferred", Boolean),
    ]


def _status_rules(prefix: str = "") -> list[Any]:
    filled = " AND ".join(
        f"{prefix}status_{part} IS NOT NULL" for part in ("reported", "date", "date_precision", "source", "inferred")
    )
    return [
        CheckConstraint(f"{prefix}status IS NULL OR ({filled})", name="status_has_date_and_source"),
        CheckConstraint(f"{prefix}status IS NULL OR {one_of(f'{prefix}status', STATUSES)}", name="status_known"),
    ]


deposit = Table(
    "deposit",
    metadata,
    *_thing_columns(),
    Column("occurrence_type", Text),
    Column("deposit_model", Text),
    Column("deposit_model_reported", Text),
    Column("deposit_form", Text),
    Column("host_unit", Text),
    Column("age", Text),
    Column("exploration_stage", Text),
    Column("discovery_year", Integer),
    *_status_columns("mine_"),
    Column("size_class", Text),
    Column("size_standard", Text),
    Column("size_commodity", Text),
    Column("size_basis", Text),
    Column("size_basis_value_t", Double),
    Column("size_estimate_id", Text),
    _place(),
    *_thing_rules("deposit"),
    *_status_rules("mine_"),
    CheckConstraint(
        "num_nulls(size_class, size_standard, size_commodity, size_basis, size_basis_value_t, size_estimate_id) IN (0, 6)",
        name="size_tells_its_origin",
    ),
    comment="Mineral deposits, occurrences and prospects in the ground.",
)

discovery = Table(
    "discovery",
    metadata,
    *_thing_columns(),
    Column("discovery_date", Text),
    Column("announced_by", Text),
    Column("activity_type", Text),
    Column("result", Text),
    Column("exploration_stage", Text),
    Column("stage_reported", Text),
    Column("deposit_model", Text),
    Column("deposit_model_reported", Text),
    Column("deposit_form", Text),
    _place(),
    *_thing_rules("discovery"),
    comment="Results of exploration.",
)

project = Table(
    "project",
    metadata,
    *_thing_columns(),
    Column("facility_types", ARRAY(Text), nullable=False, server_default="{}"),
    Column("facility_reported", Text),
    Column("products", ARRAY(Text), nullable=False, server_default="{}"),
    Column("status", Text),
    Column("status_date", Date),
    _place(),
    *_thing_rules("project"),
    comment="Sites people build and run. Status is derived from the phases and can't be written.",
)

estimate = Table(
    "estimate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("deposit_id", Text, ForeignKey(deposit.c.id, ondelete="CASCADE")),
    Column("discovery_id", Text, ForeignKey(discovery.c.id, ondelete="CASCADE")),
    Column("ordinal", Integer, nullable=False),
    Column("category", Text, nullable=False),
    Column("category_reported", Text),
    Column("kind", Text, nullable=False),
    Column("combined", Boolean, nullable=False),
    Column("code", Text),
    Column("effective_date", Text),
    Column("ore_reported", Double),
    Column("ore_unit", Text),
    Column("ore_factor", Double),
    Column("ore_t", Double),
    Column("cut_off", Text),
    Column("includes_reserves", Boolean),
    Column("competent_person", Text),
    Column("zone", Text),
    Column("source", Text, nullable=False),
    Column("source_row", Text),
    Column("citation", Text),
    _since(),
    CheckConstraint("num_nonnulls(deposit_id, discovery_id) = 1", name="of_one_thing"),
    CheckConstraint(one_of("category", RESOURCE_CATEGORIES + RESERVE_CATEGORIES + ("endowment",)), name="category_known"),
    CheckConstraint(
        f"kind = CASE WHEN {one_of('category', RESERVE_CATEGORIES)} THEN 'reserve' "
        "WHEN category = 'endowment' THEN 'endowment' ELSE 'resource' END",
        name="kind_follows_category",
    ),
    CheckConstraint(f"combined = ({one_of('category', COMBINED_CATEGORIES)})", name="combined_follows_category"),
    CheckConstraint("ore_reported >= 0", name="ore_not_negative"),
    CheckConstraint("num_nulls(ore_factor, ore_t) IN (0, 2)", name="ore_converted_with_factor"),
    CheckConstraint(
        "ore_t IS NULL OR abs(ore_t - ore_reported * ore_factor) <= 1e-9 * ore_t", name="ore_is_reported_times_factor"
    ),
    Index("ix_estimate_deposit_id", "deposit_id"),
    Index("ix_estimate_discovery_id", "discovery_id", postgresql_where=text("discovery_id IS NOT NULL")),
    comment="One class, code, date and ore tonnage each; classes are never added up.",
)

estimate_measure = Table(
    "estimate_measure",
    metadata,
    Column(
        "estimate_id",
        Text,
        ForeignKey(estimate.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("commodity", Text, nullable=False),
    Column("grade_reported", Double),
    Column("grade_unit", Text),
    Column("grade_basis", Text),
    Column("grade_factor", Double),
    Column("grade_pct", Double),
    Column("contained_reported", Double),
    Column("contained_unit", Text),
    Column("contained_basis", Text),
    Column("contained_factor", Double),
    Column("contained_t", Double),
    _since(),
    PrimaryKeyConstraint("estimate_id", "commodity"),
    CheckConstraint("num_nonnulls(grade_reported, contained_reported) > 0", name="has_figure"),
    CheckConstraint("grade_reported >= 0 AND grade_pct BETWEEN 0 AND 100", name="grade_possible"),
    CheckConstraint("contained_reported >= 0", name="contained_not_negative"),
    CheckConstraint("contained_reported IS NULL OR contained_basis IS NOT NULL", name="contained_has_basis"),
    CheckConstraint("grade_reported IS NULL OR grade_basis IS NOT NULL", name="grade_has_basis"),
    CheckConstraint("num_nulls(grade_factor, grade_pct) IN (0, 2)", name="grade_converted_with_factor"),
    CheckConstraint("num_nulls(contained_factor, contained_t) IN (0, 2)", name="contained_converted_with_factor"),
    CheckConstraint(
        "grade_pct IS NULL OR abs(grade_pct - grade_reported * grade_factor) <= 1e-9 * grade_pct",
        name="grade_is_reported_times_factor",
    ),
    CheckConstraint(
        "contained_t IS NULL OR abs(contained_t - contained_reported * contained_factor) <= 1e-9 * contained_t",
        name="contained_is_reported_times_factor",
    ),
    comment="Grade and contained amount per commodity of an estimate's ore; grade_pct is of its basis, contained_t is metal.",
)

exploration_activity = Table(
    "exploration_activity",
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "deposit_id",
        Text,
        ForeignKey(deposit.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("ordinal", Integer, nullable=False),
    Column("reported", Text, nullable=False),
    Column("detail", Text),
    Column("start_date", Text),
    Column("end_date", Text),
    Column("source", Text, nullable=False),
    Column("source_row", Text),
    Column("citation", Text),
    _since(),
    Index("ix_exploration_activity_deposit_id", "deposit_id"),
    comment="Steps of a deposit's exploration history, in the source's words.",
)

phase = Table(
    "phase",
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "project_id",
        Text,
        ForeignKey(project.c.id, ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("ordinal", Integer, nullable=False),
    Column("name", Text),
    Column("phase_type", Text),
    Column("product", Text),
    Column("product_reported", Text),
    Column("capacity_reported", Double),
    Column("capacity_unit", Text),
    Column("capacity_basis", Text),
    Column("capacity_factor", Double),
    Column("capacity_tpa", Double),
    *_status_columns(),
    Column("start_date", Text),
    Column("end_date", Text),
    Column("feedstock", ARRAY(Text), nullable=False, server_default="{}"),
    Column("technology", Text),
    Column("energy_kgce_per_t", Double),
    Column("note", Text),
    Column("source", Text, nullable=False),
    Column("source_row", Text),
    Column("citation", Text),
    _since(),
    CheckConstraint("capacity_reported >= 0", name="capacity_not_negative"),
    CheckConstraint("num_nulls(capacity_factor, capacity_tpa) IN (0, 2)", name="capacity_converted_with_factor"),
    CheckConstraint(
        "capacity_tpa IS NULL OR abs(capacity_tpa - capacity_reported * capacity_factor) <= 1e-9 * capacity_tpa",
        name="capacity_is_reported_times_factor",
    ),
    *_status_rules(),
    Index("ix_phase_project_id", "project_id"),
    comment="Units of a project; capacity and status live here.",
)

owner = Table(
    "owner",
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "project_id",
        Text,
        ForeignKey(project.c.id, ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("ordinal", Integer, nullable=False),
    Column("name_en", Text),
    Column("name_zh", Text),
    Column("share_pct", Double),
    Column("role", Text, nullable=False),
    Column("uscc", Text),
    Column("information_date", Text),
    Column("source", Text, nullable=False),
    Column("source_row", Text),
    Column("citation", Text),
    _since(),
    CheckConstraint("share_pct BETWEEN 0 AND 100", name="share_possible"),
    CheckConstraint(one_of("role", ("owner", "operator")), name="role"),
    CheckConstraint("num_nonnulls(name_en, name_zh) > 0", name="has_name"),
    Index("ix_owner_project_id", "project_id"),
    comment="Who holds or runs a project.",
)

zone = Table(
    "zone",
    metadata,
    Column("id", Text, primary_key=True),
    Column("zone_kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text),
    Column("country", Text),
    Column("parent", Text),
    Column("geom", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
    Column("accuracy_m", Double),
    Column("valid_from", Text),
    Column("valid_to", Text),
    Column("note_en", Text),
    Column("note_zh", Text),
    Column("sources", ARRAY(Text), nullable=False),
    Column("flags", ARRAY(Text), nullable=False, server_default="{}"),
    _since(),
    CheckConstraint("cardinality(sources) > 0", name="has_source"),
    UniqueConstraint("zone_kind", "code", "valid_from"),
    Index("ix_zone_geom", "geom", postgresql_using="gist"),
    Index("ix_zone_since_version", "since_version"),
    comment="Polygons with a meaning for planning: countries, divisions, key regions, protected areas.",
)

flag = Table(
    "flag",
    metadata,
    Column("record_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("column_name", Text),
    Column("value", Text, nullable=False),
    Column("sentence_en", Text, nullable=False),
    Column("sentence_zh", Text, nullable=False),
    Column("suggestion", Geometry("POINT", srid=4326, spatial_index=False)),
    _since(),
    PrimaryKeyConstraint("record_id", "ordinal"),
    Index("ix_flag_rule", "rule"),
    comment="What a check noticed on a served row, with a sentence and, where clear, the likely right position.",
)

member = Table(
    "member",
    metadata,
    # no foreign key: source records are never deleted, and its check costs an import a twentieth of its time
    Column("source_record_id", BigInteger, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("leads", Boolean, nullable=False),
    PrimaryKeyConstraint("source_record_id", "record_id"),
    Index("ix_member_record_id", "record_id"),
    CheckConstraint(one_of("kind", ("deposit", "discovery", "project", "zone")), name="kind"),
    comment="The source rows that a served row is made of; the leading one gave it its id.",
)

link = Table(
    "link",
    metadata,
    Column("from_kind", Text, nullable=False),
    Column("from_id", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("to_kind", Text, nullable=False),
    Column("to_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text),
    _since(),
    PrimaryKeyConstraint("from_id", "relation", "to_id"),
    CheckConstraint(one_of("relation", ("worked_by", "works", "became", "contains", "part_of")), name="relation"),
    Index("ix_link_to_id", "to_id"),
    comment="What joins records of different kinds or sizes.",
)

testimony = Table(
    "testimony",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("served_id", Text, nullable=False),
    Column("row", JSONB, nullable=False),
    Column("parts", JSONB, nullable=False),
    _since(),
    Column("given", JSONB),
    CheckConstraint(one_of("kind", ("deposit", "discovery", "project")), name="kind"),
    Index("ix_testimony_served_id", "served_id"),
    comment="What each source tells of a thing that is served as one record with others', or with values that people gave.",
)


SERVED = {"deposit": deposit, "discovery": discovery, "project": project, "zone": zone}
CHILDREN = (estimate, estimate_measure, exploration_activity, phase, owner, flag)
for _child in CHILDREN:
    Index(f"ix_{_child.name}_since_version", _child.c.since_version)
