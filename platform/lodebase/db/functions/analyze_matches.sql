-- Lets the importer, which owns no table, refresh the planner's statistics of pairs and groups.
CREATE OR REPLACE FUNCTION lode.analyze_matches() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  ANALYZE match_side, match_key, match_pair, reported_record, link;
END $$;
REVOKE EXECUTE ON FUNCTION lode.analyze_matches() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.analyze_matches() TO lode_import;
