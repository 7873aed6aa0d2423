-- Rows of sources as everybody may read them: the public columns in their order, and the number of the others.
CREATE OR REPLACE VIEW lode.public_source_row AS
SELECT r.id, r.source, r.key, r.locator, r.in_scope, r.first_run, r.changed_run, r.gone_run, shown.raw, shown.closed
FROM lode.source_record r LEFT JOIN lode.source_columns s ON s.source = r.source, LATERAL (
  SELECT coalesce(json_object_agg(c.key, c.value ORDER BY c.place) FILTER (WHERE c.public), '{}') AS raw,
    count(*) FILTER (WHERE NOT c.public) AS closed
  FROM (
    SELECT key, value, place, coalesce('*' = ANY (s.public) OR key = ANY (s.public), false) AS public
    FROM json_each(r.raw) WITH ORDINALITY AS e (key, value, place)
  ) c
) shown;
GRANT SELECT ON lode.public_source_row TO lode_site;
