-- Returns the version that the views of lode_then show; raises an error where the session names none.
CREATE OR REPLACE FUNCTION lode_then.version() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('lode.as_of')::integer $$;
