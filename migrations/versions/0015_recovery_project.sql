CREATE TABLE lode.recovery_project (
	record_id TEXT NOT NULL, 
	project_id TEXT, 
	outcome TEXT NOT NULL, 
	probability DOUBLE PRECISION, 
	CONSTRAINT pk_recovery_project PRIMARY KEY (record_id), 
	CONSTRAINT ck_recovery_project_outcome CHECK (outcome IN ('stated', 'matched', 'ambiguous', 'unmatched')), 
	CONSTRAINT ck_recovery_project_project CHECK ((project_id IS NULL) = (outcome IN ('ambiguous', 'unmatched')))
);
CREATE INDEX ix_recovery_project_project_id ON lode.recovery_project (project_id);
COMMENT ON TABLE lode.recovery_project IS 'Projects that recovery records belong to: stated by the source, or matched by name, place and metal.';
GRANT SELECT, INSERT, UPDATE, DELETE ON lode.recovery_project TO lode_import;
GRANT SELECT ON lode.recovery_project TO lode_site;
