-- Capacity of each project by product and status, with the number of phases that give none.
CREATE OR REPLACE VIEW lode.project_capacity AS
SELECT project_id, product, status, sum(capacity_tpa) AS capacity_tpa, count(*) AS phases,
  count(*) FILTER (WHERE capacity_tpa IS NULL) AS phases_without_capacity
FROM lode.phase
GROUP BY 1, 2, 3;
GRANT SELECT ON lode.project_capacity TO lode_site, lode_import;
