-- Makes the account of a person whom an identity provider signs in for the first time; returns whether it was made.
CREATE OR REPLACE FUNCTION lode.admit(name_ text, subject_ text, role_ text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  IF subject_ IS NULL OR role_ IS NULL OR role_ NOT IN ('reader', 'contributor', 'expert') THEN
    RAISE EXCEPTION 'nobody is admitted as %', role_ USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('lode.account', name_, true);
  INSERT INTO account (name, role, subject) VALUES (name_, role_, subject_) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION lode.admit(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.admit(text, text, text) TO lode_desk;
