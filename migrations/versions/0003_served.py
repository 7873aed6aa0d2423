"""What answers are made of, prepared: places along a curve, finished features, counts. Kept true by every transaction."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

POINTS = {"deposit": "deposits", "discovery": "discoveries", "project": "projects"}
COLLECTIONS = {**POINTS, "zone": "zones"}

_FIGURE = "({0}::text::numeric + 0.0) AS {0}"
"""A figure with a decimal point even if whole: clients that guess types from a first page (QGIS, GDAL) cut others to integers."""

_COMMON = (
    "name_en, name_zh, aliases, main_commodity, major_commodities, commodities, commodity_group, country, division",
    f"{_FIGURE.format('position_accuracy_m')}, position_method, as_of, sources, flags, note_en, note_zh",
)
_MODEL = "deposit_model, deposit_model_reported, deposit_form"
PROPERTIES = {
    "deposit": f"{_COMMON[0]}, occurrence_type, {_MODEL}, host_unit, age, exploration_stage, discovery_year, mine_status, "
    f"mine_status_date, size_class, size_commodity, size_basis, {_FIGURE.format('size_basis_value_t')}, {_COMMON[1]}",
    "discovery": f"{_COMMON[0]}, discovery_date, announced_by, activity_type, result, exploration_stage, stage_reported, "
    f"{_MODEL}, {_COMMON[1]}",
    "project": f"{_COMMON[0]}, facility_types, products, status, status_date, {_COMMON[1]}",
}
"""The properties of a feature, in order."""
BESIDE = "position_accuracy_m, country, main_commodity, commodity_group, commodities"
"""What most boxes are asked with, kept beside the finished feature so that one walk finds both."""

_ONE_VALUE = ("country", "division", "main_commodity", "commodity_group")
_LISTS = ("commodities", "sources", "flags")
FACETS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "deposit": (
        (
            *_ONE_VALUE,
            *("occurrence_type", "deposit_model", "deposit_form", "exploration_stage", "mine_status", "size_class"),
        ),
        _LISTS,
    ),
    "discovery": (
        (*_ONE_VALUE, "activity_type", "result", "exploration_stage", "deposit_model", "deposit_form"),
        _LISTS,
    ),
    "project": ((*_ONE_VALUE, "status"), (*_LISTS, "facility_types", "products")),
    "zone": (("zone_kind", "country"), ("sources", "flags")),
}
"""The fields that are counted by value: those of one value, and the lists."""

LEVELS = (5, 7, 9, 11)
"""Zoom levels whose cells are counted."""
COUNTED = {"place_count": ("commodity_group", "main_commodity"), "place_commodity_count": ("commodity",)}
"""The tables of those counts, and what each tells apart; a record counts once for each of its commodities."""

# The Morton code of a point's cell in the web-mercator grid at zoom 26: bits of the column even, of the row odd, the row
# counted from the north. A tile of any zoom is one range of it. A point beyond the grid counts to its edge; no point to
# a place behind all others.
PLACE = """
CREATE FUNCTION lode.place(geom public.geometry) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  lat double precision;
  x bigint;
  y bigint;
BEGIN
  IF geom IS NULL OR ST_IsEmpty(geom) THEN
    RETURN 1::bigint << 52;
  END IF;
  lat := radians(least(greatest(ST_Y(geom), -85.05112877980659), 85.05112877980659));
  x := least(greatest(floor((ST_X(geom) + 180) / 360 * 67108864), 0), 67108863)::bigint;
  y := least(greatest(floor((1 - ln(tan(lat) + 1 / cos(lat)) / pi()) / 2 * 67108864), 0), 67108863)::bigint;
  x := (x | (x << 16)) & 281470681808895;
  y := (y | (y << 16)) & 281470681808895;
  x := (x | (x << 8)) & 71777214294589695;
  y := (y | (y << 8)) & 71777214294589695;
  x := (x | (x << 4)) & 1085102592571150095;
  y := (y | (y << 4)) & 1085102592571150095;
  x := (x | (x << 2)) & 3689348814741910323;
  y := (y | (y << 2)) & 3689348814741910323;
  x := (x | (x << 1)) & 6148914691236517205;
  y := (y | (y << 1)) & 6148914691236517205;
  RETURN x | (y << 1);
END $$
"""

# The place is computed after this trigger, so it is left out of the comparison.
BEGIN_SPAN = """
CREATE OR REPLACE FUNCTION lode.begin_span() RETURNS trigger
LANGUAGE plpgsql SET search_path = lode, public, pg_temp AS $$
BEGIN
  NEW.since_version := OLD.since_version;
  {place}IF NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NULL;
  END IF;
  NEW.since_version := current_version();
  RETURN NEW;
END $$
"""
LEAVE_PLACE = """IF TG_TABLE_NAME IN ('deposit', 'discovery', 'project') THEN
    NEW.place := OLD.place;
  END IF;
  """


def _insert_features(table: str, of: str) -> str:
    return f"""
    INSERT INTO {table}_feature (place, id, lon, lat, {BESIDE}, feature)
    SELECT t.place, t.id, ST_X(t.geom), ST_Y(t.geom), {", ".join(f"t.{name}" for name in BESIDE.split(", "))},
      '{{"type":"Feature","id":"' || t.id || '","geometry":' || coalesce(ST_AsGeoJSON(t.geom, 7), 'null')
      || ',"properties":' || row_to_json(listed) || '}}'
    FROM {table} t, LATERAL (SELECT {PROPERTIES[table]}) listed
    WHERE t.since_version = v AND {of}
    ORDER BY t.place, t.id;
    """


WITHOUT = "NOT EXISTS (SELECT FROM {0}_feature f WHERE f.place = t.place AND f.id = t.id)"


# How far the features of a transaction's rows are written, and how many: what lies behind has none, as features are not
# written before their rows. A row put into a gap further ahead is missing from the number, and found by its lack of one.
def _write_new_features(table: str) -> str:
    return f"""
    upto := nullif(current_setting('lode.featured_{table}', true), '')::tid;
    IF upto IS NULL THEN
      {_insert_features(table, WITHOUT.format(table))}
      SELECT max(ctid), count(*) INTO upto, written FROM {table} WHERE since_version = v;
    ELSE
      {_insert_features(table, "t.ctid > upto")}
      GET DIAGNOSTICS more = ROW_COUNT;
      written := current_setting('lode.featured_{table}_rows')::bigint + more;
      SELECT coalesce(max(ctid), upto) INTO upto FROM {table} WHERE ctid > upto;
    END IF;
    PERFORM set_config('lode.featured_{table}', coalesce(upto::text, ''), true),
      set_config('lode.featured_{table}_rows', written::text, true);
    """


# Looks for rows without a feature where their number says that there may be some.
def _require_features(table: str) -> str:
    return f"""
    SELECT count(*) INTO present FROM {table} WHERE since_version = v;
    IF present > 0 AND (fresh OR present <> current_setting('lode.featured_{table}_rows')::bigint) THEN
      {_insert_features(table, WITHOUT.format(table))}
    END IF;
    """


# What this transaction changed and has no feature yet. An import calls it after some hundred thousand rows, so that features
# are written while it reads on, and yet lie along the curve.
def _write_features() -> str:
    return f"""
CREATE FUNCTION lode.write_features() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, public, pg_temp SET work_mem = '128MB'
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v integer := nullif(current_setting('lode.version', true), '')::integer;
  upto tid;
  written bigint;
  more bigint;
BEGIN
  {"".join(map(_write_new_features, POINTS))}
END $$
"""


# At once, so that a feature that is there is always true.
def _drop_features(table: str) -> str:
    return f"""
CREATE FUNCTION lode.drop_{table}_features() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  DELETE FROM {table}_feature f USING gone o WHERE f.place = o.place AND f.id = o.id;
  PERFORM set_config('lode.featured_{table}', '', true);
  RETURN NULL;
END $$
"""


# What the transaction changed by finest cell, for both counts. A table of its own is made by all processors.
def _note_changes(table: str) -> str:
    keys = f"{', '.join(COUNTED['place_count'])}, commodities"
    return f"""
    CREATE TEMP TABLE changed_cell AS SELECT place >> {2 * (26 - max(LEVELS))} AS cell, {keys}, sum(n) AS n FROM (
      SELECT place, {keys}, 1 AS n FROM {table} WHERE since_version = v AND geom IS NOT NULL
      UNION ALL
      SELECT place, {keys}, -1 FROM lode_history.{table} WHERE NOT fresh AND until_version = v AND geom IS NOT NULL
    ) c GROUP BY place >> {2 * (26 - max(LEVELS))}, {keys} HAVING sum(n) <> 0;
    """


# A row's keys are few, so each level is counted from the finer one.
def _count_cells(table: str, counted: str, each: str) -> str:
    keys = ", ".join(COUNTED[counted])
    finest, *coarser = sorted(LEVELS, reverse=True)
    levels = "".join(
        f""", l{level} AS (
      SELECT cell >> {2 * (finer - level)} AS cell, {keys}, sum(n)::integer AS n FROM l{finer}
      GROUP BY cell >> {2 * (finer - level)}, {keys} HAVING sum(n) <> 0
    )"""
        for finer, level in zip((finest, *coarser), coarser, strict=False)
    )
    summed = " UNION ALL ".join(f"SELECT {level} AS level, cell, {keys}, n FROM l{level}" for level in LEVELS)
    return f"""
    WITH l{finest} AS (
      SELECT cell, {keys}, sum(n)::integer AS n FROM (SELECT cell, {each}, n FROM pg_temp.changed_cell) c
      GROUP BY cell, {keys} HAVING sum(n) <> 0
    ){levels}
    INSERT INTO {counted} AS p (collection, level, cell, {keys}, n)
    SELECT '{COLLECTIONS[table]}', c.* FROM ({summed}) c ORDER BY level, cell, {keys}
    ON CONFLICT (collection, level, cell, {keys}) DO UPDATE SET n = p.n + excluded.n;
    """


def _count_places(table: str) -> str:
    places = _count_cells(table, "place_count", ", ".join(COUNTED["place_count"]))
    commodities = _count_cells(table, "place_commodity_count", "unnest(commodities) AS commodity")
    return f"{_note_changes(table)}{places}{commodities}DROP TABLE pg_temp.changed_cell;"


def _count_facets(table: str) -> str:
    single, lists = FACETS[table]
    columns = ", ".join((*single, *lists))
    ones = ", ".join(f"('{name}', coalesce({name}, ''))" for name in single)
    many = " UNION ALL ".join(
        f"SELECT '{name}', unnest(CASE WHEN cardinality({name}) = 0 THEN ARRAY[''] ELSE {name} END)" for name in lists
    )
    return f"""
    CREATE TEMP TABLE changed_values AS SELECT {columns}, sum(n) AS n FROM (
      SELECT {columns}, 1 AS n FROM {table} WHERE since_version = v
      UNION ALL
      SELECT {columns}, -1 FROM lode_history.{table} WHERE NOT fresh AND until_version = v
    ) r GROUP BY {columns} HAVING sum(n) <> 0;
    INSERT INTO facet_count AS f (collection, field, value, n)
    SELECT '{COLLECTIONS[table]}', x.field, x.value, sum(c.n)
    FROM pg_temp.changed_values c CROSS JOIN LATERAL (VALUES {ones} UNION ALL {many}) x (field, value)
    GROUP BY 2, 3 HAVING sum(c.n) <> 0
    ON CONFLICT (collection, field, value) DO UPDATE SET n = f.n + excluded.n;
    DROP TABLE pg_temp.changed_values;
    """


def _state(table: str) -> str:
    """The extent grows with what is new; it is measured anew only when something at its edge has gone."""
    accuracy = "position_accuracy_m" if table in POINTS else "accuracy_m"
    return f"""
    SELECT count(*), count(geom), min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)),
      max({accuracy}) INTO added FROM {table} WHERE since_version = v;
    SELECT count(*), count(geom), min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)),
      max({accuracy}) INTO taken FROM lode_history.{table} WHERE NOT fresh AND until_version = v;
    IF added.n > 0 OR taken.n > 0 THEN
      UPDATE collection_state c SET version = v, n = c.n + added.n - taken.n, located = c.located + added.located - taken.located,
        west = least(c.west, added.west), south = least(c.south, added.south),
        east = greatest(c.east, added.east), north = greatest(c.north, added.north),
        accuracy_max_m = greatest(c.accuracy_max_m, added.accuracy_m)
      WHERE c.collection = '{COLLECTIONS[table]}' RETURNING c.* INTO whole;
      IF taken.west <= whole.west OR taken.south <= whole.south OR taken.east >= whole.east OR taken.north >= whole.north
         OR taken.accuracy_m >= whole.accuracy_max_m THEN
        UPDATE collection_state SET (west, south, east, north, accuracy_max_m) = (
          SELECT min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)), max({accuracy}) FROM {table})
        WHERE collection = '{COLLECTIONS[table]}';
      END IF;
      -- what was most of the table's rows is new to the planner
      IF added.n > 1000 AND added.n > whole.n / 5 THEN
        ANALYZE {table}{f", {table}_feature" if table in POINTS else ""};
      END IF;
    END IF;
    """


# For the rows that began in version v, and unless nothing was served before, for those that ended in it.
def _refresh() -> str:
    parts = []
    for table in COLLECTIONS:
        points = _require_features(table) + _count_places(table) if table in POINTS else ""
        parts.append(points + _count_facets(table) + _state(table))
    body = "".join(parts)
    return f"""
CREATE FUNCTION lode.refresh_served(v integer, fresh boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, public, pg_temp SET work_mem = '128MB' AS $$
DECLARE
  added lode.extent_change;
  taken lode.extent_change;
  whole lode.collection_state;
  present bigint;
BEGIN
  IF NOT fresh THEN
    PERFORM write_features();
  END IF;
  {body}
  DELETE FROM place_count WHERE n = 0;
  DELETE FROM place_commodity_count WHERE n = 0;
  DELETE FROM facet_count WHERE n = 0;
END $$
"""


EXTENT_CHANGE = """
CREATE TYPE lode.extent_change AS (n bigint, located bigint, west double precision, south double precision,
  east double precision, north double precision, accuracy_m double precision)
"""
AT_COMMIT = """
CREATE FUNCTION lode.refresh_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  PERFORM refresh_served(NEW.version, false);
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(PLACE)
    op.execute(BEGIN_SPAN.format(place=LEAVE_PLACE))
    for table in POINTS:
        op.execute(f"ALTER TABLE lode.{table} ADD COLUMN place bigint GENERATED ALWAYS AS (lode.place(geom)) STORED")
        op.execute(f"ALTER TABLE lode_history.{table} ADD COLUMN place bigint")
        op.execute(f"UPDATE lode_history.{table} SET place = lode.place(geom)")
        op.create_index(f"ix_{table}_place", table, ["place", "id"], schema="lode", postgresql_include=["commodity_group"])
        op.create_index(f"ix_{table}_country_place", table, ["country", "place", "id"], schema="lode")
        op.drop_index(f"ix_{table}_country_id", table, schema="lode")
    for table in COLLECTIONS:
        op.create_index(f"ix_{table}_since_version", table, ["since_version"], schema="lode")
    for table in POINTS:
        op.create_table(
            f"{table}_feature",
            sa.Column("place", sa.BigInteger(), nullable=False),
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("lon", sa.Double()),
            sa.Column("lat", sa.Double()),
            sa.Column("position_accuracy_m", sa.Double()),
            sa.Column("country", sa.Text()),
            sa.Column("main_commodity", sa.Text(), nullable=False),
            sa.Column("commodity_group", sa.Text(), nullable=False),
            sa.Column("commodities", sa.ARRAY(sa.Text()), nullable=False),
            sa.Column("feature", sa.Text(), nullable=False),
            # with the coordinates in the index, the records at the edge of a box are counted without their rows
            sa.PrimaryKeyConstraint(
                "place", "id", name=f"pk_{table}_feature", postgresql_include=["lon", "lat", "main_commodity"]
            ),
            schema="lode",
            comment=f"Each {table} as a finished GeoJSON feature, along the curve of places.",
        )
        # a feature is read whole and often: kept in its row, uncompressed
        op.execute(f"ALTER TABLE lode.{table}_feature ALTER feature SET STORAGE MAIN, SET (toast_tuple_target = 8160)")
        op.execute(f"ALTER TABLE lode.{table}_feature ALTER feature SET STATISTICS 0")
        op.execute(_drop_features(table))
        op.execute(f"REVOKE EXECUTE ON FUNCTION lode.drop_{table}_features() FROM PUBLIC")
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER drop_features_{event.lower()} AFTER {event} ON lode.{table} REFERENCING OLD TABLE AS gone "
                f"FOR EACH STATEMENT EXECUTE FUNCTION lode.drop_{table}_features()"
            )
    for name, keys in COUNTED.items():
        op.create_table(
            name,
            sa.Column("collection", sa.Text(), nullable=False),
            sa.Column("level", sa.SmallInteger(), nullable=False),
            sa.Column("cell", sa.BigInteger(), nullable=False),
            *(sa.Column(key, sa.Text(), nullable=False) for key in keys),
            sa.Column("n", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("collection", "level", "cell", *keys, name=f"pk_{name}"),
            schema="lode",
            comment=f"How many located records lie in each cell of a zoom level, by {' and '.join(keys).replace('_', ' ')}.",
        )
    op.create_table(
        "facet_count",
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("collection", "field", "value", name="pk_facet_count"),
        schema="lode",
        comment="How many records have each value of a field; the empty value is none.",
    )
    state = op.create_table(
        "collection_state",
        sa.Column("collection", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("located", sa.BigInteger(), nullable=False),
        sa.Column("west", sa.Double()),
        sa.Column("south", sa.Double()),
        sa.Column("east", sa.Double()),
        sa.Column("north", sa.Double()),
        sa.Column("accuracy_max_m", sa.Double()),
        sa.PrimaryKeyConstraint("collection", name="pk_collection_state"),
        schema="lode",
        comment="Rows and extent of each collection, and the version of its last change.",
    )
    op.bulk_insert(state, [{"collection": name, "version": 0, "n": 0, "located": 0} for name in COLLECTIONS.values()])
    op.execute(EXTENT_CHANGE)
    op.execute(_refresh())
    op.execute(AT_COMMIT)
    op.execute(_write_features())
    op.execute("REVOKE EXECUTE ON FUNCTION lode.write_features() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION lode.write_features() TO lode_import")
    _fill()
    op.execute(
        "CREATE CONSTRAINT TRIGGER refresh_served AFTER INSERT ON lode.dataset_version DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION lode.refresh_at_commit()"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION lode.refresh_served(integer, boolean) FROM PUBLIC")
    served = (*(f"{table}_feature" for table in POINTS), *COUNTED, "facet_count", "collection_state")
    op.execute(f"GRANT SELECT ON {', '.join(f'lode.{table}' for table in served)} TO lode_import, lode_site")


def _fill() -> None:
    """Serve what the store holds, by the version at which each row began; of earlier rows nothing was served."""
    op.execute("SELECT lode.refresh_served(version, true) FROM lode.dataset_version ORDER BY version")


def downgrade() -> None:
    op.execute("DROP TRIGGER refresh_served ON lode.dataset_version")
    for function in ("refresh_at_commit()", "refresh_served(integer, boolean)", "write_features()"):
        op.execute(f"DROP FUNCTION lode.{function}")
    op.execute("DROP TYPE lode.extent_change")
    for table in POINTS:
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER drop_features_{event} ON lode.{table}")
        op.execute(f"DROP FUNCTION lode.drop_{table}_features()")
    for table in (*(f"{table}_feature" for table in POINTS), *COUNTED, "facet_count", "collection_state"):
        op.drop_table(table, schema="lode")
    for table in COLLECTIONS:
        op.drop_index(f"ix_{table}_since_version", table, schema="lode")
    op.execute(BEGIN_SPAN.format(place=""))
    for table in POINTS:
        op.create_index(f"ix_{table}_country_id", table, ["country", "id"], schema="lode")
        op.drop_index(f"ix_{table}_country_place", table, schema="lode")
        op.drop_index(f"ix_{table}_place", table, schema="lode")
        op.execute(f"ALTER TABLE lode.{table} DROP COLUMN place")
        op.execute(f"ALTER TABLE lode_history.{table} DROP COLUMN place")
    op.execute("DROP FUNCTION lode.place(geometry)")
