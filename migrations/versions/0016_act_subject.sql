CREATE TABLE lode.act_subject (
	id TEXT NOT NULL, 
	act TEXT NOT NULL, 
	role TEXT NOT NULL, 
	collection TEXT NOT NULL, 
	record TEXT NOT NULL, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_act_subject PRIMARY KEY (id), 
	CONSTRAINT ck_act_subject_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_act_subject_since_version ON lode.act_subject (since_version);
COMMENT ON TABLE lode.act_subject IS 'Records of any kind that an official act concerns, each with what the act does: approves, grants, sells, withdraws.';
CREATE TABLE lode_history.act_subject (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	act TEXT, 
	role TEXT, 
	collection TEXT, 
	record TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_act_subject ON lode_history.act_subject (id);
CREATE INDEX ix_history_act_subject_since_version ON lode_history.act_subject (since_version);
CREATE INDEX ix_history_act_subject_until_version ON lode_history.act_subject (until_version);
COMMENT ON TABLE lode_history.act_subject IS 'Earlier rows of act_subject.';
ALTER TABLE lode.act_subject ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.act_subject TO lode_import;
GRANT SELECT ON lode.act_subject TO lode_site;
GRANT SELECT ON lode_history.act_subject TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('act-subjects', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE INDEX ix_act_subject_act ON lode.act_subject (act);
CREATE INDEX ix_act_subject_record ON lode.act_subject (record);
