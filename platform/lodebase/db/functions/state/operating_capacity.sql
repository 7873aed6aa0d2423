-- Capacities of operating plants by the stage whose output they are compared with. They count in a country's sum unless a
-- reason is given; what is held has its capacity here all the same, so that a sum can be shown with and without it.
CREATE OR REPLACE VIEW {{schema}}.operating_capacity AS
SELECT s.commodity, s.stage, p.country, f.id AS phase_id, f.project_id, p.name_en, p.name_zh, f.product,
  f.capacity_basis AS basis, coalesce(f.capacity_tpa, f.capacity_reported * f.held_factor) AS tpa,
  f.status_date, f.status_inferred, f.source, f.held, f.doubtful, f.judged,
  coalesce(
    c.reason, CASE WHEN s.counts_content AND f.capacity_basis IN ({{unlike_content}}) THEN 'other-basis' END
  ) AS reason
FROM {{schema}}.phase f
JOIN (VALUES {{output_stages}}) s (product, commodity, stage, counts_content) ON s.product = f.product
JOIN {{schema}}.project p ON p.id = f.project_id
JOIN {{schema}}.countable_phase c ON c.phase_id = f.id
WHERE f.status IN ('operating', 'commissioning', 'intermittent')
  AND coalesce(f.capacity_tpa, f.capacity_reported * f.held_factor) IS NOT NULL;
GRANT SELECT ON {{schema}}.operating_capacity TO {{readers}};
