"""The store: its tables and indexes."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_dataset_version")),
        schema="lode",
        comment="Every committed change of the data, counted.",
    )
    op.create_table(
        "deposit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_method", sa.Text(), nullable=True),
        sa.Column("coord_original", sa.Text(), nullable=True),
        sa.Column("coord_crs", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("country_reported", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(), nullable=True),
        sa.Column("division_reported", sa.Text(), nullable=True),
        sa.Column("commodity_group", sa.Text(), nullable=False),
        sa.Column("main_commodity", sa.Text(), nullable=False),
        sa.Column("major_commodities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("access_level", sa.Text(), server_default="public", nullable=False),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("value_sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.Column("occurrence_type", sa.Text(), nullable=True),
        sa.Column("deposit_model", sa.Text(), nullable=True),
        sa.Column("deposit_model_reported", sa.Text(), nullable=True),
        sa.Column("deposit_form", sa.Text(), nullable=True),
        sa.Column("host_unit", sa.Text(), nullable=True),
        sa.Column("age", sa.Text(), nullable=True),
        sa.Column("exploration_stage", sa.Text(), nullable=True),
        sa.Column("discovery_year", sa.Integer(), nullable=True),
        sa.Column("mine_status", sa.Text(), nullable=True),
        sa.Column("mine_status_reported", sa.Text(), nullable=True),
        sa.Column("mine_status_date", sa.Date(), nullable=True),
        sa.Column("mine_status_date_precision", sa.Text(), nullable=True),
        sa.Column("mine_status_source", sa.Text(), nullable=True),
        sa.Column("mine_status_inferred", sa.Boolean(), nullable=True),
        sa.Column("size_class", sa.Text(), nullable=True),
        sa.Column("size_standard", sa.Text(), nullable=True),
        sa.Column("size_commodity", sa.Text(), nullable=True),
        sa.Column("size_basis", sa.Text(), nullable=True),
        sa.Column("size_basis_value_t", sa.Double(), nullable=True),
        sa.Column("size_estimate_id", sa.Text(), nullable=True),
        sa.CheckConstraint("access_level IN ('public', 'generalised')", name=op.f("ck_deposit_access_level")),
        sa.CheckConstraint(
            "mine_status IS NULL OR mine_status IN ('operating', 'commissioning', 'intermittent', 'construction', 'permitted', 'pre-permit', 'announced', 'suspended', 'shelved', 'cancelled', 'closed')",
            name=op.f("ck_deposit_status_known"),
        ),
        sa.CheckConstraint("cardinality(sources) > 0", name=op.f("ck_deposit_has_source")),
        sa.CheckConstraint(
            "geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)",
            name=op.f("ck_deposit_on_the_globe"),
        ),
        sa.CheckConstraint("geom IS NULL OR position_method IS NOT NULL", name=op.f("ck_deposit_position_has_method")),
        sa.CheckConstraint("main_commodity = ANY (commodities)", name=op.f("ck_deposit_main_among_commodities")),
        sa.CheckConstraint("major_commodities <@ commodities", name=op.f("ck_deposit_major_among_commodities")),
        sa.CheckConstraint(
            "mine_status IS NULL OR (mine_status_reported IS NOT NULL AND mine_status_date IS NOT NULL AND mine_status_date_precision IS NOT NULL AND mine_status_source IS NOT NULL AND mine_status_inferred IS NOT NULL)",
            name=op.f("ck_deposit_status_has_date_and_source"),
        ),
        sa.CheckConstraint(
            "num_nulls(size_class, size_standard, size_commodity, size_basis, size_basis_value_t, size_estimate_id) IN (0, 6)",
            name=op.f("ck_deposit_size_tells_its_origin"),
        ),
        sa.CheckConstraint("position_accuracy_m >= 0", name=op.f("ck_deposit_accuracy_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        schema="lode",
        comment="Mineral deposits, occurrences and prospects in the ground.",
    )
    op.create_index("ix_deposit_commodities", "deposit", ["commodities"], unique=False, schema="lode", postgresql_using="gin")
    op.create_index("ix_deposit_country_id", "deposit", ["country", "id"], unique=False, schema="lode")
    op.create_index(
        "ix_deposit_geom", "deposit", ["geom"], unique=False, schema="lode", postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "discovery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_method", sa.Text(), nullable=True),
        sa.Column("coord_original", sa.Text(), nullable=True),
        sa.Column("coord_crs", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("country_reported", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(), nullable=True),
        sa.Column("division_reported", sa.Text(), nullable=True),
        sa.Column("commodity_group", sa.Text(), nullable=False),
        sa.Column("main_commodity", sa.Text(), nullable=False),
        sa.Column("major_commodities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("access_level", sa.Text(), server_default="public", nullable=False),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("value_sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.Column("discovery_date", sa.Text(), nullable=True),
        sa.Column("announced_by", sa.Text(), nullable=True),
        sa.Column("activity_type", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("exploration_stage", sa.Text(), nullable=True),
        sa.Column("stage_reported", sa.Text(), nullable=True),
        sa.Column("deposit_model", sa.Text(), nullable=True),
        sa.Column("deposit_model_reported", sa.Text(), nullable=True),
        sa.Column("deposit_form", sa.Text(), nullable=True),
        sa.CheckConstraint("access_level IN ('public', 'generalised')", name=op.f("ck_discovery_access_level")),
        sa.CheckConstraint("cardinality(sources) > 0", name=op.f("ck_discovery_has_source")),
        sa.CheckConstraint(
            "geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)",
            name=op.f("ck_discovery_on_the_globe"),
        ),
        sa.CheckConstraint("geom IS NULL OR position_method IS NOT NULL", name=op.f("ck_discovery_position_has_method")),
        sa.CheckConstraint("main_commodity = ANY (commodities)", name=op.f("ck_discovery_main_among_commodities")),
        sa.CheckConstraint("major_commodities <@ commodities", name=op.f("ck_discovery_major_among_commodities")),
        sa.CheckConstraint("position_accuracy_m >= 0", name=op.f("ck_discovery_accuracy_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discovery")),
        schema="lode",
        comment="Results of exploration.",
    )
    op.create_index(
        "ix_discovery_commodities", "discovery", ["commodities"], unique=False, schema="lode", postgresql_using="gin"
    )
    op.create_index("ix_discovery_country_id", "discovery", ["country", "id"], unique=False, schema="lode")
    op.create_index(
        "ix_discovery_geom", "discovery", ["geom"], unique=False, schema="lode", postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "flag",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sentence_en", sa.Text(), nullable=False),
        sa.Column("sentence_zh", sa.Text(), nullable=False),
        sa.Column(
            "suggestion",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "ordinal", name=op.f("pk_flag")),
        schema="lode",
        comment="What a check noticed on a served row, with a sentence and, where clear, the likely right position.",
    )
    op.create_index("ix_flag_rule", "flag", ["rule"], unique=False, schema="lode")
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=True),
        sa.Column("loaded", sa.Integer(), nullable=True),
        sa.Column("updated", sa.Integer(), nullable=True),
        sa.Column("unchanged", sa.Integer(), nullable=True),
        sa.Column("out_of_scope", sa.Integer(), nullable=True),
        sa.Column("quarantined", sa.Integer(), nullable=True),
        sa.Column("gone", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("dataset_version", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("unknown_words", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "state <> 'done' OR read = loaded + updated + unchanged + out_of_scope + quarantined",
            name=op.f("ck_import_run_adds_up"),
        ),
        sa.CheckConstraint("state IN ('done', 'failed')", name=op.f("ck_import_run_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        schema="lode",
        comment="Every import: what was read and what became of each row.",
    )
    op.create_index(op.f("ix_import_run_source"), "import_run", ["source"], unique=False, schema="lode")
    op.create_table(
        "link",
        sa.Column("from_kind", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.CheckConstraint(
            "relation IN ('worked_by', 'works', 'became', 'contains', 'part_of')", name=op.f("ck_link_relation")
        ),
        sa.PrimaryKeyConstraint("from_id", "relation", "to_id", name=op.f("pk_link")),
        schema="lode",
        comment="What joins records of different kinds or sizes.",
    )
    op.create_index("ix_link_to_id", "link", ["to_id"], unique=False, schema="lode")
    op.create_table(
        "project",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_method", sa.Text(), nullable=True),
        sa.Column("coord_original", sa.Text(), nullable=True),
        sa.Column("coord_crs", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("country_reported", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(), nullable=True),
        sa.Column("division_reported", sa.Text(), nullable=True),
        sa.Column("commodity_group", sa.Text(), nullable=False),
        sa.Column("main_commodity", sa.Text(), nullable=False),
        sa.Column("major_commodities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("access_level", sa.Text(), server_default="public", nullable=False),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("value_sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.Column("facility_types", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("facility_reported", sa.Text(), nullable=True),
        sa.Column("products", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_date", sa.Date(), nullable=True),
        sa.CheckConstraint("access_level IN ('public', 'generalised')", name=op.f("ck_project_access_level")),
        sa.CheckConstraint("cardinality(sources) > 0", name=op.f("ck_project_has_source")),
        sa.CheckConstraint(
            "geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)",
            name=op.f("ck_project_on_the_globe"),
        ),
        sa.CheckConstraint("geom IS NULL OR position_method IS NOT NULL", name=op.f("ck_project_position_has_method")),
        sa.CheckConstraint("main_commodity = ANY (commodities)", name=op.f("ck_project_main_among_commodities")),
        sa.CheckConstraint("major_commodities <@ commodities", name=op.f("ck_project_major_among_commodities")),
        sa.CheckConstraint("position_accuracy_m >= 0", name=op.f("ck_project_accuracy_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        schema="lode",
        comment="Sites people build and run. Status is derived from the phases and can't be written.",
    )
    op.create_index("ix_project_commodities", "project", ["commodities"], unique=False, schema="lode", postgresql_using="gin")
    op.create_index("ix_project_country_id", "project", ["country", "id"], unique=False, schema="lode")
    op.create_index(
        "ix_project_geom", "project", ["geom"], unique=False, schema="lode", postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("resolved_run", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("source", "locator", "key", name=op.f("uq_quarantine_source_locator_key")),
        schema="lode",
        comment="Refused rows with every reason; resolved_run is the run in which the row was loaded after all.",
    )
    op.create_table(
        "size_threshold",
        sa.Column("commodity", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("large_t", sa.Double(), nullable=False),
        sa.Column("medium_t", sa.Double(), nullable=False),
        sa.Column("metal_factor", sa.Double(), nullable=True),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("commodity", "form", name=op.f("pk_size_threshold")),
        schema="lode",
        comment="Deposit size limits per commodity and form (DZ/T 0400-2022), written anew by every `lode db upgrade`.",
    )
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("licence_name", sa.Text(), nullable=False),
        sa.Column("licence_url", sa.Text(), nullable=True),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("homepage", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
        schema="lode",
        comment="Published data sets: who made them and what may be done with them.",
    )
    op.create_table(
        "source_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("changed_run", sa.Integer(), nullable=False),
        sa.Column("gone_run", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_source_record_source_key")),
        schema="lode",
        comment="Rows of sources as they came; a row that a newer file lacks has the run that missed it in gone_run.",
    )
    op.create_table(
        "term",
        sa.Column("vocabulary", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=False),
        sa.Column("broader", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("vocabulary", "code", name=op.f("pk_term")),
        schema="lode",
        comment="The vocabularies, written anew by every `lode db upgrade`.",
    )
    op.create_table(
        "zone",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("zone_kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.CheckConstraint("cardinality(sources) > 0", name=op.f("ck_zone_has_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("zone_kind", "code", "valid_from", name=op.f("uq_zone_zone_kind_code_valid_from")),
        schema="lode",
        comment="Polygons with a meaning for planning: countries, divisions, key regions, protected areas.",
    )
    op.create_index("ix_zone_geom", "zone", ["geom"], unique=False, schema="lode", postgresql_using="gist", postgresql_ops={})
    op.create_table(
        "deposit",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_method", sa.Text(), nullable=True),
        sa.Column("coord_original", sa.Text(), nullable=True),
        sa.Column("coord_crs", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("country_reported", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(), nullable=True),
        sa.Column("division_reported", sa.Text(), nullable=True),
        sa.Column("commodity_group", sa.Text(), nullable=True),
        sa.Column("main_commodity", sa.Text(), nullable=True),
        sa.Column("major_commodities", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("access_level", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("value_sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        sa.Column("occurrence_type", sa.Text(), nullable=True),
        sa.Column("deposit_model", sa.Text(), nullable=True),
        sa.Column("deposit_model_reported", sa.Text(), nullable=True),
        sa.Column("deposit_form", sa.Text(), nullable=True),
        sa.Column("host_unit", sa.Text(), nullable=True),
        sa.Column("age", sa.Text(), nullable=True),
        sa.Column("exploration_stage", sa.Text(), nullable=True),
        sa.Column("discovery_year", sa.Integer(), nullable=True),
        sa.Column("mine_status", sa.Text(), nullable=True),
        sa.Column("mine_status_reported", sa.Text(), nullable=True),
        sa.Column("mine_status_date", sa.Date(), nullable=True),
        sa.Column("mine_status_date_precision", sa.Text(), nullable=True),
        sa.Column("mine_status_source", sa.Text(), nullable=True),
        sa.Column("mine_status_inferred", sa.Boolean(), nullable=True),
        sa.Column("size_class", sa.Text(), nullable=True),
        sa.Column("size_standard", sa.Text(), nullable=True),
        sa.Column("size_commodity", sa.Text(), nullable=True),
        sa.Column("size_basis", sa.Text(), nullable=True),
        sa.Column("size_basis_value_t", sa.Double(), nullable=True),
        sa.Column("size_estimate_id", sa.Text(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of deposit.",
    )
    op.create_index("ix_history_deposit", "deposit", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_deposit_until_version", "deposit", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "discovery",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_method", sa.Text(), nullable=True),
        sa.Column("coord_original", sa.Text(), nullable=True),
        sa.Column("coord_crs", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("country_reported", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(), nullable=True),
        sa.Column("division_reported", sa.Text(), nullable=True),
        sa.Column("commodity_group", sa.Text(), nullable=True),
        sa.Column("main_commodity", sa.Text(), nullable=True),
        sa.Column("major_commodities", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("access_level", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("value_sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        sa.Column("discovery_date", sa.Text(), nullable=True),
        sa.Column("announced_by", sa.Text(), nullable=True),
        sa.Column("activity_type", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("exploration_stage", sa.Text(), nullable=True),
        sa.Column("stage_reported", sa.Text(), nullable=True),
        sa.Column("deposit_model", sa.Text(), nullable=True),
        sa.Column("deposit_model_reported", sa.Text(), nullable=True),
        sa.Column("deposit_form", sa.Text(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of discovery.",
    )
    op.create_index("ix_history_discovery", "discovery", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_discovery_until_version", "discovery", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "estimate",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("deposit_id", sa.Text(), nullable=True),
        sa.Column("discovery_id", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("category_reported", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("combined", sa.Boolean(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("effective_date", sa.Text(), nullable=True),
        sa.Column("ore_reported", sa.Double(), nullable=True),
        sa.Column("ore_unit", sa.Text(), nullable=True),
        sa.Column("ore_factor", sa.Double(), nullable=True),
        sa.Column("ore_t", sa.Double(), nullable=True),
        sa.Column("cut_off", sa.Text(), nullable=True),
        sa.Column("includes_reserves", sa.Boolean(), nullable=True),
        sa.Column("competent_person", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of estimate.",
    )
    op.create_index("ix_history_estimate", "estimate", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_estimate_until_version", "estimate", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "estimate_measure",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("estimate_id", sa.Text(), nullable=True),
        sa.Column("commodity", sa.Text(), nullable=True),
        sa.Column("grade_reported", sa.Double(), nullable=True),
        sa.Column("grade_unit", sa.Text(), nullable=True),
        sa.Column("grade_basis", sa.Text(), nullable=True),
        sa.Column("grade_factor", sa.Double(), nullable=True),
        sa.Column("grade_pct", sa.Double(), nullable=True),
        sa.Column("contained_reported", sa.Double(), nullable=True),
        sa.Column("contained_unit", sa.Text(), nullable=True),
        sa.Column("contained_basis", sa.Text(), nullable=True),
        sa.Column("contained_factor", sa.Double(), nullable=True),
        sa.Column("contained_t", sa.Double(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of estimate_measure.",
    )
    op.create_index(
        "ix_history_estimate_measure", "estimate_measure", ["estimate_id", "commodity"], unique=False, schema="lode_history"
    )
    op.create_index(
        "ix_history_estimate_measure_until_version", "estimate_measure", ["until_version"], unique=False, schema="lode_history"
    )
    op.create_table(
        "exploration_activity",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("deposit_id", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("reported", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("start_date", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of exploration_activity.",
    )
    op.create_index("ix_history_exploration_activity", "exploration_activity", ["id"], unique=False, schema="lode_history")
    op.create_index(
        "ix_history_exploration_activity_until_version",
        "exploration_activity",
        ["until_version"],
        unique=False,
        schema="lode_history",
    )
    op.create_table(
        "flag",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("sentence_en", sa.Text(), nullable=True),
        sa.Column("sentence_zh", sa.Text(), nullable=True),
        sa.Column(
            "suggestion",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of flag.",
    )
    op.create_index("ix_history_flag", "flag", ["record_id", "ordinal"], unique=False, schema="lode_history")
    op.create_index("ix_history_flag_until_version", "flag", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "link",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("from_kind", sa.Text(), nullable=True),
        sa.Column("from_id", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("to_kind", sa.Text(), nullable=True),
        sa.Column("to_id", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of link.",
    )
    op.create_index("ix_history_link", "link", ["from_id", "relation", "to_id"], unique=False, schema="lode_history")
    op.create_index("ix_history_link_until_version", "link", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "owner",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("share_pct", sa.Double(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of owner.",
    )
    op.create_index("ix_history_owner", "owner", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_owner_until_version", "owner", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "phase",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phase_type", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("product_reported", sa.Text(), nullable=True),
        sa.Column("capacity_reported", sa.Double(), nullable=True),
        sa.Column("capacity_unit", sa.Text(), nullable=True),
        sa.Column("capacity_basis", sa.Text(), nullable=True),
        sa.Column("capacity_factor", sa.Double(), nullable=True),
        sa.Column("capacity_tpa", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_reported", sa.Text(), nullable=True),
        sa.Column("status_date", sa.Date(), nullable=True),
        sa.Column("status_date_precision", sa.Text(), nullable=True),
        sa.Column("status_source", sa.Text(), nullable=True),
        sa.Column("status_inferred", sa.Boolean(), nullable=True),
        sa.Column("start_date", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Text(), nullable=True),
        sa.Column("feedstock", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("technology", sa.Text(), nullable=True),
        sa.Column("energy_kgce_per_t", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of phase.",
    )
    op.create_index("ix_history_phase", "phase", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_phase_until_version", "phase", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "project",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("aliases", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_method", sa.Text(), nullable=True),
        sa.Column("coord_original", sa.Text(), nullable=True),
        sa.Column("coord_crs", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("country_reported", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(), nullable=True),
        sa.Column("division_reported", sa.Text(), nullable=True),
        sa.Column("commodity_group", sa.Text(), nullable=True),
        sa.Column("main_commodity", sa.Text(), nullable=True),
        sa.Column("major_commodities", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("access_level", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("value_sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        sa.Column("facility_types", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("facility_reported", sa.Text(), nullable=True),
        sa.Column("products", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_date", sa.Date(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of project.",
    )
    op.create_index("ix_history_project", "project", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_project_until_version", "project", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "zone",
        sa.Column("until_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("zone_kind", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=True),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=True),
        schema="lode_history",
        comment="Earlier rows of zone.",
    )
    op.create_index("ix_history_zone", "zone", ["id"], unique=False, schema="lode_history")
    op.create_index("ix_history_zone_until_version", "zone", ["until_version"], unique=False, schema="lode_history")
    op.create_table(
        "estimate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("deposit_id", sa.Text(), nullable=True),
        sa.Column("discovery_id", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("category_reported", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("combined", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("effective_date", sa.Text(), nullable=True),
        sa.Column("ore_reported", sa.Double(), nullable=True),
        sa.Column("ore_unit", sa.Text(), nullable=True),
        sa.Column("ore_factor", sa.Double(), nullable=True),
        sa.Column("ore_t", sa.Double(), nullable=True),
        sa.Column("cut_off", sa.Text(), nullable=True),
        sa.Column("includes_reserves", sa.Boolean(), nullable=True),
        sa.Column("competent_person", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.CheckConstraint(
            "category IN ('measured-mineral-resource', 'indicated-mineral-resource', 'inferred-mineral-resource', 'measured-and-indicated-mineral-resource', 'indicated-and-inferred-mineral-resource', 'measured-indicated-inferred-mineral-resource', 'poorly-estimated-mineral-resource', 'probable-ore-reserves', 'proved-ore-reserves', 'proved-and-probable-ore-reserves', 'endowment')",
            name=op.f("ck_estimate_category_known"),
        ),
        sa.CheckConstraint(
            "combined = (category IN ('measured-and-indicated-mineral-resource', 'indicated-and-inferred-mineral-resource', 'measured-indicated-inferred-mineral-resource', 'proved-and-probable-ore-reserves'))",
            name=op.f("ck_estimate_combined_follows_category"),
        ),
        sa.CheckConstraint(
            "kind = CASE WHEN category IN ('probable-ore-reserves', 'proved-ore-reserves', 'proved-and-probable-ore-reserves') THEN 'reserve' WHEN category = 'endowment' THEN 'endowment' ELSE 'resource' END",
            name=op.f("ck_estimate_kind_follows_category"),
        ),
        sa.CheckConstraint("num_nonnulls(deposit_id, discovery_id) = 1", name=op.f("ck_estimate_of_one_thing")),
        sa.CheckConstraint("num_nulls(ore_factor, ore_t) IN (0, 2)", name=op.f("ck_estimate_ore_converted_with_factor")),
        sa.CheckConstraint("ore_reported >= 0", name=op.f("ck_estimate_ore_not_negative")),
        sa.CheckConstraint(
            "ore_t IS NULL OR abs(ore_t - ore_reported * ore_factor) <= 1e-9 * ore_t",
            name=op.f("ck_estimate_ore_is_reported_times_factor"),
        ),
        sa.ForeignKeyConstraint(["deposit_id"], ["lode.deposit.id"], name=op.f("fk_estimate_deposit_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["discovery_id"], ["lode.discovery.id"], name=op.f("fk_estimate_discovery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate")),
        schema="lode",
        comment="One class, code, date and ore tonnage each; classes are never added up.",
    )
    op.create_index("ix_estimate_deposit_id", "estimate", ["deposit_id"], unique=False, schema="lode")
    op.create_index(
        "ix_estimate_discovery_id",
        "estimate",
        ["discovery_id"],
        unique=False,
        schema="lode",
        postgresql_where=sa.text("discovery_id IS NOT NULL"),
    )
    op.create_table(
        "exploration_activity",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("deposit_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("start_date", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["lode.deposit.id"], name=op.f("fk_exploration_activity_deposit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exploration_activity")),
        schema="lode",
        comment="Steps of a deposit's exploration history, in the source's words.",
    )
    op.create_index("ix_exploration_activity_deposit_id", "exploration_activity", ["deposit_id"], unique=False, schema="lode")
    op.create_table(
        "member",
        sa.Column("source_record_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('deposit', 'discovery', 'project', 'zone')", name=op.f("ck_member_kind")),
        sa.PrimaryKeyConstraint("source_record_id", "record_id", name=op.f("pk_member")),
        schema="lode",
        comment="The source rows that a served row is made of; the leading one gave it its id.",
    )
    op.create_index("ix_member_record_id", "member", ["record_id"], unique=False, schema="lode")
    op.create_table(
        "owner",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("share_pct", sa.Double(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'operator')", name=op.f("ck_owner_role")),
        sa.CheckConstraint("num_nonnulls(name_en, name_zh) > 0", name=op.f("ck_owner_has_name")),
        sa.CheckConstraint("share_pct BETWEEN 0 AND 100", name=op.f("ck_owner_share_possible")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["lode.project.id"],
            name=op.f("fk_owner_project_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        schema="lode",
        comment="Who holds or runs a project.",
    )
    op.create_index("ix_owner_project_id", "owner", ["project_id"], unique=False, schema="lode")
    op.create_table(
        "phase",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phase_type", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("product_reported", sa.Text(), nullable=True),
        sa.Column("capacity_reported", sa.Double(), nullable=True),
        sa.Column("capacity_unit", sa.Text(), nullable=True),
        sa.Column("capacity_basis", sa.Text(), nullable=True),
        sa.Column("capacity_factor", sa.Double(), nullable=True),
        sa.Column("capacity_tpa", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_reported", sa.Text(), nullable=True),
        sa.Column("status_date", sa.Date(), nullable=True),
        sa.Column("status_date_precision", sa.Text(), nullable=True),
        sa.Column("status_source", sa.Text(), nullable=True),
        sa.Column("status_inferred", sa.Boolean(), nullable=True),
        sa.Column("start_date", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Text(), nullable=True),
        sa.Column("feedstock", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("technology", sa.Text(), nullable=True),
        sa.Column("energy_kgce_per_t", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_row", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.CheckConstraint(
            "status IS NULL OR status IN ('operating', 'commissioning', 'intermittent', 'construction', 'permitted', 'pre-permit', 'announced', 'suspended', 'shelved', 'cancelled', 'closed')",
            name=op.f("ck_phase_status_known"),
        ),
        sa.CheckConstraint("capacity_reported >= 0", name=op.f("ck_phase_capacity_not_negative")),
        sa.CheckConstraint(
            "capacity_tpa IS NULL OR abs(capacity_tpa - capacity_reported * capacity_factor) <= 1e-9 * capacity_tpa",
            name=op.f("ck_phase_capacity_is_reported_times_factor"),
        ),
        sa.CheckConstraint(
            "num_nulls(capacity_factor, capacity_tpa) IN (0, 2)", name=op.f("ck_phase_capacity_converted_with_factor")
        ),
        sa.CheckConstraint(
            "status IS NULL OR (status_reported IS NOT NULL AND status_date IS NOT NULL AND status_date_precision IS NOT NULL AND status_source IS NOT NULL AND status_inferred IS NOT NULL)",
            name=op.f("ck_phase_status_has_date_and_source"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["lode.project.id"],
            name=op.f("fk_phase_project_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        schema="lode",
        comment="Units of a project; capacity and status live here.",
    )
    op.create_index("ix_phase_project_id", "phase", ["project_id"], unique=False, schema="lode")
    op.create_table(
        "estimate_measure",
        sa.Column("estimate_id", sa.Text(), nullable=False),
        sa.Column("commodity", sa.Text(), nullable=False),
        sa.Column("grade_reported", sa.Double(), nullable=True),
        sa.Column("grade_unit", sa.Text(), nullable=True),
        sa.Column("grade_basis", sa.Text(), nullable=True),
        sa.Column("grade_factor", sa.Double(), nullable=True),
        sa.Column("grade_pct", sa.Double(), nullable=True),
        sa.Column("contained_reported", sa.Double(), nullable=True),
        sa.Column("contained_unit", sa.Text(), nullable=True),
        sa.Column("contained_basis", sa.Text(), nullable=True),
        sa.Column("contained_factor", sa.Double(), nullable=True),
        sa.Column("contained_t", sa.Double(), nullable=True),
        sa.Column("since_version", sa.Integer(), server_default=sa.FetchedValue(), nullable=False),
        sa.CheckConstraint("contained_reported >= 0", name=op.f("ck_estimate_measure_contained_not_negative")),
        sa.CheckConstraint(
            "contained_reported IS NULL OR contained_basis IS NOT NULL", name=op.f("ck_estimate_measure_contained_has_basis")
        ),
        sa.CheckConstraint(
            "contained_t IS NULL OR abs(contained_t - contained_reported * contained_factor) <= 1e-9 * contained_t",
            name=op.f("ck_estimate_measure_contained_is_reported_times_factor"),
        ),
        sa.CheckConstraint(
            "grade_pct IS NULL OR abs(grade_pct - grade_reported * grade_factor) <= 1e-9 * grade_pct",
            name=op.f("ck_estimate_measure_grade_is_reported_times_factor"),
        ),
        sa.CheckConstraint(
            "grade_reported >= 0 AND grade_pct BETWEEN 0 AND 100", name=op.f("ck_estimate_measure_grade_possible")
        ),
        sa.CheckConstraint(
            "grade_reported IS NULL OR grade_basis IS NOT NULL", name=op.f("ck_estimate_measure_grade_has_basis")
        ),
        sa.CheckConstraint("num_nonnulls(grade_reported, contained_reported) > 0", name=op.f("ck_estimate_measure_has_figure")),
        sa.CheckConstraint(
            "num_nulls(contained_factor, contained_t) IN (0, 2)",
            name=op.f("ck_estimate_measure_contained_converted_with_factor"),
        ),
        sa.CheckConstraint(
            "num_nulls(grade_factor, grade_pct) IN (0, 2)", name=op.f("ck_estimate_measure_grade_converted_with_factor")
        ),
        sa.ForeignKeyConstraint(
            ["estimate_id"], ["lode.estimate.id"], name=op.f("fk_estimate_measure_estimate_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("estimate_id", "commodity", name=op.f("pk_estimate_measure")),
        schema="lode",
        comment="Grade and contained amount per commodity of an estimate's ore; grade_pct is of its basis, contained_t is metal.",
    )


def downgrade() -> None:
    op.drop_table("estimate_measure", schema="lode")
    op.drop_index("ix_phase_project_id", table_name="phase", schema="lode")
    op.drop_table("phase", schema="lode")
    op.drop_index("ix_owner_project_id", table_name="owner", schema="lode")
    op.drop_table("owner", schema="lode")
    op.drop_index("ix_member_record_id", table_name="member", schema="lode")
    op.drop_table("member", schema="lode")
    op.drop_index("ix_exploration_activity_deposit_id", table_name="exploration_activity", schema="lode")
    op.drop_table("exploration_activity", schema="lode")
    op.drop_index("ix_estimate_discovery_id", table_name="estimate", schema="lode")
    op.drop_index("ix_estimate_deposit_id", table_name="estimate", schema="lode")
    op.drop_table("estimate", schema="lode")
    op.drop_index("ix_history_zone_until_version", table_name="zone", schema="lode_history")
    op.drop_index("ix_history_zone", table_name="zone", schema="lode_history")
    op.drop_table("zone", schema="lode_history")
    op.drop_index("ix_history_project_until_version", table_name="project", schema="lode_history")
    op.drop_index("ix_history_project", table_name="project", schema="lode_history")
    op.drop_table("project", schema="lode_history")
    op.drop_index("ix_history_phase_until_version", table_name="phase", schema="lode_history")
    op.drop_index("ix_history_phase", table_name="phase", schema="lode_history")
    op.drop_table("phase", schema="lode_history")
    op.drop_index("ix_history_owner_until_version", table_name="owner", schema="lode_history")
    op.drop_index("ix_history_owner", table_name="owner", schema="lode_history")
    op.drop_table("owner", schema="lode_history")
    op.drop_index("ix_history_link_until_version", table_name="link", schema="lode_history")
    op.drop_index("ix_history_link", table_name="link", schema="lode_history")
    op.drop_table("link", schema="lode_history")
    op.drop_index("ix_history_flag_until_version", table_name="flag", schema="lode_history")
    op.drop_index("ix_history_flag", table_name="flag", schema="lode_history")
    op.drop_table("flag", schema="lode_history")
    op.drop_index("ix_history_exploration_activity_until_version", table_name="exploration_activity", schema="lode_history")
    op.drop_index("ix_history_exploration_activity", table_name="exploration_activity", schema="lode_history")
    op.drop_table("exploration_activity", schema="lode_history")
    op.drop_index("ix_history_estimate_measure_until_version", table_name="estimate_measure", schema="lode_history")
    op.drop_index("ix_history_estimate_measure", table_name="estimate_measure", schema="lode_history")
    op.drop_table("estimate_measure", schema="lode_history")
    op.drop_index("ix_history_estimate_until_version", table_name="estimate", schema="lode_history")
    op.drop_index("ix_history_estimate", table_name="estimate", schema="lode_history")
    op.drop_table("estimate", schema="lode_history")
    op.drop_index("ix_history_discovery_until_version", table_name="discovery", schema="lode_history")
    op.drop_index("ix_history_discovery", table_name="discovery", schema="lode_history")
    op.drop_table("discovery", schema="lode_history")
    op.drop_index("ix_history_deposit_until_version", table_name="deposit", schema="lode_history")
    op.drop_index("ix_history_deposit", table_name="deposit", schema="lode_history")
    op.drop_table("deposit", schema="lode_history")
    op.drop_index("ix_zone_geom", table_name="zone", schema="lode", postgresql_using="gist")
    op.drop_table("zone", schema="lode")
    op.drop_table("term", schema="lode")
    op.drop_table("source_record", schema="lode")
    op.drop_table("source", schema="lode")
    op.drop_table("size_threshold", schema="lode")
    op.drop_table("quarantine", schema="lode")
    op.drop_index("ix_project_geom", table_name="project", schema="lode", postgresql_using="gist")
    op.drop_index("ix_project_country_id", table_name="project", schema="lode")
    op.drop_index("ix_project_commodities", table_name="project", schema="lode", postgresql_using="gin")
    op.drop_table("project", schema="lode")
    op.drop_index("ix_link_to_id", table_name="link", schema="lode")
    op.drop_table("link", schema="lode")
    op.drop_index(op.f("ix_import_run_source"), table_name="import_run", schema="lode")
    op.drop_table("import_run", schema="lode")
    op.drop_index("ix_flag_rule", table_name="flag", schema="lode")
    op.drop_table("flag", schema="lode")
    op.drop_index("ix_discovery_geom", table_name="discovery", schema="lode", postgresql_using="gist")
    op.drop_index("ix_discovery_country_id", table_name="discovery", schema="lode")
    op.drop_index("ix_discovery_commodities", table_name="discovery", schema="lode", postgresql_using="gin")
    op.drop_table("discovery", schema="lode")
    op.drop_index("ix_deposit_geom", table_name="deposit", schema="lode", postgresql_using="gist")
    op.drop_index("ix_deposit_country_id", table_name="deposit", schema="lode")
    op.drop_index("ix_deposit_commodities", table_name="deposit", schema="lode", postgresql_using="gin")
    op.drop_table("deposit", schema="lode")
    op.drop_table("dataset_version", schema="lode")
