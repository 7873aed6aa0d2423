CREATE TABLE lode.organisation (
	id TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	aliases TEXT[] DEFAULT '{}' NOT NULL, 
	former_names TEXT[] DEFAULT '{}' NOT NULL, 
	short_names TEXT[] DEFAULT '{}' NOT NULL, 
	organisation_kind TEXT, 
	uscc TEXT, 
	lei TEXT, 
	parent TEXT, 
	parent_uscc TEXT, 
	group_name TEXT, 
	country TEXT, 
	division TEXT, 
	derived BOOLEAN, 
	information_date TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	search_text TEXT NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_organisation PRIMARY KEY (id), 
	CONSTRAINT ck_organisation_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_organisation_since_version ON lode.organisation (since_version);
CREATE INDEX ix_organisation_uscc ON lode.organisation (uscc);
COMMENT ON TABLE lode.organisation IS 'Enterprises, state geological units and authorities, with their former and short names and codes.';
CREATE TABLE lode_history.organisation (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	aliases TEXT[], 
	former_names TEXT[], 
	short_names TEXT[], 
	organisation_kind TEXT, 
	uscc TEXT, 
	lei TEXT, 
	parent TEXT, 
	parent_uscc TEXT, 
	group_name TEXT, 
	country TEXT, 
	division TEXT, 
	derived BOOLEAN, 
	information_date TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	search_text TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_organisation ON lode_history.organisation (id);
CREATE INDEX ix_history_organisation_since_version ON lode_history.organisation (since_version);
CREATE INDEX ix_history_organisation_until_version ON lode_history.organisation (until_version);
COMMENT ON TABLE lode_history.organisation IS 'Earlier rows of organisation.';
ALTER TABLE lode.organisation ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.organisation TO lode_import;
GRANT SELECT ON lode.organisation TO lode_site;
GRANT SELECT ON lode_history.organisation TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('organisations', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.organisation_name (
	organisation_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	form TEXT NOT NULL, 
	comparable TEXT NOT NULL, 
	short TEXT NOT NULL, 
	CONSTRAINT pk_organisation_name PRIMARY KEY (organisation_id, form, name)
);
CREATE INDEX ix_organisation_name_comparable ON lode.organisation_name (comparable);
CREATE INDEX ix_organisation_name_short ON lode.organisation_name (short);
COMMENT ON TABLE lode.organisation_name IS 'Each name of an organisation (exact, former, short) in the forms in which names are compared.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.organisation_name TO lode_import;
GRANT SELECT ON lode.organisation_name TO lode_site, lode_desk;
CREATE TABLE lode.organisation_mention (
	record_kind TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	name TEXT NOT NULL, 
	other_name TEXT, 
	uscc TEXT, 
	country TEXT, 
	division TEXT, 
	comparable TEXT NOT NULL, 
	short TEXT NOT NULL, 
	other_comparable TEXT, 
	other_short TEXT, 
	sources TEXT[] NOT NULL, 
	organisation_id TEXT, 
	method TEXT, 
	score DOUBLE PRECISION, 
	judged_by TEXT, 
	CONSTRAINT pk_organisation_mention PRIMARY KEY (record_kind, record_id, role, name)
);
CREATE INDEX ix_organisation_mention_open ON lode.organisation_mention (comparable) WHERE organisation_id IS NULL;
CREATE INDEX ix_organisation_mention_organisation_id ON lode.organisation_mention (organisation_id);
CREATE INDEX ix_organisation_mention_other_short ON lode.organisation_mention (other_short);
CREATE INDEX ix_organisation_mention_short ON lode.organisation_mention (short);
CREATE INDEX ix_organisation_mention_uscc ON lode.organisation_mention (uscc) WHERE uscc IS NOT NULL;
COMMENT ON TABLE lode.organisation_mention IS 'Where a record names an organisation: the name as printed, and the organisation it was matched to, with method.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.organisation_mention TO lode_import;
GRANT SELECT ON lode.organisation_mention TO lode_site, lode_desk;
CREATE TABLE lode.organisation_decision (
	comparable TEXT NOT NULL, 
	country TEXT NOT NULL, 
	organisation_id TEXT NOT NULL, 
	decided_by TEXT NOT NULL, 
	decided_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	reason TEXT, 
	CONSTRAINT pk_organisation_decision PRIMARY KEY (comparable, country)
);
COMMENT ON TABLE lode.organisation_decision IS 'Decisions of experts on which organisation a name means in a country; the empty country is none.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.organisation_decision TO lode_import;
GRANT SELECT ON lode.organisation_decision TO lode_site, lode_desk;
GRANT INSERT, DELETE, UPDATE ON lode.organisation_decision TO lode_desk;
