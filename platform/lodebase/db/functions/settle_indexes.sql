-- Moves what GIN indexes hold in their pending lists into the indexes, so that searches need not scan the lists.
CREATE OR REPLACE FUNCTION lode.settle_indexes() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = lode, public, pg_temp
AS $$
  SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
  WHERE a.amname = 'gin' AND c.relkind = 'i' AND c.relnamespace = 'lode'::regnamespace
$$;
REVOKE EXECUTE ON FUNCTION lode.settle_indexes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.settle_indexes() TO lode_import;
