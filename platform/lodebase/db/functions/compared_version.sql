-- Returns the version that the views of lode_since show; raises an error where the session names none.
CREATE OR REPLACE FUNCTION lode_since.version() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('lode.since')::integer $$;
