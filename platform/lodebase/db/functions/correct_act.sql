-- Gives an entered act other values and a state, after the earlier values are stored with the account and the reason.
CREATE OR REPLACE FUNCTION lode.correct_act(
  of integer, values_ jsonb, concerns jsonb, state_ text, by_ text, why text
) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
  INSERT INTO act_correction (entry, corrected_by, reason, fields, subjects)
  SELECT number, by_, why, fields, subjects FROM act_entry
  WHERE number = of AND state IN ('served', 'refused', 'returned') FOR UPDATE;
  UPDATE act_entry SET fields = values_, subjects = concerns, state = state_, changed_by = by_, problems = NULL,
    reviewed_by = NULL, review_note = NULL
  WHERE number = of AND state IN ('served', 'refused', 'returned') AND state_ IN ('waiting', 'review');
$$;
REVOKE EXECUTE ON FUNCTION lode.correct_act(integer, jsonb, jsonb, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.correct_act(integer, jsonb, jsonb, text, text, text) TO lode_desk;
