-- Writes the features of all rows that this transaction changed so far, so that an import need not wait for them at commit.
CREATE OR REPLACE FUNCTION lode.write_features() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  PERFORM {{write_each_feature}};
END $$;
REVOKE EXECUTE ON FUNCTION lode.write_features() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.write_features() TO lode_import;
