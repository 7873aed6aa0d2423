CREATE TABLE lode.drill_hole (
	id TEXT NOT NULL, 
	hole_id TEXT NOT NULL, 
	project TEXT, 
	deposit TEXT, 
	elevation_m DOUBLE PRECISION, 
	azimuth_deg DOUBLE PRECISION, 
	dip_deg DOUBLE PRECISION, 
	azimuth_reference TEXT, 
	depth_m DOUBLE PRECISION, 
	trace_basis TEXT, 
	drilling_type TEXT, 
	drilling_type_reported TEXT, 
	drilled TEXT, 
	operator TEXT, 
	operator_kind TEXT, 
	operator_uscc TEXT, 
	country TEXT, 
	division TEXT, 
	position_accuracy_m DOUBLE PRECISION, 
	position_method TEXT, 
	coord_original TEXT, 
	coord_crs TEXT, 
	figures_reported TEXT[], 
	information_date TEXT, 
	sources TEXT[] NOT NULL, 
	flags TEXT[] DEFAULT '{}' NOT NULL, 
	note_en TEXT, 
	note_zh TEXT, 
	geom geometry(POINT,4326), 
	place BIGINT GENERATED ALWAYS AS (lode.morton_code(geom)) STORED, 
	since_version INTEGER NOT NULL, 
	CONSTRAINT pk_drill_hole PRIMARY KEY (id), 
	CONSTRAINT ck_drill_hole_position_has_method CHECK (geom IS NULL OR position_method IS NOT NULL), 
	CONSTRAINT ck_drill_hole_accuracy_not_negative CHECK (position_accuracy_m >= 0), 
	CONSTRAINT ck_drill_hole_on_the_globe CHECK (geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)), 
	CONSTRAINT ck_drill_hole_has_source CHECK (cardinality(sources) > 0)
);
CREATE INDEX ix_drill_hole_geom ON lode.drill_hole USING gist (geom);
CREATE INDEX ix_drill_hole_hole_id ON lode.drill_hole (hole_id);
CREATE INDEX ix_drill_hole_place ON lode.drill_hole (place, id);
CREATE INDEX ix_drill_hole_since_version ON lode.drill_hole (since_version);
COMMENT ON TABLE lode.drill_hole IS 'Collars of drill holes: position, elevation, azimuth, dip, depth, type of drilling and date.';
CREATE TABLE lode_history.drill_hole (
	until_version INTEGER NOT NULL, 
	id TEXT, 
	hole_id TEXT, 
	project TEXT, 
	deposit TEXT, 
	elevation_m DOUBLE PRECISION, 
	azimuth_deg DOUBLE PRECISION, 
	dip_deg DOUBLE PRECISION, 
	azimuth_reference TEXT, 
	depth_m DOUBLE PRECISION, 
	trace_basis TEXT, 
	drilling_type TEXT, 
	drilling_type_reported TEXT, 
	drilled TEXT, 
	operator TEXT, 
	operator_kind TEXT, 
	operator_uscc TEXT, 
	country TEXT, 
	division TEXT, 
	position_accuracy_m DOUBLE PRECISION, 
	position_method TEXT, 
	coord_original TEXT, 
	coord_crs TEXT, 
	figures_reported TEXT[], 
	information_date TEXT, 
	sources TEXT[], 
	flags TEXT[], 
	note_en TEXT, 
	note_zh TEXT, 
	geom geometry(POINT,4326), 
	place BIGINT, 
	since_version INTEGER
);
CREATE INDEX ix_history_drill_hole ON lode_history.drill_hole (id);
CREATE INDEX ix_history_drill_hole_since_version ON lode_history.drill_hole (since_version);
CREATE INDEX ix_history_drill_hole_until_version ON lode_history.drill_hole (until_version);
COMMENT ON TABLE lode_history.drill_hole IS 'Earlier rows of drill_hole.';
ALTER TABLE lode.drill_hole ALTER since_version SET DEFAULT lode.current_version();
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.drill_hole TO lode_import;
GRANT SELECT ON lode.drill_hole TO lode_site;
GRANT SELECT ON lode_history.drill_hole TO lode_import, lode_site;
GRANT UPDATE ON lode_history.drill_hole TO lode_import;
INSERT INTO lode.collection_state (collection, version, n, located) VALUES ('drill-holes', 0, 0, 0) ON CONFLICT DO NOTHING;
