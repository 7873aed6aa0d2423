-- Refuses a size class that the estimate and the limits of DZ/T 0400-2022 do not give; checked once at commit.
CREATE OR REPLACE FUNCTION lode.check_size() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, pg_temp
SET plan_cache_mode = 'force_custom_plan'
AS $$
DECLARE
  wrong text;
BEGIN
  -- the first row looks at all that changed, in its present state; the others of the transaction need not
  IF current_setting('lode.sizes_checked', true) = 'yes' THEN
    RETURN NULL;
  END IF;
  SELECT CASE
      WHEN large_t IS NULL THEN format('deposit %s: no limits for %s in a %s deposit by %s on %s',
        id, size_commodity, coalesce(deposit_form, 'undescribed'), size_standard, size_basis)
      WHEN figure IS NULL OR abs(figure - size_basis_value_t) > 1e-6 * greatest(figure, 1)
        THEN format('deposit %s: its size value is not the figure of its estimate %s',
          id, coalesce(size_estimate_id, size_source))
      ELSE format('deposit %s: %s t %s is not %s', id, figure, size_basis, size_class)
    END INTO wrong
  FROM (
    SELECT d.*, large_t, medium_t, CASE WHEN size_estimate_id IS NULL THEN elsewhere.figure
      WHEN basis = 'ore' THEN e.ore_t ELSE m.contained_t / metal_factor END AS figure
    FROM deposit d
    LEFT JOIN size_threshold t ON t.commodity = size_commodity AND form IN ('', deposit_form)
      AND basis = size_basis AND standard = size_standard
    LEFT JOIN estimate e ON e.id = size_estimate_id AND e.deposit_id = d.id
    LEFT JOIN estimate_measure m ON m.estimate_id = e.id AND m.commodity = size_commodity
    -- the estimates of a source that are not served are in its reported record
    LEFT JOIN LATERAL (
      SELECT CASE WHEN basis = 'ore' THEN te.ore_t ELSE tm.contained_t / metal_factor END AS figure
      FROM reported_record s CROSS JOIN LATERAL jsonb_populate_recordset(NULL::estimate, s.parts -> 'estimate') te
      LEFT JOIN LATERAL jsonb_populate_recordset(NULL::estimate_measure, s.parts -> 'estimate_measure') tm
        ON tm.estimate_id = te.id AND tm.commodity = size_commodity
      WHERE s.served_id = d.id AND s.source = size_source AND size_estimate_id IS NULL
      ORDER BY 1 DESC NULLS LAST LIMIT 1
    ) elsewhere ON size_estimate_id IS NULL
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
END $$;

CREATE CONSTRAINT TRIGGER check_size AFTER INSERT OR UPDATE ON lode.deposit
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.size_class IS NOT NULL) EXECUTE FUNCTION lode.check_size();
