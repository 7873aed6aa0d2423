-- Keeps the search terms of {{collection}} true: of rows whose names or rank a statement changed, the old go, the new come.
-- A key is a digit each for the form of the match, the rank and the kind of the record, then the text: 102escondida. What
-- begins with some letters is one range of the index, so the best matches are found without sorting the others.
CREATE OR REPLACE FUNCTION lode.write_{{table}}_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
SET work_mem = '128MB'
SET jit = off
AS $$
DECLARE
  old_rows CONSTANT text := CASE TG_OP
    WHEN 'DELETE' THEN 'SELECT * FROM gone'
    ELSE 'SELECT o.* FROM gone o WHERE NOT EXISTS (
      SELECT FROM began n WHERE n.id = o.id AND ({{o_searched}}) IS NOT DISTINCT FROM ({{n_searched}}))'
  END;
  new_rows CONSTANT text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT * FROM began'
    ELSE 'SELECT n.* FROM began n WHERE NOT EXISTS (
      SELECT FROM gone o WHERE o.id = n.id AND ({{o_searched}}) IS NOT DISTINCT FROM ({{n_searched}}))'
  END;
  -- OFFSET 0 keeps an expression from being copied, and evaluated, many times
  terms CONSTANT text := $terms$
    WITH line AS (
      SELECT id, form, rank, left(line, 100) AS line FROM (
        -- four parts with an empty line between: names, aliases, pinyin and initials, a line each
        SELECT id, form, {{search_rank}} + more AS rank,
          unnest(string_to_array(split_part(search_text, E'\n\n', n), E'\n')) AS line
        FROM r, (VALUES (1, 0, 1), (2, 1, 1), (3, 1, 3), (4, 1, 4)) p (n, more, form)
        WHERE n = 1 OR strpos(search_text, E'\n\n') > 0
        OFFSET 0
      ) parts WHERE line <> '' OFFSET 0
    )
    SELECT form::text || rank || '{{search_digit}}' || line AS key, id FROM line
    UNION ALL
    -- from the second word on
    SELECT '2' || rank || '{{search_digit}}' || array_to_string(tokens[i:], ' '), id FROM (
      SELECT id, rank, tokens, generate_series(2, least(cardinality(tokens), 12)) AS i FROM (
        SELECT id, rank, string_to_array(line, ' ') AS tokens FROM line WHERE form = 1 AND strpos(line, ' ') > 0 OFFSET 0
      ) w
    ) s WHERE ltrim(tokens[i], '0123456789') <> ''
    UNION ALL
    -- from the second Chinese character on
    SELECT '2' || rank || '{{search_digit}}' || substr(line, i), id FROM (
      SELECT id, rank, line, generate_series(2, length(rtrim(line, ' 0123456789')) - 1) AS i
      FROM line WHERE form = 1 AND octet_length(line) <> length(line)
    ) s WHERE substr(line, i, 1) COLLATE "C" >= '㐀' AND substr(line, i + 1, 1) COLLATE "C" >= '㐀'
  $terms$;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    EXECUTE 'WITH r AS (' || old_rows || '), t AS (' || terms || ')
      DELETE FROM search_term s USING t WHERE s.key = t.key COLLATE "C" AND s.id = t.id';
  END IF;
  IF TG_OP <> 'DELETE' THEN
    -- in the order of the index, which takes them faster so
    EXECUTE 'WITH r AS (' || new_rows || '), t AS (' || terms || ')
      INSERT INTO search_term (key, id) SELECT key, id FROM t ORDER BY key COLLATE "C"';
    EXECUTE 'INSERT INTO search_word (word) SELECT DISTINCT word FROM (
        SELECT unnest(string_to_array(translate(search_text, E''\n'', '' ''), '' '')) COLLATE "C" AS word
        FROM (' || new_rows || ') r
      ) w WHERE octet_length(word) BETWEEN 4 AND 40 AND word >= ''a'' AND word < ''{'' ON CONFLICT DO NOTHING';
  END IF;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.write_{{table}}_terms() FROM PUBLIC;

CREATE TRIGGER write_terms_insert AFTER INSERT ON lode.{{table}} REFERENCING NEW TABLE AS began
FOR EACH STATEMENT EXECUTE FUNCTION lode.write_{{table}}_terms();
CREATE TRIGGER write_terms_update AFTER UPDATE ON lode.{{table}} REFERENCING OLD TABLE AS gone NEW TABLE AS began
FOR EACH STATEMENT EXECUTE FUNCTION lode.write_{{table}}_terms();
CREATE TRIGGER write_terms_delete AFTER DELETE ON lode.{{table}} REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION lode.write_{{table}}_terms();
