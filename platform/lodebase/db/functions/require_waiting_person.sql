-- Refuses to go on unless a decision, or its withdrawal, waits to be applied by which a name is not that of a body.
CREATE OR REPLACE FUNCTION lode.require_waiting_person() RETURNS void
LANGUAGE plpgsql
SET search_path = lode, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM decision d LEFT JOIN current_decision c USING (kind, subject_key)
    WHERE d.kind = 'holder_decision' AND d.outcome IS NULL AND c.decision IS DISTINCT FROM 'organisation'
  ) THEN
    RAISE EXCEPTION 'no decision on a person waits to be applied' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION lode.require_waiting_person() FROM PUBLIC;
