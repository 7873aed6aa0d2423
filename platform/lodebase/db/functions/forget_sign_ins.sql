-- Deletes failed sign-ins of more than a day ago and successful ones of more than 90 days ago.
CREATE OR REPLACE FUNCTION lode.forget_sign_ins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  DELETE FROM sign_in WHERE at < now() - interval '1 day' AND (NOT opened OR at < now() - interval '90 days');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.forget_sign_ins() FROM PUBLIC;

CREATE TRIGGER forget_sign_ins AFTER INSERT ON lode.sign_in
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_sign_ins();
