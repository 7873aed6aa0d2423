"""Guardrails: what the store refuses or keeps whatever program writes to it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = (
    "deposit",
    "discovery",
    "project",
    "zone",
    "estimate",
    "estimate_measure",
    "exploration_activity",
    "phase",
    "owner",
    "flag",
    "link",
)
REPORTED = {
    "estimate": ("ore_reported", "ore_unit"),
    "estimate_measure": (
        "grade_reported",
        "grade_unit",
        "grade_basis",
        "contained_reported",
        "contained_unit",
        "contained_basis",
    ),
    "phase": ("capacity_reported", "capacity_unit", "capacity_basis"),
}
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

# The dataset version of this transaction: counted up at its first change. The lock makes writers follow one another,
# so that versions are in the order of their commits.
CURRENT_VERSION = """
CREATE FUNCTION lode.current_version() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
DECLARE
  v integer := nullif(current_setting('lode.version', true), '')::integer;
BEGIN
  IF v IS NULL THEN
    PERFORM pg_advisory_xact_lock(7613001);
    INSERT INTO dataset_version (version, committed_at)
      SELECT coalesce(max(version), 0) + 1, clock_timestamp() FROM dataset_version RETURNING version INTO v;
    PERFORM set_config('lode.version', v::text, true);
  END IF;
  RETURN v;
END $$
"""

# An update that changes nothing is no change; any other begins a new span.
BEGIN_SPAN = """
CREATE FUNCTION lode.begin_span() RETURNS trigger
LANGUAGE plpgsql SET search_path = lode, public, pg_temp AS $$
BEGIN
  NEW.since_version := OLD.since_version;
  IF NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NULL;
  END IF;
  NEW.since_version := current_version();
  RETURN NEW;
END $$
"""

# Rows that were changed or deleted, with the version at which they ended. A row that began in this same transaction
# was never seen by anybody and is not kept. A statement that met no row changed nothing and counts no version.
KEEP_HISTORY = """
CREATE FUNCTION lode.keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, lode_history, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM gone) THEN
    EXECUTE format('INSERT INTO lode_history.%I SELECT $1, o.* FROM gone o WHERE o.since_version < $1', TG_TABLE_NAME)
      USING current_version();
  END IF;
  RETURN NULL;
END $$
"""

# A reported figure is its source's: only an import of the source may change it.
KEEP_REPORTED = """
CREATE FUNCTION lode.keep_reported() RETURNS trigger
LANGUAGE plpgsql SET search_path = lode, pg_temp AS $$
BEGIN
  IF nullif(current_setting('lode.run', true), '') IS NULL THEN
    RAISE EXCEPTION 'a reported value, unit or basis of % is changed by an import of its source only', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""

# Status lives on phases; the project's is the liveliest of them and can't be written by hand.
DERIVED_STATUS = f"""
CREATE FUNCTION lode.derived_status(project text, OUT status text, OUT status_date date)
LANGUAGE sql STABLE SET search_path = lode, pg_temp AS $$
  SELECT p.status, p.status_date FROM phase p
  WHERE p.project_id = derived_status.project AND p.status IS NOT NULL
  ORDER BY array_position(ARRAY[{", ".join(repr(s) for s in STATUSES)}], p.status), p.status_date DESC, p.ordinal
  LIMIT 1
$$
"""
SET_STATUS = """
CREATE FUNCTION lode.set_status() RETURNS trigger
LANGUAGE plpgsql SET search_path = lode, pg_temp AS $$
DECLARE
  derived record;
BEGIN
  SELECT * INTO derived FROM derived_status(NEW.id);
  IF (TG_OP = 'INSERT' AND NEW.status IS NOT NULL AND NEW.status IS DISTINCT FROM derived.status)
     OR (TG_OP = 'UPDATE' AND NEW.status IS DISTINCT FROM OLD.status AND NEW.status IS DISTINCT FROM derived.status)
  THEN
    RAISE EXCEPTION 'the status of project % lives on its phases; write it there', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.status := derived.status;
  NEW.status_date := derived.status_date;
  RETURN NEW;
END $$
"""
REFRESH_STATUS = """
CREATE FUNCTION lode.refresh_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  UPDATE project SET status = derived.status, status_date = derived.status_date
  FROM (SELECT DISTINCT project_id FROM touched) t, LATERAL derived_status(t.project_id) AS derived
  WHERE project.id = t.project_id
    AND (project.status, project.status_date) IS DISTINCT FROM (derived.status, derived.status_date);
  RETURN NULL;
END $$
"""

# A size class says from which estimate it comes, and follows from that estimate's own figure and the limit for the
# deposit's form. It never comes from a sum.
CHECK_SIZE = """
CREATE FUNCTION lode.check_size() RETURNS trigger
LANGUAGE plpgsql SET search_path = lode, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  wrong text;
BEGIN
  -- the first row looks at all that changed, as it stands by now; the others of the transaction need not
  IF current_setting('lode.sizes_checked', true) = 'yes' THEN
    RETURN NULL;
  END IF;
  SELECT CASE
      WHEN large_t IS NULL THEN format('deposit %s: no limits for %s in a %s deposit by %s on %s',
        id, size_commodity, coalesce(deposit_form, 'undescribed'), size_standard, size_basis)
      WHEN figure IS NULL OR abs(figure - size_basis_value_t) > 1e-6 * greatest(figure, 1)
        THEN format('deposit %s: its size value is not the figure of its estimate %s', id, size_estimate_id)
      ELSE format('deposit %s: %s t %s is not %s', id, figure, size_basis, size_class)
    END INTO wrong
  FROM (
    SELECT d.*, large_t, medium_t, CASE WHEN basis = 'ore' THEN ore_t ELSE contained_t / metal_factor END AS figure
    FROM deposit d
    LEFT JOIN size_threshold t ON t.commodity = size_commodity AND form IN ('', deposit_form)
      AND basis = size_basis AND standard = size_standard
    LEFT JOIN estimate e ON e.id = size_estimate_id AND e.deposit_id = d.id
    LEFT JOIN estimate_measure m ON m.estimate_id = e.id AND m.commodity = size_commodity
    WHERE d.since_version = NEW.since_version AND size_class IS NOT NULL
  ) sized
  WHERE large_t IS NULL OR figure IS NULL OR abs(figure - size_basis_value_t) > 1e-6 * greatest(figure, 1)
    OR size_class IS DISTINCT FROM (
      CASE WHEN figure * (1 + 1e-9) >= large_t THEN 'large' WHEN figure * (1 + 1e-9) >= medium_t THEN 'medium' ELSE 'small' END)
  LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '%', wrong USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM set_config('lode.sizes_checked', 'yes', true);
  RETURN NULL;
END $$
"""
# Before each statement, so that what it changes is looked at again.
SIZES_UNCHECKED = """
CREATE FUNCTION lode.sizes_unchecked() RETURNS trigger
LANGUAGE plpgsql SET search_path = lode, pg_temp AS $$
BEGIN
  PERFORM set_config('lode.sizes_checked', '', true);
  RETURN NULL;
END $$
"""

# The importer owns no index, so it asks the owner to sort what the text indexes gathered during an import.
SETTLE_INDEXES = """
CREATE FUNCTION lode.settle_indexes() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = lode, public, pg_temp AS $$
  SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
  WHERE a.amname = 'gin' AND c.relkind = 'i' AND c.relnamespace = 'lode'::regnamespace
$$
"""

# Figures per class, never over classes: reserves stand apart from resources, and measured, indicated and inferred
# apart from one another; combined categories and undivided tonnages are left out (GB/T 17766-2020, 5.2 to 5.4).
CLASS_TOTAL = """
CREATE VIEW lode.estimate_class_total AS
SELECT coalesce(e.deposit_id, e.discovery_id) AS record_id, m.commodity, e.kind, e.category, e.code, e.effective_date,
       e.source, count(*) AS estimates, sum(e.ore_t) AS ore_t, sum(m.contained_t) AS contained_t,
       bool_or(e.includes_reserves) AS includes_reserves
FROM lode.estimate e JOIN lode.estimate_measure m ON m.estimate_id = e.id
WHERE NOT e.combined AND e.kind IN ('resource', 'reserve')
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

# Capacity per project, product and status; phases without a figure are counted, not taken for zero.
PROJECT_CAPACITY = """
CREATE VIEW lode.project_capacity AS
SELECT project_id, product, status, sum(capacity_tpa) AS capacity_tpa, count(*) AS phases,
       count(*) FILTER (WHERE capacity_tpa IS NULL) AS phases_without_capacity
FROM lode.phase GROUP BY 1, 2, 3
"""

FUNCTIONS = (
    CURRENT_VERSION,
    BEGIN_SPAN,
    KEEP_HISTORY,
    KEEP_REPORTED,
    DERIVED_STATUS,
    SET_STATUS,
    REFRESH_STATUS,
    CHECK_SIZE,
    SIZES_UNCHECKED,
    SETTLE_INDEXES,
)
NAMES = (
    "settle_indexes()",
    "sizes_unchecked()",
    "check_size()",
    "refresh_status()",
    "set_status()",
    "derived_status(text)",
    "keep_reported()",
    "keep_history()",
    "begin_span()",
    "current_version()",
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    for table in KEPT:
        op.execute(f"ALTER TABLE lode.{table} ALTER since_version SET DEFAULT lode.current_version()")
        # named so that it runs after the other BEFORE triggers, which may still change the row
        op.execute(f"CREATE TRIGGER z_begin_span BEFORE UPDATE ON lode.{table} FOR EACH ROW EXECUTE FUNCTION lode.begin_span()")
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_history_{event.lower()} AFTER {event} ON lode.{table} "
                "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_history()"
            )
    for table, columns in REPORTED.items():
        changed = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in columns)
        op.execute(
            f"CREATE TRIGGER keep_reported BEFORE UPDATE ON lode.{table} FOR EACH ROW WHEN ({changed}) "
            "EXECUTE FUNCTION lode.keep_reported()"
        )
    op.execute(
        "CREATE TRIGGER set_status BEFORE INSERT OR UPDATE ON lode.project FOR EACH ROW EXECUTE FUNCTION lode.set_status()"
    )
    for event, transition in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER refresh_status_{event.lower()} AFTER {event} ON lode.phase "
            f"REFERENCING {transition} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION lode.refresh_status()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER check_size AFTER INSERT OR UPDATE ON lode.deposit DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.size_class IS NOT NULL) EXECUTE FUNCTION lode.check_size()"
    )
    op.execute(
        "CREATE TRIGGER sizes_unchecked BEFORE INSERT OR UPDATE ON lode.deposit "
        "FOR EACH STATEMENT EXECUTE FUNCTION lode.sizes_unchecked()"
    )
    op.execute(CLASS_TOTAL)
    op.execute(PROJECT_CAPACITY)
    _grant()


def _grant() -> None:
    """The importer writes rows but no status of a project and no history; the site only reads."""
    op.execute("GRANT USAGE ON SCHEMA lode, lode_history TO lode_import, lode_site")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lode, lode_history TO lode_import, lode_site")
    op.execute("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA lode TO lode_import")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA lode TO lode_import")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON lode.project, lode.term, lode.size_threshold FROM lode_import")
    op.execute("REVOKE INSERT, DELETE ON lode.dataset_version FROM lode_import")
    # every column but the derived ones, asked of the catalogue so that the list can't go stale
    op.execute(
        """
        DO $$
        DECLARE
          columns text := (SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
                           WHERE table_schema = 'lode' AND table_name = 'project'
                             AND column_name NOT IN ('status', 'status_date'));
        BEGIN
          EXECUTE format('GRANT INSERT (%1$s), UPDATE (%1$s) ON lode.project TO lode_import', columns);
          EXECUTE 'GRANT DELETE ON lode.project TO lode_import';
        END $$
        """
    )
    for function in ("current_version", "settle_indexes"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION lode.{function}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION lode.{function}() TO lode_import")


def downgrade() -> None:
    op.execute("DROP VIEW lode.project_capacity")
    op.execute("DROP VIEW lode.estimate_class_total")
    for table in KEPT:
        op.execute(f"ALTER TABLE lode.{table} ALTER since_version DROP DEFAULT")
    triggers = [(table, name) for table in KEPT for name in ("z_begin_span", "keep_history_update", "keep_history_delete")]
    triggers += [(table, "keep_reported") for table in REPORTED]
    triggers += [("phase", f"refresh_status_{event}") for event in ("insert", "update", "delete")]
    triggers += [("project", "set_status"), ("deposit", "check_size"), ("deposit", "sizes_unchecked")]
    for table, name in triggers:
        op.execute(f"DROP TRIGGER {name} ON lode.{table}")
    for name in NAMES:
        op.execute(f"DROP FUNCTION lode.{name}")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA lode, lode_history FROM lode_import, lode_site")
    op.execute("REVOKE ALL ON ALL SEQUENCES IN SCHEMA lode FROM lode_import, lode_site")
    op.execute("REVOKE USAGE ON SCHEMA lode, lode_history FROM lode_import, lode_site")
