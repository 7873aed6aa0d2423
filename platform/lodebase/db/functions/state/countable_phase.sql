-- Whether the capacity of each phase counts in a sum, and the reason if it does not. Every sum of capacities reads this view.
-- A suspended plant is built, and counts; its status tells it apart. A complex and its parts (link "contains") that have a
-- capacity for the same product count once: the larger of the two. summed_tpa is for sums that tell the statuses apart.
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
      SELECT FROM (
        SELECT l.from_id AS id FROM {{schema}}.link l
        WHERE l.to_id = f.project_id AND l.relation = 'contains' AND l.from_kind = 'project'
        UNION ALL
        SELECT l.to_id FROM {{schema}}.link l
        WHERE l.from_id = f.project_id AND l.relation = 'contains' AND l.to_kind = 'project'
      ) other CROSS JOIN LATERAL (
        SELECT sum(w.capacity_tpa) FILTER (WHERE w.project_id = other.id) AS theirs,
          sum(w.capacity_tpa) FILTER (WHERE w.project_id = f.project_id) AS own
        FROM {{schema}}.phase w
        WHERE w.project_id IN (other.id, f.project_id) AND w.product = f.product
          AND coalesce(w.status, '') NOT IN ({{coming_statuses}}, {{gone_statuses}})
      ) capacity
      WHERE capacity.theirs > capacity.own OR capacity.theirs = capacity.own AND other.id < f.project_id
    ) THEN 'counted-in-complex'
    WHEN f.doubtful IS NOT NULL THEN 'doubtful'
  END AS reason
) judged;
GRANT SELECT ON {{schema}}.countable_phase TO {{readers}};
