-- Whether the capacity of each phase counts in a sum, and the reason if it does not. Every sum of capacities reads this view.
-- A suspended plant is built, and counts; its status tells it apart. Complexes and their parts (link "contains") that have a
-- capacity for the same product count once: see counted_with_complex. summed_tpa is for sums that tell the statuses apart.
CREATE OR REPLACE VIEW {{schema}}.countable_phase AS
SELECT f.id AS phase_id, f.project_id, f.product, f.capacity_basis AS basis, f.capacity_tpa, f.status,
  judged.reason IS NULL AS counts, judged.reason,
  CASE WHEN judged.reason IS NULL OR judged.reason IN ('not-built', 'gone') THEN f.capacity_tpa END AS summed_tpa
FROM {{schema}}.phase f CROSS JOIN LATERAL (
  SELECT CASE
    WHEN f.included_in IS NOT NULL THEN 'included-in-total'
    WHEN f.held IS NOT NULL THEN 'held'
    WHEN f.capacity_tpa IS NULL THEN 'no-figure'
    WHEN f.status IN ({{coming_statuses}}) THEN 'not-built'
    WHEN f.status IN ({{gone_statuses}}) THEN 'gone'
    WHEN EXISTS (
      SELECT FROM {{schema}}.link l WHERE f.project_id IN (l.from_id, l.to_id) AND l.relation = 'contains'
        AND l.from_kind = 'project' AND l.to_kind = 'project'
    ) AND {{schema}}.counted_with_complex(f.project_id, f.product) THEN 'counted-in-complex'
    WHEN f.doubtful IS NOT NULL THEN 'doubtful'
  END AS reason
) judged;
GRANT SELECT ON {{schema}}.countable_phase TO {{readers}};
