CREATE TABLE lode.official_act (
	id TEXT NOT NULL, 
	title_en TEXT, 
	title_zh TEXT, 
	act_type TEXT NOT NULL, 
	number TEXT, 
	issuer TEXT, 
	issuer_uscc TEXT, 
	status TEXT, 
	issued_on TEXT, 
	published_on TEXT, 
	effective_on TEXT, 
	expires_on TEXT, 
	replaces TEXT[] DEFAULT '{}' NOT NULL, 
	country TEXT, 
	division TEXT, 
	url TEXT, 
	retrieved_at TEXT, 
	attachment_sha256 TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	text TEXT, 
	search_text TEXT NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_official_act PRIMARY KEY (id), 
	CONSTRAINT ck_official_act_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_official_act_number ON lode.official_act (number);
CREATE INDEX ix_official_act_since_version ON lode.official_act (since_version);
COMMENT ON TABLE lode.official_act IS 'Announcements, notices, approvals and permits of authorities, with number, issuer, dates and text.';
CREATE TABLE lode_history.official_act (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	title_en TEXT, 
	title_zh TEXT, 
	act_type TEXT, 
	number TEXT, 
	issuer TEXT, 
	issuer_uscc TEXT, 
	status TEXT, 
	issued_on TEXT, 
	published_on TEXT, 
	effective_on TEXT, 
	expires_on TEXT, 
	replaces TEXT[], 
	country TEXT, 
	division TEXT, 
	url TEXT, 
	retrieved_at TEXT, 
	attachment_sha256 TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	text TEXT, 
	search_text TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_official_act ON lode_history.official_act (id);
CREATE INDEX ix_history_official_act_since_version ON lode_history.official_act (since_version);
CREATE INDEX ix_history_official_act_until_version ON lode_history.official_act (until_version);
COMMENT ON TABLE lode_history.official_act IS 'Earlier rows of official_act.';
ALTER TABLE lode.official_act ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.official_act TO lode_import;
GRANT SELECT ON lode.official_act TO lode_site;
GRANT SELECT ON lode_history.official_act TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('official-acts', 0, 0, 0) ON CONFLICT DO NOTHING;
