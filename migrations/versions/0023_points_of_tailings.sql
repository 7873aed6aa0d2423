ALTER TABLE lode.tailings_facility
  ADD position_accuracy_m DOUBLE PRECISION,
  ADD position_method TEXT,
  ADD coord_original TEXT,
  ADD coord_crs TEXT,
  ADD geom geometry(POINT,4326);
ALTER TABLE lode_history.tailings_facility
  ADD position_accuracy_m DOUBLE PRECISION,
  ADD position_method TEXT,
  ADD coord_original TEXT,
  ADD coord_crs TEXT,
  ADD geom geometry(POINT,4326);
UPDATE lode.tailings_facility SET
  geom = ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), position_method = 'approximate',
  coord_original = longitude || ', ' || latitude, coord_crs = 'EPSG:4326'
WHERE longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90;
UPDATE lode_history.tailings_facility SET
  geom = ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), position_method = 'approximate',
  coord_original = longitude || ', ' || latitude, coord_crs = 'EPSG:4326'
WHERE longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90;
ALTER TABLE lode.tailings_facility
  DROP COLUMN longitude,
  DROP COLUMN latitude,
  ADD place BIGINT GENERATED ALWAYS AS (lode.morton_code(geom)) STORED,
  ADD CONSTRAINT ck_tailings_facility_position_has_method CHECK (geom IS NULL OR position_method IS NOT NULL),
  ADD CONSTRAINT ck_tailings_facility_accuracy_not_negative CHECK (position_accuracy_m >= 0),
  ADD CONSTRAINT ck_tailings_facility_on_the_globe CHECK (geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90));
ALTER TABLE lode_history.tailings_facility
  DROP COLUMN longitude,
  DROP COLUMN latitude,
  ADD place BIGINT;
CREATE INDEX ix_tailings_facility_geom ON lode.tailings_facility USING gist (geom);
CREATE INDEX ix_tailings_facility_place ON lode.tailings_facility (place, id);
UPDATE lode.collection_state SET (located, west, south, east, north) = (
  SELECT count(geom), min(ST_X(geom)), min(ST_Y(geom)), max(ST_X(geom)), max(ST_Y(geom)) FROM lode.tailings_facility
) WHERE collection = 'tailings-facilities';
