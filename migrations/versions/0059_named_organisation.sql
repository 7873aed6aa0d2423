CREATE TABLE lode.named_organisation (
  record_kind TEXT NOT NULL,
  record_id TEXT NOT NULL,
  role TEXT NOT NULL,
  organisation_id TEXT NOT NULL,
  since_version INTEGER NOT NULL,
  CONSTRAINT pk_named_organisation PRIMARY KEY (record_id, role, organisation_id)
);
CREATE INDEX ix_named_organisation_organisation_id ON lode.named_organisation (organisation_id, record_kind);
CREATE INDEX ix_named_organisation_since_version ON lode.named_organisation (since_version);
COMMENT ON TABLE lode.named_organisation IS
  'The organisations that a record names, by role: what its mentions were matched to. Earlier rows hold no names.';
-- who was named before this version is not stored
INSERT INTO lode.named_organisation (record_kind, record_id, role, organisation_id, since_version)
  SELECT record_kind, record_id, role, organisation_id, (SELECT coalesce(max(version), 0) FROM lode.dataset_version)
  FROM lode.organisation_mention WHERE organisation_id IS NOT NULL GROUP BY 1, 2, 3, 4;
ALTER TABLE lode.named_organisation ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.named_organisation TO lode_import;
GRANT SELECT ON lode.named_organisation TO lode_site, lode_desk;
CREATE TABLE lode_history.named_organisation (
  until_version INTEGER NOT NULL,
  record_kind TEXT,
  record_id TEXT,
  role TEXT,
  organisation_id TEXT,
  since_version INTEGER
);
CREATE INDEX ix_history_named_organisation ON lode_history.named_organisation (record_id, role, organisation_id);
CREATE INDEX ix_history_named_organisation_organisation_id ON lode_history.named_organisation (organisation_id);
CREATE INDEX ix_history_named_organisation_since_version ON lode_history.named_organisation (since_version);
CREATE INDEX ix_history_named_organisation_until_version ON lode_history.named_organisation (until_version);
COMMENT ON TABLE lode_history.named_organisation IS 'Earlier rows of named_organisation.';
GRANT SELECT ON lode_history.named_organisation TO lode_import, lode_site;
