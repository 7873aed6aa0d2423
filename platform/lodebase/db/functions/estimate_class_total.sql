-- Ore and metal of each record by class, code, date and source. Classes are never added up, combined ones left out.
CREATE OR REPLACE VIEW lode.estimate_class_total AS
SELECT coalesce(e.deposit_id, e.discovery_id) AS record_id, m.commodity, e.kind, e.category, e.code, e.effective_date,
  e.source, count(*) AS estimates, sum(e.ore_t) AS ore_t, sum(m.contained_t) AS contained_t,
  bool_or(e.includes_reserves) AS includes_reserves
FROM lode.estimate e JOIN lode.estimate_measure m ON m.estimate_id = e.id
WHERE NOT e.combined AND e.kind IN ('resource', 'reserve')
GROUP BY 1, 2, 3, 4, 5, 6, 7;
GRANT SELECT ON lode.estimate_class_total TO lode_site, lode_import;
