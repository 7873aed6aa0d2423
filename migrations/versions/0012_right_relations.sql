CREATE TABLE lode.right_cover (
	right_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	certainty TEXT NOT NULL, 
	CONSTRAINT pk_right_cover PRIMARY KEY (right_id, record_id), 
	CONSTRAINT ck_right_cover_certainty CHECK (certainty IN ('surely', 'possibly'))
);
CREATE INDEX ix_right_cover_record_id ON lode.right_cover (record_id);
COMMENT ON TABLE lode.right_cover IS 'Deposits, prospects and projects inside the ground of mining rights, by the accuracy of their positions.';
GRANT SELECT ON lode.right_cover TO lode_import, lode_site;
CREATE TABLE lode.right_overlap (
	right_id TEXT NOT NULL, 
	other_id TEXT NOT NULL, 
	area_km2 DOUBLE PRECISION NOT NULL, 
	depth TEXT NOT NULL, 
	CONSTRAINT pk_right_overlap PRIMARY KEY (right_id, other_id), 
	CONSTRAINT ck_right_overlap_once CHECK (right_id < other_id), 
	CONSTRAINT ck_right_overlap_depth CHECK (depth IN ('shared', 'apart', 'not-known'))
);
CREATE INDEX ix_right_overlap_other_id ON lode.right_overlap (other_id);
COMMENT ON TABLE lode.right_overlap IS 'Pairs of mining rights with common ground; two rights may lie over each other at different depths.';
GRANT SELECT ON lode.right_overlap TO lode_import, lode_site;
