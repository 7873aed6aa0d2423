CREATE TABLE lode.progress_report (
	id TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	project_source TEXT NOT NULL, 
	project TEXT NOT NULL, 
	phase INTEGER, 
	month TEXT NOT NULL, 
	report_state TEXT NOT NULL, 
	investment_done_month_cny DOUBLE PRECISION, 
	investment_done_cum_cny DOUBLE PRECISION, 
	physical_progress_pct DOUBLE PRECISION, 
	next_month_plan TEXT, 
	problem_zh TEXT, 
	reporter TEXT, 
	checker TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_progress_report PRIMARY KEY (id), 
	CONSTRAINT ck_progress_report_physical_progress CHECK (physical_progress_pct BETWEEN 0 AND 100), 
	CONSTRAINT ck_progress_report_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_progress_report_project ON lode.progress_report (project_source, project);
CREATE INDEX ix_progress_report_since_version ON lode.progress_report (since_version);
COMMENT ON TABLE lode.progress_report IS 'Monthly reports on investment, physical progress and problems of a project. Internal.';
CREATE TABLE lode_history.progress_report (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	project_source TEXT, 
	project TEXT, 
	phase INTEGER, 
	month TEXT, 
	report_state TEXT, 
	investment_done_month_cny DOUBLE PRECISION, 
	investment_done_cum_cny DOUBLE PRECISION, 
	physical_progress_pct DOUBLE PRECISION, 
	next_month_plan TEXT, 
	problem_zh TEXT, 
	reporter TEXT, 
	checker TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	since_version INTEGER
);
CREATE INDEX ix_history_progress_report ON lode_history.progress_report (id);
CREATE INDEX ix_history_progress_report_since_version ON lode_history.progress_report (since_version);
CREATE INDEX ix_history_progress_report_until_version ON lode_history.progress_report (until_version);
COMMENT ON TABLE lode_history.progress_report IS 'Earlier rows of progress_report.';
ALTER TABLE lode.progress_report ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.progress_report TO lode_import;
GRANT SELECT ON lode.progress_report TO lode_desk;
GRANT SELECT ON lode_history.progress_report TO lode_import, lode_desk;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('progress-reports', 0, 0, 0) ON CONFLICT DO NOTHING;
