CREATE TABLE lode.condition_list (
	id TEXT NOT NULL, 
	code TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	list_type TEXT NOT NULL, 
	publisher TEXT, 
	basis TEXT, 
	kinds_covered TEXT[] DEFAULT '{}' NOT NULL, 
	scope TEXT, 
	country TEXT, 
	provinces_covered TEXT[] DEFAULT '{}' NOT NULL, 
	exists_from DATE, 
	complete_up_to DATE, 
	url TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_condition_list PRIMARY KEY (id), 
	CONSTRAINT ck_condition_list_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_condition_list_since_version ON lode.condition_list (since_version);
COMMENT ON TABLE lode.condition_list IS 'Public lists of organisations that meet the conditions of an instrument, with scope and coverage.';
CREATE TABLE lode_history.condition_list (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	code TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	list_type TEXT, 
	publisher TEXT, 
	basis TEXT, 
	kinds_covered TEXT[], 
	scope TEXT, 
	country TEXT, 
	provinces_covered TEXT[], 
	exists_from DATE, 
	complete_up_to DATE, 
	url TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_condition_list ON lode_history.condition_list (id);
CREATE INDEX ix_history_condition_list_since_version ON lode_history.condition_list (since_version);
CREATE INDEX ix_history_condition_list_until_version ON lode_history.condition_list (until_version);
COMMENT ON TABLE lode_history.condition_list IS 'Earlier rows of condition_list.';
ALTER TABLE lode.condition_list ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.condition_list TO lode_import;
GRANT SELECT ON lode.condition_list TO lode_site;
GRANT SELECT ON lode_history.condition_list TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('condition-lists', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.list_batch (
	id TEXT NOT NULL, 
	list TEXT NOT NULL, 
	number INTEGER, 
	number_last INTEGER, 
	act TEXT, 
	consultation_act TEXT, 
	published TEXT, 
	count_stated INTEGER, 
	url TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_list_batch PRIMARY KEY (id), 
	CONSTRAINT ck_list_batch_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_list_batch_list_number ON lode.list_batch (list, number);
CREATE INDEX ix_list_batch_since_version ON lode.list_batch (since_version);
COMMENT ON TABLE lode.list_batch IS 'Publications of condition lists: number, act, consultation, date, and the number of entries that the act states.';
CREATE TABLE lode_history.list_batch (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	list TEXT, 
	number INTEGER, 
	number_last INTEGER, 
	act TEXT, 
	consultation_act TEXT, 
	published TEXT, 
	count_stated INTEGER, 
	url TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_list_batch ON lode_history.list_batch (id);
CREATE INDEX ix_history_list_batch_since_version ON lode_history.list_batch (since_version);
CREATE INDEX ix_history_list_batch_until_version ON lode_history.list_batch (until_version);
COMMENT ON TABLE lode_history.list_batch IS 'Earlier rows of list_batch.';
ALTER TABLE lode.list_batch ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.list_batch TO lode_import;
GRANT SELECT ON lode.list_batch TO lode_site;
GRANT SELECT ON lode_history.list_batch TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('list-batches', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.list_entry (
	id TEXT NOT NULL, 
	list TEXT NOT NULL, 
	batch INTEGER, 
	serial INTEGER, 
	name_as_printed TEXT NOT NULL, 
	name_as_printed_uscc TEXT, 
	province_as_printed TEXT NOT NULL, 
	country TEXT, 
	division TEXT, 
	scope_as_printed TEXT, 
	project TEXT, 
	entry_kind TEXT[] DEFAULT '{}' NOT NULL, 
	valid_from DATE, 
	valid_to DATE, 
	state TEXT DEFAULT 'listed' NOT NULL, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_list_entry PRIMARY KEY (id), 
	CONSTRAINT ck_list_entry_ends_after_it_begins CHECK (valid_to >= valid_from), 
	CONSTRAINT ck_list_entry_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_list_entry_list_batch ON lode.list_entry (list, batch);
CREATE INDEX ix_list_entry_name_as_printed ON lode.list_entry (name_as_printed);
CREATE INDEX ix_list_entry_since_version ON lode.list_entry (since_version);
COMMENT ON TABLE lode.list_entry IS 'Organisations on condition lists, as printed, with batch, kind and state.';
CREATE TABLE lode_history.list_entry (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	list TEXT, 
	batch INTEGER, 
	serial INTEGER, 
	name_as_printed TEXT, 
	name_as_printed_uscc TEXT, 
	province_as_printed TEXT, 
	country TEXT, 
	division TEXT, 
	scope_as_printed TEXT, 
	project TEXT, 
	entry_kind TEXT[], 
	valid_from DATE, 
	valid_to DATE, 
	state TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_list_entry ON lode_history.list_entry (id);
CREATE INDEX ix_history_list_entry_since_version ON lode_history.list_entry (since_version);
CREATE INDEX ix_history_list_entry_until_version ON lode_history.list_entry (until_version);
COMMENT ON TABLE lode_history.list_entry IS 'Earlier rows of list_entry.';
ALTER TABLE lode.list_entry ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.list_entry TO lode_import;
GRANT SELECT ON lode.list_entry TO lode_site;
GRANT SELECT ON lode_history.list_entry TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('list-entries', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.list_event (
	id TEXT NOT NULL, 
	list TEXT NOT NULL, 
	batch INTEGER, 
	name_as_printed TEXT NOT NULL, 
	name_as_printed_uscc TEXT, 
	event TEXT NOT NULL, 
	date DATE NOT NULL, 
	act TEXT, 
	reason TEXT, 
	entry_kind TEXT[] DEFAULT '{}' NOT NULL, 
	new_name TEXT, 
	new_province TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_list_event PRIMARY KEY (id), 
	CONSTRAINT ck_list_event_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_list_event_list_date ON lode.list_event (list, date);
CREATE INDEX ix_list_event_since_version ON lode.list_event (since_version);
COMMENT ON TABLE lode.list_event IS 'Changes of entries of condition lists: renamed, moved, under rectification, suspended, withdrawn, listed again.';
CREATE TABLE lode_history.list_event (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	list TEXT, 
	batch INTEGER, 
	name_as_printed TEXT, 
	name_as_printed_uscc TEXT, 
	event TEXT, 
	date DATE, 
	act TEXT, 
	reason TEXT, 
	entry_kind TEXT[], 
	new_name TEXT, 
	new_province TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_list_event ON lode_history.list_event (id);
CREATE INDEX ix_history_list_event_since_version ON lode_history.list_event (since_version);
CREATE INDEX ix_history_list_event_until_version ON lode_history.list_event (until_version);
COMMENT ON TABLE lode_history.list_event IS 'Earlier rows of list_event.';
ALTER TABLE lode.list_event ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.list_event TO lode_import;
GRANT SELECT ON lode.list_event TO lode_site;
GRANT SELECT ON lode_history.list_event TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('list-events', 0, 0, 0) ON CONFLICT DO NOTHING;
