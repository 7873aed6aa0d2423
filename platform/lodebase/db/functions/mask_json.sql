-- Returns a JSON value with a mask for what a pattern matches in its texts, without regard to case.
CREATE OR REPLACE FUNCTION lode.mask_json(value_ jsonb, pattern_ text, mask_ text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
SET search_path = lode, pg_temp
AS $$
BEGIN
  RETURN CASE jsonb_typeof(value_)
    WHEN 'string' THEN to_jsonb(regexp_replace(value_ #>> '{}', pattern_, mask_, 'gi'))
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(mask_json(e, pattern_, mask_) ORDER BY n), '[]')
      FROM jsonb_array_elements(value_) WITH ORDINALITY a (e, n))
    WHEN 'object' THEN (
      SELECT coalesce(jsonb_object_agg(k, mask_json(e, pattern_, mask_)), '{}') FROM jsonb_each(value_) o (k, e)
    )
    ELSE value_
  END;
END $$;
REVOKE EXECUTE ON FUNCTION lode.mask_json(jsonb, text, text) FROM PUBLIC;
