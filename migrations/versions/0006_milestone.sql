CREATE TABLE lode.milestone (
	id TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	project_source TEXT NOT NULL, 
	project TEXT NOT NULL, 
	phase INTEGER, 
	milestone_type TEXT NOT NULL, 
	milestone_status TEXT, 
	baseline_no INTEGER, 
	baseline_date TEXT, 
	baseline_reason TEXT, 
	agreed_by TEXT, 
	expected_date TEXT, 
	actual_date TEXT, 
	expires_on TEXT, 
	planned_progress_pct DOUBLE PRECISION, 
	progress_pct DOUBLE PRECISION, 
	act TEXT, 
	authority TEXT, 
	reason_code TEXT, 
	reason_text TEXT, 
	facility_type TEXT, 
	product TEXT, 
	capacity_tpa DOUBLE PRECISION, 
	country TEXT, 
	division TEXT, 
	project_code TEXT, 
	information_date TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_milestone PRIMARY KEY (id), 
	CONSTRAINT ck_milestone_baseline_numbered CHECK (num_nulls(baseline_no, baseline_date) IN (0, 2)), 
	CONSTRAINT ck_milestone_baseline_counted CHECK (baseline_no >= 1), 
	CONSTRAINT ck_milestone_baseline_has_reason CHECK (baseline_no = 1 OR length(trim(coalesce(baseline_reason, ''))) > 0), 
	CONSTRAINT ck_milestone_progress CHECK (progress_pct BETWEEN 0 AND 100), 
	CONSTRAINT ck_milestone_planned_progress CHECK (planned_progress_pct BETWEEN 0 AND 100), 
	CONSTRAINT ck_milestone_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_milestone_project ON lode.milestone (project_source, project);
CREATE INDEX ix_milestone_since_version ON lode.milestone (since_version);
COMMENT ON TABLE lode.milestone IS 'Permits and steps of projects with baseline, expected and actual dates. A baseline is never overwritten.';
CREATE TABLE lode_history.milestone (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	project_source TEXT, 
	project TEXT, 
	phase INTEGER, 
	milestone_type TEXT, 
	milestone_status TEXT, 
	baseline_no INTEGER, 
	baseline_date TEXT, 
	baseline_reason TEXT, 
	agreed_by TEXT, 
	expected_date TEXT, 
	actual_date TEXT, 
	expires_on TEXT, 
	planned_progress_pct DOUBLE PRECISION, 
	progress_pct DOUBLE PRECISION, 
	act TEXT, 
	authority TEXT, 
	reason_code TEXT, 
	reason_text TEXT, 
	facility_type TEXT, 
	product TEXT, 
	capacity_tpa DOUBLE PRECISION, 
	country TEXT, 
	division TEXT, 
	project_code TEXT, 
	information_date TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	since_version INTEGER
);
CREATE INDEX ix_history_milestone ON lode_history.milestone (id);
CREATE INDEX ix_history_milestone_since_version ON lode_history.milestone (since_version);
CREATE INDEX ix_history_milestone_until_version ON lode_history.milestone (until_version);
COMMENT ON TABLE lode_history.milestone IS 'Earlier rows of milestone.';
ALTER TABLE lode.milestone ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.milestone TO lode_import;
GRANT SELECT ON lode.milestone TO lode_site;
GRANT SELECT ON lode_history.milestone TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('milestones', 0, 0, 0) ON CONFLICT DO NOTHING;
