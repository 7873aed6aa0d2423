-- Returns the day on which a mining right was cancelled or revoked, by its events; NULL if none is known.
CREATE OR REPLACE FUNCTION lode.right_ended_on(right_no text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = lode, pg_temp
AS $$
  SELECT max(e.event_date) FROM right_event e
  WHERE e.right_no = right_ended_on.right_no AND e.event_type IN ('cancel', 'revoke')
$$;
