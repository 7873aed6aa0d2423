CREATE TABLE lode.drill_survey (
	id TEXT NOT NULL, 
	hole_id TEXT NOT NULL, 
	depth_m DOUBLE PRECISION NOT NULL, 
	azimuth_deg DOUBLE PRECISION, 
	dip_deg DOUBLE PRECISION NOT NULL, 
	survey_method TEXT, 
	figures_reported TEXT[], 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_drill_survey PRIMARY KEY (id), 
	CONSTRAINT ck_drill_survey_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_drill_survey_hole_id ON lode.drill_survey (hole_id);
CREATE INDEX ix_drill_survey_since_version ON lode.drill_survey (since_version);
COMMENT ON TABLE lode.drill_survey IS 'Azimuth and dip of drill holes by depth, as surveyed.';
CREATE TABLE lode_history.drill_survey (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	hole_id TEXT, 
	depth_m DOUBLE PRECISION, 
	azimuth_deg DOUBLE PRECISION, 
	dip_deg DOUBLE PRECISION, 
	survey_method TEXT, 
	figures_reported TEXT[], 
	sources TEXT[], 
	flags TEXT[], 
	since_version INTEGER
);
CREATE INDEX ix_history_drill_survey ON lode_history.drill_survey (id);
CREATE INDEX ix_history_drill_survey_since_version ON lode_history.drill_survey (since_version);
CREATE INDEX ix_history_drill_survey_until_version ON lode_history.drill_survey (until_version);
COMMENT ON TABLE lode_history.drill_survey IS 'Earlier rows of drill_survey.';
ALTER TABLE lode.drill_survey ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.drill_survey TO lode_import;
GRANT SELECT ON lode.drill_survey TO lode_site;
GRANT SELECT ON lode_history.drill_survey TO lode_import, lode_site;
GRANT UPDATE ON lode_history.drill_survey TO lode_import;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('drill-surveys', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.drill_interval (
	id TEXT NOT NULL, 
	hole_id TEXT NOT NULL, 
	from_m DOUBLE PRECISION NOT NULL, 
	to_m DOUBLE PRECISION NOT NULL, 
	sample TEXT, 
	lithology TEXT, 
	lithology_code TEXT, 
	analyte TEXT, 
	commodity TEXT, 
	grade_pct DOUBLE PRECISION, 
	grade_pct_qualifier TEXT, 
	grade_pct_bound DOUBLE PRECISION, 
	grade_pct_unit TEXT, 
	core_recovery_pct DOUBLE PRECISION, 
	figures_reported TEXT[], 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_drill_interval PRIMARY KEY (id), 
	CONSTRAINT ck_drill_interval_depths CHECK (from_m >= 0 AND to_m > from_m), 
	CONSTRAINT ck_drill_interval_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_drill_interval_hole_id ON lode.drill_interval (hole_id);
CREATE INDEX ix_drill_interval_since_version ON lode.drill_interval (since_version);
COMMENT ON TABLE lode.drill_interval IS 'Intervals of drill holes with rock, sample and the grade of one element or oxide each.';
CREATE TABLE lode_history.drill_interval (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	hole_id TEXT, 
	from_m DOUBLE PRECISION, 
	to_m DOUBLE PRECISION, 
	sample TEXT, 
	lithology TEXT, 
	lithology_code TEXT, 
	analyte TEXT, 
	commodity TEXT, 
	grade_pct DOUBLE PRECISION, 
	grade_pct_qualifier TEXT, 
	grade_pct_bound DOUBLE PRECISION, 
	grade_pct_unit TEXT, 
	core_recovery_pct DOUBLE PRECISION, 
	figures_reported TEXT[], 
	sources TEXT[], 
	flags TEXT[], 
	since_version INTEGER
);
CREATE INDEX ix_history_drill_interval ON lode_history.drill_interval (id);
CREATE INDEX ix_history_drill_interval_since_version ON lode_history.drill_interval (since_version);
CREATE INDEX ix_history_drill_interval_until_version ON lode_history.drill_interval (until_version);
COMMENT ON TABLE lode_history.drill_interval IS 'Earlier rows of drill_interval.';
ALTER TABLE lode.drill_interval ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.drill_interval TO lode_import;
GRANT SELECT ON lode.drill_interval TO lode_site;
GRANT SELECT ON lode_history.drill_interval TO lode_import, lode_site;
GRANT UPDATE ON lode_history.drill_interval TO lode_import;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('drill-intervals', 0, 0, 0) ON CONFLICT DO NOTHING;
