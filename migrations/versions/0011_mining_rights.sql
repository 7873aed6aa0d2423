CREATE TABLE lode.mining_right (
	id TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	right_no TEXT, 
	former_nos TEXT[] DEFAULT '{}' NOT NULL, 
	right_kind TEXT, 
	right_kind_reported TEXT, 
	status TEXT DEFAULT 'unknown' NOT NULL, 
	status_reported TEXT, 
	valid_from TEXT, 
	valid_to TEXT, 
	granted_on TEXT, 
	granting_authority TEXT, 
	holder TEXT, 
	holder_kind TEXT, 
	holder_uscc TEXT, 
	main_commodity TEXT, 
	commodities TEXT[] DEFAULT '{}' NOT NULL, 
	minerals_reported TEXT, 
	exploration_stage TEXT, 
	mining_method TEXT, 
	design_scale DOUBLE PRECISION, 
	design_scale_unit TEXT, 
	scale_class TEXT, 
	area_km2_reported DOUBLE PRECISION, 
	area_km2_computed DOUBLE PRECISION, 
	elevation_top_m DOUBLE PRECISION, 
	elevation_bottom_m DOUBLE PRECISION, 
	obtained_by TEXT, 
	act TEXT, 
	country TEXT, 
	division TEXT, 
	location TEXT, 
	locality TEXT, 
	position_accuracy_m DOUBLE PRECISION, 
	information_date TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	corners_reported TEXT, 
	corners_crs TEXT, 
	geom geometry(MULTIPOLYGON,4326) NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_mining_right PRIMARY KEY (id), 
	CONSTRAINT ck_mining_right_valid CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= left(valid_from, length(valid_to))), 
	CONSTRAINT ck_mining_right_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_mining_right_commodities ON lode.mining_right USING gin (commodities);
CREATE INDEX ix_mining_right_geom ON lode.mining_right USING gist (geom);
CREATE INDEX ix_mining_right_holder ON lode.mining_right (holder);
CREATE INDEX ix_mining_right_right_no ON lode.mining_right (right_no);
CREATE INDEX ix_mining_right_since_version ON lode.mining_right (since_version);
COMMENT ON TABLE lode.mining_right IS 'Exploration and mining rights: their ground, holder, minerals and term. Lapsed rights stay.';
CREATE TABLE lode_history.mining_right (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	right_no TEXT, 
	former_nos TEXT[], 
	right_kind TEXT, 
	right_kind_reported TEXT, 
	status TEXT, 
	status_reported TEXT, 
	valid_from TEXT, 
	valid_to TEXT, 
	granted_on TEXT, 
	granting_authority TEXT, 
	holder TEXT, 
	holder_kind TEXT, 
	holder_uscc TEXT, 
	main_commodity TEXT, 
	commodities TEXT[], 
	minerals_reported TEXT, 
	exploration_stage TEXT, 
	mining_method TEXT, 
	design_scale DOUBLE PRECISION, 
	design_scale_unit TEXT, 
	scale_class TEXT, 
	area_km2_reported DOUBLE PRECISION, 
	area_km2_computed DOUBLE PRECISION, 
	elevation_top_m DOUBLE PRECISION, 
	elevation_bottom_m DOUBLE PRECISION, 
	obtained_by TEXT, 
	act TEXT, 
	country TEXT, 
	division TEXT, 
	location TEXT, 
	locality TEXT, 
	position_accuracy_m DOUBLE PRECISION, 
	information_date TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	corners_reported TEXT, 
	corners_crs TEXT, 
	geom geometry(MULTIPOLYGON,4326) NOT NULL, 
	since_version INTEGER
);
CREATE INDEX ix_history_mining_right ON lode_history.mining_right (id);
CREATE INDEX ix_history_mining_right_since_version ON lode_history.mining_right (since_version);
CREATE INDEX ix_history_mining_right_until_version ON lode_history.mining_right (until_version);
COMMENT ON TABLE lode_history.mining_right IS 'Earlier rows of mining_right.';
ALTER TABLE lode.mining_right ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.mining_right TO lode_import;
GRANT SELECT ON lode.mining_right TO lode_site;
GRANT SELECT ON lode_history.mining_right TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('mining-rights', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.right_event (
	id TEXT NOT NULL, 
	right_no TEXT NOT NULL, 
	event_type TEXT NOT NULL, 
	event_date TEXT, 
	value_before TEXT, 
	value_after TEXT, 
	holder TEXT, 
	holder_kind TEXT, 
	holder_uscc TEXT, 
	valid_to TEXT, 
	act TEXT, 
	url TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_right_event PRIMARY KEY (id), 
	CONSTRAINT ck_right_event_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_right_event_right_no ON lode.right_event (right_no);
CREATE INDEX ix_right_event_since_version ON lode.right_event (since_version);
COMMENT ON TABLE lode.right_event IS 'Grants, extensions, changes, transfers, lapses and revocations of mining rights.';
CREATE TABLE lode_history.right_event (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	right_no TEXT, 
	event_type TEXT, 
	event_date TEXT, 
	value_before TEXT, 
	value_after TEXT, 
	holder TEXT, 
	holder_kind TEXT, 
	holder_uscc TEXT, 
	valid_to TEXT, 
	act TEXT, 
	url TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_right_event ON lode_history.right_event (id);
CREATE INDEX ix_history_right_event_since_version ON lode_history.right_event (since_version);
CREATE INDEX ix_history_right_event_until_version ON lode_history.right_event (until_version);
COMMENT ON TABLE lode_history.right_event IS 'Earlier rows of right_event.';
ALTER TABLE lode.right_event ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.right_event TO lode_import;
GRANT SELECT ON lode.right_event TO lode_site;
GRANT SELECT ON lode_history.right_event TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('right-events', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.right_sale (
	id TEXT NOT NULL, 
	name_en TEXT, 
	name_zh TEXT, 
	notice_no TEXT, 
	notice_type TEXT NOT NULL, 
	notice_date TEXT, 
	right_no TEXT, 
	right_kind TEXT, 
	main_commodity TEXT, 
	commodities TEXT[] DEFAULT '{}' NOT NULL, 
	minerals_reported TEXT, 
	area_km2 DOUBLE PRECISION, 
	exploration_stage TEXT, 
	exploration_degree TEXT, 
	start_price_10k_cny DOUBLE PRECISION, 
	deposit_10k_cny DOUBLE PRECISION, 
	deal_price_10k_cny DOUBLE PRECISION, 
	deal_to_start_ratio DOUBLE PRECISION, 
	price_per_km2_10k_cny DOUBLE PRECISION, 
	rate_pct DOUBLE PRECISION, 
	term_years DOUBLE PRECISION, 
	registration_from TEXT, 
	registration_to TEXT, 
	bidding_from TEXT, 
	bidding_to TEXT, 
	publicity_from TEXT, 
	publicity_to TEXT, 
	seller TEXT, 
	seller_kind TEXT, 
	seller_uscc TEXT, 
	winner TEXT, 
	winner_kind TEXT, 
	winner_uscc TEXT, 
	valid_from TEXT, 
	valid_to TEXT, 
	act TEXT, 
	url TEXT, 
	country TEXT, 
	division TEXT, 
	location TEXT, 
	locality TEXT, 
	information_date TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_right_sale PRIMARY KEY (id), 
	CONSTRAINT ck_right_sale_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_right_sale_right_no ON lode.right_sale (right_no);
CREATE INDEX ix_right_sale_since_version ON lode.right_sale (since_version);
COMMENT ON TABLE lode.right_sale IS 'Notices and results of sales and transfers of mining rights. A starting price follows from area and coefficients, not from reserves.';
CREATE TABLE lode_history.right_sale (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	name_en TEXT, 
	name_zh TEXT, 
	notice_no TEXT, 
	notice_type TEXT, 
	notice_date TEXT, 
	right_no TEXT, 
	right_kind TEXT, 
	main_commodity TEXT, 
	commodities TEXT[], 
	minerals_reported TEXT, 
	area_km2 DOUBLE PRECISION, 
	exploration_stage TEXT, 
	exploration_degree TEXT, 
	start_price_10k_cny DOUBLE PRECISION, 
	deposit_10k_cny DOUBLE PRECISION, 
	deal_price_10k_cny DOUBLE PRECISION, 
	deal_to_start_ratio DOUBLE PRECISION, 
	price_per_km2_10k_cny DOUBLE PRECISION, 
	rate_pct DOUBLE PRECISION, 
	term_years DOUBLE PRECISION, 
	registration_from TEXT, 
	registration_to TEXT, 
	bidding_from TEXT, 
	bidding_to TEXT, 
	publicity_from TEXT, 
	publicity_to TEXT, 
	seller TEXT, 
	seller_kind TEXT, 
	seller_uscc TEXT, 
	winner TEXT, 
	winner_kind TEXT, 
	winner_uscc TEXT, 
	valid_from TEXT, 
	valid_to TEXT, 
	act TEXT, 
	url TEXT, 
	country TEXT, 
	division TEXT, 
	location TEXT, 
	locality TEXT, 
	information_date TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	since_version INTEGER
);
CREATE INDEX ix_history_right_sale ON lode_history.right_sale (id);
CREATE INDEX ix_history_right_sale_since_version ON lode_history.right_sale (since_version);
CREATE INDEX ix_history_right_sale_until_version ON lode_history.right_sale (until_version);
COMMENT ON TABLE lode_history.right_sale IS 'Earlier rows of right_sale.';
ALTER TABLE lode.right_sale ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.right_sale TO lode_import;
GRANT SELECT ON lode.right_sale TO lode_site;
GRANT SELECT ON lode_history.right_sale TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('right-sales', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.right_disclosure (
	id TEXT NOT NULL, 
	right_no TEXT NOT NULL, 
	year INTEGER NOT NULL, 
	mine_state TEXT, 
	ore_mined_t DOUBLE PRECISION, 
	reserves_used_t DOUBLE PRECISION, 
	ore_treated_t DOUBLE PRECISION, 
	head_grade_pct DOUBLE PRECISION, 
	concentrate_t DOUBLE PRECISION, 
	concentrate_grade_pct DOUBLE PRECISION, 
	mining_recovery_pct DOUBLE PRECISION, 
	processing_recovery_pct DOUBLE PRECISION, 
	utilisation_pct DOUBLE PRECISION, 
	spending_10k_cny DOUBLE PRECISION, 
	drilled_m DOUBLE PRECISION, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_right_disclosure PRIMARY KEY (id), 
	CONSTRAINT ck_right_disclosure_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_right_disclosure_right_no ON lode.right_disclosure (right_no, year);
CREATE INDEX ix_right_disclosure_since_version ON lode.right_disclosure (since_version);
COMMENT ON TABLE lode.right_disclosure IS 'What holders of mining rights disclose each year: spending, drilling, ore mined and treated, rates of recovery.';
CREATE TABLE lode_history.right_disclosure (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	right_no TEXT, 
	year INTEGER, 
	mine_state TEXT, 
	ore_mined_t DOUBLE PRECISION, 
	reserves_used_t DOUBLE PRECISION, 
	ore_treated_t DOUBLE PRECISION, 
	head_grade_pct DOUBLE PRECISION, 
	concentrate_t DOUBLE PRECISION, 
	concentrate_grade_pct DOUBLE PRECISION, 
	mining_recovery_pct DOUBLE PRECISION, 
	processing_recovery_pct DOUBLE PRECISION, 
	utilisation_pct DOUBLE PRECISION, 
	spending_10k_cny DOUBLE PRECISION, 
	drilled_m DOUBLE PRECISION, 
	sources TEXT[], 
	flags TEXT[], 
	since_version INTEGER
);
CREATE INDEX ix_history_right_disclosure ON lode_history.right_disclosure (id);
CREATE INDEX ix_history_right_disclosure_since_version ON lode_history.right_disclosure (since_version);
CREATE INDEX ix_history_right_disclosure_until_version ON lode_history.right_disclosure (until_version);
COMMENT ON TABLE lode_history.right_disclosure IS 'Earlier rows of right_disclosure.';
ALTER TABLE lode.right_disclosure ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.right_disclosure TO lode_import;
GRANT SELECT ON lode.right_disclosure TO lode_site;
GRANT SELECT ON lode_history.right_disclosure TO lode_import, lode_site;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('right-disclosures', 0, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE lode.withheld_name (
	source TEXT NOT NULL, 
	key TEXT NOT NULL, 
	field TEXT NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_withheld_name PRIMARY KEY (source, key, field, name)
);
COMMENT ON TABLE lode.withheld_name IS 'Names of natural persons, which rows and records do not have: only imports write and read them.';
GRANT SELECT, INSERT, DELETE ON lode.withheld_name TO lode_import;
