-- The decisions that apply on which organisation a name means in a country; the empty country is none.
CREATE OR REPLACE VIEW lode.organisation_decision AS
SELECT d.id, d.number, d.subject ->> 'comparable' AS comparable, d.subject ->> 'country' AS country,
  d.detail ->> 'organisation_id' AS organisation_id, d.account AS decided_by, d.at AS decided_at, d.reason
FROM lode.current_decision d WHERE d.kind = 'organisation_decision';
GRANT SELECT ON lode.organisation_decision TO lode_desk, lode_import;
GRANT SELECT (comparable, country, organisation_id) ON lode.organisation_decision TO lode_site;
