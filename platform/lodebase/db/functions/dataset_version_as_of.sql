-- The dataset versions that existed at the version of the session.
CREATE OR REPLACE VIEW lode_as_of.dataset_version AS
SELECT version, committed_at, run_id FROM lode.dataset_version WHERE version <= lode_as_of.version();
GRANT SELECT ON lode_as_of.dataset_version TO lode_import, lode_site;

CREATE OR REPLACE VIEW lode_since.dataset_version AS
SELECT version, committed_at, run_id FROM lode.dataset_version WHERE version <= lode_since.version();
GRANT SELECT ON lode_since.dataset_version TO lode_import, lode_site;
