-- Writes a command of the operator to the audit trail, for what no trigger sees, such as an import.
CREATE OR REPLACE FUNCTION lode.note_command(action_ text, subject_ text, detail_ jsonb, operator_ text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
  INSERT INTO audit (action, subject, detail, operator)
  VALUES ('command ' || left(action_, 40), left(subject_, 500), detail_, left(operator_, 500))
$$;
REVOKE EXECUTE ON FUNCTION lode.note_command(text, text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.note_command(text, text, jsonb, text) TO lode_import;
