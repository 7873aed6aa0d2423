-- Makes check_size look again at commit after a statement that writes deposits.
CREATE OR REPLACE FUNCTION lode.sizes_unchecked() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, pg_temp
AS $$
BEGIN
  PERFORM set_config('lode.sizes_checked', '', true);
  RETURN NULL;
END $$;

CREATE TRIGGER sizes_unchecked BEFORE INSERT OR UPDATE ON lode.deposit
FOR EACH STATEMENT EXECUTE FUNCTION lode.sizes_unchecked();
