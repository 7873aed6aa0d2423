-- Masks the name of a person whom an expert has decided on in what else only grows, and in keys of rows. Arguments: a pattern
-- of the names, the mask, and source, old key and new key of each row whose key is a name.
CREATE OR REPLACE FUNCTION lode.redact_append_only(pattern_ text, mask_ text, sources_ text[], keys_ text[], new_keys_ text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  PERFORM require_waiting_person();
  PERFORM set_config('lode.redacting', 'yes', true);
  UPDATE source_record t SET key = k.new FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.source = k.source AND t.key = k.old;
  UPDATE quarantine t SET key = k.new FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.source = k.source AND t.key = k.old;
  UPDATE withheld_name t SET key = k.new FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.source = k.source AND t.key = k.old;
  UPDATE unserved t SET key = k.new FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.source = k.source AND t.key = k.old;
  UPDATE proposal t SET key = k.new FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.source = k.source AND t.key = k.old;
  UPDATE match_key t SET key = k.source || '#' || k.new FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.key = k.source || '#' || k.old;
  UPDATE decision t SET subject = jsonb_set(t.subject, '{a_key}', to_jsonb(k.new))
  FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.kind = 'judgement' AND t.subject ->> 'a_source' = k.source AND t.subject ->> 'a_key' = k.old;
  UPDATE decision t SET subject = jsonb_set(t.subject, '{b_key}', to_jsonb(k.new))
  FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.kind = 'judgement' AND t.subject ->> 'b_source' = k.source AND t.subject ->> 'b_key' = k.old;
  UPDATE decision t SET detail = jsonb_set(t.detail, '{key}', to_jsonb(k.new))
  FROM unnest(sources_, keys_, new_keys_) k (source, old, new)
  WHERE t.kind IN ('value', 'position') AND t.detail ->> 'source' = k.source AND t.detail ->> 'key' = k.old;
  IF pattern_ IS NOT NULL THEN
    -- in JSON a name may follow an escaped character, so that only its texts are matched
    UPDATE audit SET subject = regexp_replace(subject, pattern_, mask_, 'gi'), detail = mask_json(detail, pattern_, mask_)
    WHERE subject ~* pattern_ OR mask_json(detail, pattern_, mask_) IS DISTINCT FROM detail;
    -- the decision on the name itself has it, which only experts and imports read
    UPDATE decision SET reason = regexp_replace(reason, pattern_, mask_, 'gi')
    WHERE kind <> 'holder_decision' AND reason ~* pattern_;
    UPDATE decision SET subject = mask_json(subject, pattern_, mask_)
    WHERE kind = 'organisation_decision' AND mask_json(subject, pattern_, mask_) IS DISTINCT FROM subject;
    UPDATE decision SET detail = mask_json(detail, pattern_, mask_)
    WHERE kind IN ('value', 'position') AND mask_json(detail, pattern_, mask_) IS DISTINCT FROM detail;
    UPDATE proposal SET record_name = regexp_replace(record_name, pattern_, mask_, 'gi'),
      value = mask_json(value, pattern_, mask_), was = mask_json(was, pattern_, mask_),
      cited = regexp_replace(cited, pattern_, mask_, 'gi'), reason = regexp_replace(reason, pattern_, mask_, 'gi')
    WHERE concat_ws(' ', record_name, cited, reason) ~* pattern_
      OR (mask_json(value, pattern_, mask_), mask_json(was, pattern_, mask_)) IS DISTINCT FROM (value, was);
    UPDATE proposal_step SET words = regexp_replace(words, pattern_, mask_, 'gi') WHERE words ~* pattern_;
    UPDATE act_correction SET reason = regexp_replace(reason, pattern_, mask_, 'gi'),
      fields = mask_json(fields, pattern_, mask_), subjects = mask_json(subjects, pattern_, mask_)
    WHERE reason ~* pattern_
      OR (mask_json(fields, pattern_, mask_), mask_json(subjects, pattern_, mask_)) IS DISTINCT FROM (fields, subjects);
    UPDATE record_correction SET reason = regexp_replace(reason, pattern_, mask_, 'gi'),
      fields = mask_json(fields, pattern_, mask_)
    WHERE reason ~* pattern_ OR mask_json(fields, pattern_, mask_) IS DISTINCT FROM fields;
    -- what people entered in forms, in reports of months and as reasons
    UPDATE act_entry SET fields = mask_json(fields, pattern_, mask_), subjects = mask_json(subjects, pattern_, mask_),
      reason = regexp_replace(reason, pattern_, mask_, 'gi'), review_note = regexp_replace(review_note, pattern_, mask_, 'gi'),
      file_name = regexp_replace(file_name, pattern_, mask_, 'gi')
    WHERE concat_ws(' ', reason, review_note, file_name) ~* pattern_
      OR (mask_json(fields, pattern_, mask_), mask_json(subjects, pattern_, mask_)) IS DISTINCT FROM (fields, subjects);
    UPDATE record_entry SET fields = mask_json(fields, pattern_, mask_),
      reason = regexp_replace(reason, pattern_, mask_, 'gi'), review_note = regexp_replace(review_note, pattern_, mask_, 'gi')
    WHERE concat_ws(' ', reason, review_note) ~* pattern_ OR mask_json(fields, pattern_, mask_) IS DISTINCT FROM fields;
    UPDATE monthly_report_step SET reason = regexp_replace(reason, pattern_, mask_, 'gi'),
      "values" = mask_json("values", pattern_, mask_)
    WHERE reason ~* pattern_ OR mask_json("values", pattern_, mask_) IS DISTINCT FROM "values";
    UPDATE import_correction SET reported = regexp_replace(reported, pattern_, mask_, 'gi'),
      corrected = left(regexp_replace(corrected, pattern_, mask_, 'gi'), 10000)
    WHERE concat_ws(' ', reported, corrected) ~* pattern_;
    UPDATE import_request SET mapping = regexp_replace(mapping, pattern_, mask_, 'gi'),
      file_name = left(regexp_replace(file_name, pattern_, mask_, 'gi'), 200),
      review_note = left(regexp_replace(review_note, pattern_, mask_, 'gi'), 2000),
      choices = mask_json(choices, pattern_, mask_)
    WHERE concat_ws(' ', mapping, file_name, review_note) ~* pattern_
      OR mask_json(choices, pattern_, mask_) IS DISTINCT FROM choices;
  END IF;
  PERFORM set_config('lode.redacting', '', true);
END $$;
REVOKE EXECUTE ON FUNCTION lode.redact_append_only(text, text, text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.redact_append_only(text, text, text[], text[], text[]) TO lode_import;
