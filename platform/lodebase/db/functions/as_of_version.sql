-- Returns the version that the views of lode_as_of show; raises an error where the session names none.
CREATE OR REPLACE FUNCTION lode_as_of.version() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('lode.as_of')::integer $$;
