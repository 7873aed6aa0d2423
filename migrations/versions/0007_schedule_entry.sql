CREATE TABLE lode.schedule_entry (
	id TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	project_source TEXT NOT NULL, 
	project TEXT NOT NULL, 
	phase INTEGER, 
	ledger_level TEXT NOT NULL, 
	year INTEGER NOT NULL, 
	schedule_category TEXT, 
	lead_unit TEXT, 
	supervising_authority TEXT, 
	project_code TEXT, 
	total_investment_cny DOUBLE PRECISION, 
	own_capital_pct DOUBLE PRECISION, 
	planned_start TEXT, 
	planned_completion TEXT, 
	capacity_added_tpa DOUBLE PRECISION, 
	problem_zh TEXT, 
	need_zh TEXT, 
	reported_on TEXT, 
	reporter TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_schedule_entry PRIMARY KEY (id), 
	CONSTRAINT ck_schedule_entry_own_capital CHECK (own_capital_pct BETWEEN 0 AND 100), 
	CONSTRAINT ck_schedule_entry_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_schedule_entry_project ON lode.schedule_entry (project_source, project);
CREATE INDEX ix_schedule_entry_since_version ON lode.schedule_entry (since_version);
COMMENT ON TABLE lode.schedule_entry IS 'Projects in a ledger of key projects, with plan, investment, problems and needs. Internal.';
CREATE TABLE lode_history.schedule_entry (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	project_source TEXT, 
	project TEXT, 
	phase INTEGER, 
	ledger_level TEXT, 
	year INTEGER, 
	schedule_category TEXT, 
	lead_unit TEXT, 
	supervising_authority TEXT, 
	project_code TEXT, 
	total_investment_cny DOUBLE PRECISION, 
	own_capital_pct DOUBLE PRECISION, 
	planned_start TEXT, 
	planned_completion TEXT, 
	capacity_added_tpa DOUBLE PRECISION, 
	problem_zh TEXT, 
	need_zh TEXT, 
	reported_on TEXT, 
	reporter TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	since_version INTEGER
);
CREATE INDEX ix_history_schedule_entry ON lode_history.schedule_entry (id);
CREATE INDEX ix_history_schedule_entry_since_version ON lode_history.schedule_entry (since_version);
CREATE INDEX ix_history_schedule_entry_until_version ON lode_history.schedule_entry (until_version);
COMMENT ON TABLE lode_history.schedule_entry IS 'Earlier rows of schedule_entry.';
ALTER TABLE lode.schedule_entry ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.schedule_entry TO lode_import;
GRANT SELECT ON lode.schedule_entry TO lode_desk;
GRANT SELECT ON lode_history.schedule_entry TO lode_import, lode_desk;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('schedule-entries', 0, 0, 0) ON CONFLICT DO NOTHING;
