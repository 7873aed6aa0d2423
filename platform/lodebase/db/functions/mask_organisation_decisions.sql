-- Takes the name of a person out of the decisions on names of organisations, which then apply to no name. Arguments: the name
-- as names are compared, the kinds of records that lose it, and the mask.
CREATE OR REPLACE FUNCTION lode.mask_organisation_decisions(comparable_ text, kinds_ text[], mask_ text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  PERFORM require_waiting_person();
  PERFORM set_config('lode.redacting', 'yes', true);
  UPDATE decision d SET subject = jsonb_set(subject, '{comparable}', to_jsonb(mask_))
  WHERE kind = 'organisation_decision' AND subject ->> 'comparable' = comparable_ AND NOT EXISTS (
    SELECT FROM organisation_mention m WHERE m.comparable = comparable_ AND m.record_kind <> ALL (kinds_));
  PERFORM set_config('lode.redacting', '', true);
END $$;
REVOKE EXECUTE ON FUNCTION lode.mask_organisation_decisions(text, text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.mask_organisation_decisions(text, text[], text) TO lode_import;
