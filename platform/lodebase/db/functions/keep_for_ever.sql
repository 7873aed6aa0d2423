-- Refuses to change or delete rows of a table that only grows; redact_append_only alone masks names of persons in them.
CREATE OR REPLACE FUNCTION lode.keep_for_ever() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('lode.redacting', true) = 'yes'
    AND current_user::regrole = (SELECT relowner FROM pg_class WHERE oid = TG_RELID) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or taken away', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE EXECUTE ON FUNCTION lode.keep_for_ever() FROM PUBLIC;

CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.act_correction
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.audit
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever();
-- an import notes the outcome
CREATE TRIGGER keep_for_ever BEFORE UPDATE OF id, number, kind, subject, decision, detail, reason, account, at, undoes
OR DELETE OR TRUNCATE ON lode.decision
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.proposal
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.record_correction
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.proposal_step
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever();
