"""The tables of served data. Constraints that need triggers or views are in the migrations; rules on one row are here.

A served row and its children have ``since_version``, the dataset version at which they got their present values.
"""

from collections.abc import Callable, Iterable, Mapping
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

from lodedata.kinds import KINDS, Field, Kind
from lodedata.kinds.deposit import ACTIVITIES
from lodedata.kinds.estimates import ESTIMATES, MEASURES
from lodedata.kinds.project import OWNERS, PHASES, STATUSES_BY_ACTIVITY
from lodedata.kinds.shared import FLAGS
from lodedata.vocab import load_vocabulary

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
LINK_RELATIONS = ("worked_by", "works", "ore_processed_by", "processes_ore_of", "became", "contains", "part_of")


def write_code_condition(column: str, codes: tuple[str, ...]) -> str:
    """Return the SQL condition that a column holds one of the codes."""
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def build_now_column(name: str = "at") -> Column[object]:
    """Return a column for the moment at which a row is stored."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"))


def _build_since_column() -> Column[int]:
    return Column("since_version", Integer, nullable=False, server_default=FetchedValue())


dataset_version = Table(
    "dataset_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("committed_at", DateTime(timezone=True), nullable=False),
    Column("run_id", Integer),
    comment="Every committed change of the data, counted.",
)


SQL_TYPES: Mapping[str, Callable[[], Any]] = {
    "string": Text,
    "number": Double,
    "integer": Integer,
    "boolean": Boolean,
    "date": Date,
    "array": lambda: ARRAY(Text),
}
"""The type of a column by the type of its field."""


def _build_field_columns(fields: Iterable[Field]) -> list[Column[Any]]:
    return [
        Column(field.name, SQL_TYPES[field.type](), nullable=not field.required, server_default=field.default)
        for field in fields
    ]


def _build_morton_column() -> Column[int]:
    return Column("morton_code", BigInteger, Computed("lode.morton_code(geom)", persisted=True))


def _build_merged_point_rules(name: str) -> list[Any]:
    return [
        CheckConstraint("main_commodity = ANY (commodities)", name="main_among_commodities"),
        CheckConstraint("major_commodities <@ commodities", name="major_among_commodities"),
        CheckConstraint(write_code_condition("access_level", ("public", "generalised")), name="access_level"),
        Index(f"ix_{name}_commodities", "commodities", postgresql_using="gin"),
        Index(f"ix_{name}_morton_code", "morton_code", "id", postgresql_include=["commodity_group"]),
        Index(f"ix_{name}_country_morton_code", "country", "morton_code", "id"),
    ]


POINT_RULES = (
    ("geom IS NULL OR position_method IS NOT NULL", "position_has_method"),
    ("position_accuracy_m >= 0", "accuracy_not_negative"),
    ("geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)", "on_the_globe"),
)
"""Check constraints of every kind with points."""


def _build_status_rules(prefix: str = "") -> list[Any]:
    filled = " AND ".join(f"{prefix}status_{part} IS NOT NULL" for part in ("reported", "source", "inferred"))
    return [
        CheckConstraint(f"{prefix}status IS NULL OR ({filled})", name="status_has_source"),
        CheckConstraint(
            f"num_nulls({prefix}status_date, {prefix}status_date_precision) IN (0, 2)", name="status_date_has_precision"
        ),
        CheckConstraint(
            f"{prefix}status IS NULL OR {write_code_condition(f'{prefix}status', STATUSES_BY_ACTIVITY)}", name="status_known"
        ),
    ]


RULES: Mapping[str, tuple[Any, ...]] = {
    "deposit": (
        *_build_status_rules("mine_"),
        CheckConstraint(
            "num_nulls(size_class, size_standard, size_commodity, size_basis, size_basis_value_t, "
            "coalesce(size_estimate_id, size_source)) IN (0, 6)",
            name="size_tells_its_origin",
        ),
    ),
    "zone": (UniqueConstraint("zone_kind", "code", "valid_from"),),
    "list_batch": (Index("ix_list_batch_list_number", "list", "number"),),
    "list_entry": (
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
        Index("ix_list_entry_list_batch", "list", "batch"),
        Index("ix_list_entry_name_as_printed", "name_as_printed"),
    ),
    "list_event": (Index("ix_list_event_list_date", "list", "date"),),
    "milestone": (
        CheckConstraint("num_nulls(baseline_no, baseline_date) IN (0, 2)", name="baseline_numbered"),
        CheckConstraint("baseline_no >= 1", name="baseline_counted"),
        CheckConstraint("baseline_no = 1 OR length(trim(coalesce(baseline_reason, ''))) > 0", name="baseline_has_reason"),
        CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("planned_progress_pct BETWEEN 0 AND 100", name="planned_progress"),
        Index("ix_milestone_project", "project_source", "project"),
    ),
    "recovery_record": (Index("ix_recovery_record_project", "project_source", "project"),),
    "estimate_statement": (Index("ix_estimate_statement_deposit", "deposit_source", "deposit"),),
    "drill_hole": (Index("ix_drill_hole_hole_id", "hole_id"),),
    "drill_survey": (Index("ix_drill_survey_hole_id", "hole_id"),),
    "drill_interval": (
        CheckConstraint("from_m >= 0 AND to_m > from_m", name="depths"),
        Index("ix_drill_interval_hole_id", "hole_id"),
    ),
    "schedule_entry": (
        CheckConstraint("own_capital_pct BETWEEN 0 AND 100", name="own_capital"),
        Index("ix_schedule_entry_project", "project_source", "project"),
    ),
    "progress_report": (
        CheckConstraint("physical_progress_pct BETWEEN 0 AND 100", name="physical_progress"),
        Index("ix_progress_report_project", "project_source", "project"),
    ),
    "plant_stream": (
        CheckConstraint("recovery_pct BETWEEN 0 AND 100", name="recovery"),
        Index("ix_plant_stream_project", "project_source", "project"),
    ),
    "organisation": (Index("ix_organisation_uscc", "uscc"),),
    "official_act": (Index("ix_official_act_number", "number"),),
    "act_subject": (Index("ix_act_subject_act", "act"), Index("ix_act_subject_record", "record")),
    "mining_right": (
        CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= left(valid_from, length(valid_to))", name="valid"
        ),
        Index("ix_mining_right_right_no", "right_no"),
        Index("ix_mining_right_former_nos", "former_nos", postgresql_using="gin"),
        Index("ix_mining_right_holder", "holder"),
        Index("ix_mining_right_commodities", "commodities", postgresql_using="gin"),
    ),
    "right_event": (Index("ix_right_event_right_no", "right_no"),),
    "right_sale": (Index("ix_right_sale_right_no", "right_no"),),
    "right_disclosure": (Index("ix_right_disclosure_right_no", "right_no", "year"),),
}
"""Check constraints on one row and indexes that are specific to a kind."""


SEARCHED = tuple(name for name, kind in KINDS.items() if kind.search_code is not None and name != "zone")
"""The kinds whose rows have the text that search looks in. Zones have none: theirs is made of their names by a trigger."""


def _build_kind_table(kind: Kind) -> Table:
    """Return the table of a kind's records, with the columns that its geometry and its merging require."""
    columns: list[Any] = [Column("id", Text, primary_key=True), *_build_field_columns(kind.fields)]
    rules: list[Any] = [Index(f"ix_{kind.name}_since_version", "since_version")]
    if kind.geometry is not None:
        shape = {"point": "POINT", "polygon": "MULTIPOLYGON"}[kind.geometry]
        columns.append(
            Column(
                "geom",
                Geometry(shape, srid=4326, spatial_index=False),
            )
        )
        rules.append(Index(f"ix_{kind.name}_geom", "geom", postgresql_using="gist"))
    if kind.merged:
        columns.append(Column("value_sources", JSONB(none_as_null=True)))
        rules += _build_merged_point_rules(kind.name)
    if kind.geometry == "point":
        columns.append(_build_morton_column())
        rules += [CheckConstraint(condition, name=name) for condition, name in POINT_RULES]
        rules += [] if kind.merged else [Index(f"ix_{kind.name}_morton_code", "morton_code", "id")]
    if kind.name in SEARCHED:
        columns.append(Column("search_text", Text, nullable=False))
    if kind.field("sources") is not None:
        rules.append(CheckConstraint("cardinality(sources) > 0", name="has_source"))
    return Table(
        kind.name, metadata, *columns, _build_since_column(), *rules, *RULES.get(kind.name, ()), comment=kind.description_en
    )


SERVED: Mapping[str, Table] = {name: _build_kind_table(kind) for name, kind in KINDS.items()}
"""The table of each kind's records."""
deposit, discovery, project, zone = (SERVED[name] for name in ("deposit", "discovery", "project", "zone"))

FIGURE_QUALIFIERS = tuple(term.code for term in load_vocabulary("figure-qualifier"))


def _sign_rules(name: str, value: str) -> tuple[CheckConstraint, ...]:
    """Return the rules of a figure's sign: a known qualifier, an upper end for a range alone, no value for a bound or range."""
    qualifier, upper = f"{name}_qualifier", f"{name}_upper"
    return (
        CheckConstraint(write_code_condition(qualifier, FIGURE_QUALIFIERS), name=f"{qualifier}_known"),
        CheckConstraint(
            f"({qualifier} IS NOT DISTINCT FROM 'range') = ({upper} IS NOT NULL) AND {upper} > {name}_reported",
            name=f"{name}_range_has_upper",
        ),
        CheckConstraint(f"{qualifier} = 'about' OR num_nonnulls({qualifier}, {value}) < 2", name=f"{name}_bound_has_no_value"),
    )


estimate = Table(
    "estimate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("deposit_id", Text, ForeignKey(deposit.c.id, ondelete="CASCADE")),
    Column("discovery_id", Text, ForeignKey(discovery.c.id, ondelete="CASCADE")),
    Column("ordinal", Integer, nullable=False),
    *_build_field_columns(ESTIMATES.fields),
    _build_since_column(),
    CheckConstraint("num_nonnulls(deposit_id, discovery_id) = 1", name="of_one_thing"),
    CheckConstraint(
        write_code_condition("category", RESOURCE_CATEGORIES + RESERVE_CATEGORIES + ("endowment",)), name="category_known"
    ),
    CheckConstraint(
        f"kind = CASE WHEN {write_code_condition('category', RESERVE_CATEGORIES)} THEN 'reserve' "
        "WHEN category = 'endowment' THEN 'endowment' ELSE 'resource' END",
        name="kind_follows_category",
    ),
    CheckConstraint(f"combined = ({write_code_condition('category', COMBINED_CATEGORIES)})", name="combined_follows_category"),
    CheckConstraint("ore_reported >= 0", name="ore_not_negative"),
    *_sign_rules("ore", "ore_t"),
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
    *_build_field_columns(MEASURES.fields),
    _build_since_column(),
    PrimaryKeyConstraint("estimate_id", "commodity"),
    CheckConstraint("num_nonnulls(grade_reported, contained_reported) > 0", name="has_figure"),
    CheckConstraint("grade_reported >= 0 AND grade_pct BETWEEN 0 AND 100", name="grade_possible"),
    CheckConstraint("contained_reported >= 0", name="contained_not_negative"),
    CheckConstraint("contained_reported IS NULL OR contained_basis IS NOT NULL", name="contained_has_basis"),
    CheckConstraint("grade_reported IS NULL OR grade_basis IS NOT NULL", name="grade_has_basis"),
    *_sign_rules("grade", "grade_pct"),
    *_sign_rules("contained", "contained_t"),
    CheckConstraint("num_nulls(grade_factor, grade_pct) IN (0, 2)", name="grade_converted_with_factor"),
    CheckConstraint("num_nulls(held, held_factor) IN (0, 2) AND num_nonnulls(held, grade_pct) < 2", name="held_has_no_grade"),
    CheckConstraint(
        "contained_derived IS TRUE OR num_nulls(contained_factor, contained_t) IN (0, 2)",
        name="contained_converted_with_factor",
    ),
    CheckConstraint(
        "contained_derived IS NOT TRUE OR (contained_reported IS NULL AND contained_t IS NOT NULL AND grade_pct IS NOT NULL)",
        name="contained_derived_where_not_reported",
    ),
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
    *_build_field_columns(ACTIVITIES.fields),
    _build_since_column(),
    Index("ix_exploration_activity_deposit_id", "deposit_id"),
    comment="Steps of a deposit's exploration history, as the source describes them.",
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
    *_build_field_columns(PHASES.fields),
    _build_since_column(),
    CheckConstraint("capacity_reported >= 0", name="capacity_not_negative"),
    *_sign_rules("capacity", "capacity_tpa"),
    CheckConstraint("num_nulls(capacity_factor, capacity_tpa) IN (0, 2)", name="capacity_converted_with_factor"),
    CheckConstraint(
        "num_nulls(held, held_factor) IN (0, 2) AND num_nonnulls(held, capacity_tpa) < 2", name="held_has_no_capacity"
    ),
    CheckConstraint(
        "capacity_tpa IS NULL OR abs(capacity_tpa - capacity_reported * capacity_factor) <= 1e-9 * capacity_tpa",
        name="capacity_is_reported_times_factor",
    ),
    *_build_status_rules(),
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
    *_build_field_columns(OWNERS.fields),
    _build_since_column(),
    CheckConstraint("share_pct BETWEEN 0 AND 100", name="share_possible"),
    CheckConstraint(write_code_condition("role", ("owner", "operator", "former-owner", "former-operator")), name="role"),
    CheckConstraint(write_code_condition("date_basis", ("stated", "in-or-before")), name="date_basis"),
    CheckConstraint("num_nonnulls(name_en, name_zh) > 0", name="has_name"),
    Index("ix_owner_project_id", "project_id"),
    comment="Who holds or runs a project.",
)

flag = Table(
    "flag",
    metadata,
    Column("record_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    *_build_field_columns(FLAGS.fields),
    Column("suggestion", Geometry("POINT", srid=4326, spatial_index=False)),
    _build_since_column(),
    PrimaryKeyConstraint("record_id", "ordinal"),
    Index("ix_flag_rule", "rule"),
    comment="What a check noticed on a served row, with a sentence and, where clear, the likely right position.",
)

member = Table(
    "member",
    metadata,
    # no foreign key: source records are never deleted, and checking the key takes a twentieth of an import's time
    Column("source_record_id", BigInteger, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("leads", Boolean, nullable=False),
    PrimaryKeyConstraint("source_record_id", "record_id"),
    Index("ix_member_record_id", "record_id"),
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
    _build_since_column(),
    PrimaryKeyConstraint("from_id", "relation", "to_id"),
    CheckConstraint(write_code_condition("relation", LINK_RELATIONS), name="relation"),
    Index("ix_link_to_id", "to_id"),
    comment="What joins records of different kinds or sizes.",
)

named_organisation = Table(
    "named_organisation",
    metadata,
    Column("record_kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    _build_since_column(),
    PrimaryKeyConstraint("record_id", "role", "organisation_id"),
    Index("ix_named_organisation_organisation_id", "organisation_id", "record_kind"),
    Index("ix_named_organisation_since_version", "since_version"),
    comment="The organisations that a record names, by role: what its mentions were matched to. Earlier rows hold no names.",
)

reported_record = Table(
    "reported_record",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("served_id", Text, nullable=False),
    Column("row", JSONB, nullable=False),
    Column("parts", JSONB, nullable=False),
    _build_since_column(),
    Column("given", JSONB),
    CheckConstraint(write_code_condition("kind", tuple(name for name, kind in KINDS.items() if kind.merged)), name="kind"),
    Index("ix_reported_record_served_id", "served_id"),
    comment="What each source reports of an object that is served as one record of several, or with entered values.",
)


CHILDREN = (estimate, estimate_measure, exploration_activity, phase, owner, flag)
for _child in CHILDREN:
    Index(f"ix_{_child.name}_since_version", _child.c.since_version)
