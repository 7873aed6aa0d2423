-- Returns the status of a project: the liveliest of its phases, and of these the newest.
CREATE OR REPLACE FUNCTION lode.derived_status(project text, OUT status text, OUT status_date date)
LANGUAGE sql STABLE
SET search_path = lode, pg_temp
AS $$
  SELECT p.status, p.status_date FROM phase p
  WHERE p.project_id = derived_status.project AND p.status IS NOT NULL
  ORDER BY array_position(ARRAY['operating', 'commissioning', 'intermittent', 'construction', 'permitted', 'pre-permit',
    'announced', 'suspended', 'shelved', 'cancelled', 'closed'], p.status), p.status_date DESC NULLS LAST, p.ordinal
  LIMIT 1
$$;
