-- The store of Lode 0.1.0: schemas, tables, indexes and grants. Frozen: later changes are migrations of their own.
-- lode.morton_code and lode.current_version must exist; the other functions, the views and the triggers follow the migrations
-- (lodebase/db/functions).

GRANT USAGE ON SCHEMA lode TO lode_desk, lode_import, lode_site;
GRANT USAGE ON SCHEMA lode_history TO lode_import, lode_site;
GRANT SELECT ON lode.alembic_version TO lode_import, lode_site;
CREATE SCHEMA lode_apart;
GRANT USAGE ON SCHEMA lode_apart TO lode_import, lode_site;
CREATE SCHEMA lode_since;
GRANT USAGE ON SCHEMA lode_since TO lode_import, lode_site;
CREATE SCHEMA lode_then;
GRANT USAGE ON SCHEMA lode_then TO lode_import, lode_site;

-- Served records --------------------------------------------------------------------------------------

CREATE TABLE lode.dataset_version (
  version integer NOT NULL,
  committed_at timestamp with time zone NOT NULL,
  run_id integer,
  CONSTRAINT pk_dataset_version PRIMARY KEY (version)
);
COMMENT ON TABLE lode.dataset_version IS 'Every committed change of the data, counted.';
GRANT SELECT, UPDATE ON lode.dataset_version TO lode_import;
GRANT SELECT ON lode.dataset_version TO lode_site;

CREATE TABLE lode.deposit (
  id text NOT NULL,
  name_en text,
  name_zh text,
  aliases text[] DEFAULT '{}' NOT NULL,
  geom geometry(Point,4326),
  position_accuracy_m double precision,
  position_method text,
  coord_original text,
  coord_crs text,
  country text,
  country_reported text,
  division text,
  division_reported text,
  commodity_group text NOT NULL,
  main_commodity text NOT NULL,
  major_commodities text[] NOT NULL,
  commodities text[] NOT NULL,
  information_date text,
  access_level text DEFAULT 'public' NOT NULL,
  note_en text,
  note_zh text,
  sources text[] NOT NULL,
  value_sources jsonb,
  flags text[] DEFAULT '{}' NOT NULL,
  search_text text NOT NULL,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  occurrence_type text,
  deposit_model text,
  deposit_model_reported text,
  deposit_form text,
  host_unit text,
  age text,
  exploration_stage text,
  discovery_year integer,
  mine_status text,
  mine_status_reported text,
  mine_status_date date,
  mine_status_date_precision text,
  mine_status_source text,
  mine_status_inferred boolean,
  size_class text,
  size_standard text,
  size_commodity text,
  size_basis text,
  size_basis_value_t double precision,
  size_estimate_id text,
  place bigint GENERATED ALWAYS AS (lode.morton_code(geom)) STORED,
  CONSTRAINT pk_deposit PRIMARY KEY (id),
  CONSTRAINT ck_deposit_access_level CHECK (access_level IN ('public', 'generalised')),
  CONSTRAINT ck_deposit_accuracy_not_negative CHECK (position_accuracy_m >= 0),
  CONSTRAINT ck_deposit_has_source CHECK (cardinality(sources) > 0),
  CONSTRAINT ck_deposit_main_among_commodities CHECK (main_commodity = ANY (commodities)),
  CONSTRAINT ck_deposit_major_among_commodities CHECK (major_commodities <@ commodities),
  CONSTRAINT ck_deposit_on_the_globe CHECK (
    geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)
  ),
  CONSTRAINT ck_deposit_position_has_method CHECK (geom IS NULL OR position_method IS NOT NULL),
  CONSTRAINT ck_deposit_size_tells_its_origin CHECK (
    num_nulls(size_class, size_standard, size_commodity, size_basis, size_basis_value_t, size_estimate_id) IN (0, 6)
  ),
  CONSTRAINT ck_deposit_status_has_date_and_source CHECK (
    mine_status IS NULL OR (mine_status_reported IS NOT NULL AND mine_status_date IS NOT NULL AND
      mine_status_date_precision IS NOT NULL AND mine_status_source IS NOT NULL AND mine_status_inferred IS NOT NULL)
  ),
  CONSTRAINT ck_deposit_status_known CHECK (
    mine_status IS NULL OR mine_status IN ('operating', 'commissioning', 'intermittent', 'construction',
      'permitted', 'pre-permit', 'announced', 'suspended', 'shelved', 'cancelled', 'closed')
  )
);
COMMENT ON TABLE lode.deposit IS 'Mineral deposits, occurrences and prospects in the ground.';
CREATE INDEX ix_deposit_commodities ON lode.deposit USING gin (commodities);
CREATE INDEX ix_deposit_country_place ON lode.deposit (country, place, id);
CREATE INDEX ix_deposit_geom ON lode.deposit USING gist (geom);
CREATE INDEX ix_deposit_place ON lode.deposit (place, id) INCLUDE (commodity_group);
CREATE INDEX ix_deposit_since_version ON lode.deposit (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.deposit TO lode_import;
GRANT SELECT ON lode.deposit TO lode_site;

CREATE TABLE lode.discovery (
  id text NOT NULL,
  name_en text,
  name_zh text,
  aliases text[] DEFAULT '{}' NOT NULL,
  geom geometry(Point,4326),
  position_accuracy_m double precision,
  position_method text,
  coord_original text,
  coord_crs text,
  country text,
  country_reported text,
  division text,
  division_reported text,
  commodity_group text NOT NULL,
  main_commodity text NOT NULL,
  major_commodities text[] NOT NULL,
  commodities text[] NOT NULL,
  information_date text,
  access_level text DEFAULT 'public' NOT NULL,
  note_en text,
  note_zh text,
  sources text[] NOT NULL,
  value_sources jsonb,
  flags text[] DEFAULT '{}' NOT NULL,
  search_text text NOT NULL,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  discovery_date text,
  announced_by text,
  activity_type text,
  result text,
  exploration_stage text,
  stage_reported text,
  deposit_model text,
  deposit_model_reported text,
  deposit_form text,
  place bigint GENERATED ALWAYS AS (lode.morton_code(geom)) STORED,
  CONSTRAINT pk_discovery PRIMARY KEY (id),
  CONSTRAINT ck_discovery_access_level CHECK (access_level IN ('public', 'generalised')),
  CONSTRAINT ck_discovery_accuracy_not_negative CHECK (position_accuracy_m >= 0),
  CONSTRAINT ck_discovery_has_source CHECK (cardinality(sources) > 0),
  CONSTRAINT ck_discovery_main_among_commodities CHECK (main_commodity = ANY (commodities)),
  CONSTRAINT ck_discovery_major_among_commodities CHECK (major_commodities <@ commodities),
  CONSTRAINT ck_discovery_on_the_globe CHECK (
    geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)
  ),
  CONSTRAINT ck_discovery_position_has_method CHECK (geom IS NULL OR position_method IS NOT NULL)
);
COMMENT ON TABLE lode.discovery IS 'Results of exploration: prospects and events with stage and result.';
CREATE INDEX ix_discovery_commodities ON lode.discovery USING gin (commodities);
CREATE INDEX ix_discovery_country_place ON lode.discovery (country, place, id);
CREATE INDEX ix_discovery_geom ON lode.discovery USING gist (geom);
CREATE INDEX ix_discovery_place ON lode.discovery (place, id) INCLUDE (commodity_group);
CREATE INDEX ix_discovery_since_version ON lode.discovery (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.discovery TO lode_import;
GRANT SELECT ON lode.discovery TO lode_site;

CREATE TABLE lode.project (
  id text NOT NULL,
  name_en text,
  name_zh text,
  aliases text[] DEFAULT '{}' NOT NULL,
  geom geometry(Point,4326),
  position_accuracy_m double precision,
  position_method text,
  coord_original text,
  coord_crs text,
  country text,
  country_reported text,
  division text,
  division_reported text,
  commodity_group text NOT NULL,
  main_commodity text NOT NULL,
  major_commodities text[] NOT NULL,
  commodities text[] NOT NULL,
  information_date text,
  access_level text DEFAULT 'public' NOT NULL,
  note_en text,
  note_zh text,
  sources text[] NOT NULL,
  value_sources jsonb,
  flags text[] DEFAULT '{}' NOT NULL,
  search_text text NOT NULL,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  facility_types text[] DEFAULT '{}' NOT NULL,
  facility_reported text,
  products text[] DEFAULT '{}' NOT NULL,
  status text,
  status_date date,
  place bigint GENERATED ALWAYS AS (lode.morton_code(geom)) STORED,
  CONSTRAINT pk_project PRIMARY KEY (id),
  CONSTRAINT ck_project_access_level CHECK (access_level IN ('public', 'generalised')),
  CONSTRAINT ck_project_accuracy_not_negative CHECK (position_accuracy_m >= 0),
  CONSTRAINT ck_project_has_source CHECK (cardinality(sources) > 0),
  CONSTRAINT ck_project_main_among_commodities CHECK (main_commodity = ANY (commodities)),
  CONSTRAINT ck_project_major_among_commodities CHECK (major_commodities <@ commodities),
  CONSTRAINT ck_project_on_the_globe CHECK (
    geom IS NULL OR (ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90)
  ),
  CONSTRAINT ck_project_position_has_method CHECK (geom IS NULL OR position_method IS NOT NULL)
);
COMMENT ON TABLE lode.project IS
  'Sites people build and run: mines, concentrators, smelters, refineries, lithium plants, recycling bases.';
CREATE INDEX ix_project_commodities ON lode.project USING gin (commodities);
CREATE INDEX ix_project_country_place ON lode.project (country, place, id);
CREATE INDEX ix_project_geom ON lode.project USING gist (geom);
CREATE INDEX ix_project_place ON lode.project (place, id) INCLUDE (commodity_group);
CREATE INDEX ix_project_since_version ON lode.project (since_version);
GRANT SELECT, DELETE ON lode.project TO lode_import;
GRANT SELECT ON lode.project TO lode_site;
GRANT INSERT (
  id, name_en, name_zh, aliases, geom, position_accuracy_m, position_method, coord_original, coord_crs, country,
  country_reported, division, division_reported, commodity_group, main_commodity, major_commodities, commodities,
  information_date, access_level, note_en, note_zh, sources, value_sources, flags, search_text, since_version,
  facility_types, facility_reported, products
) ON lode.project TO lode_import;
GRANT UPDATE (
  id, name_en, name_zh, aliases, geom, position_accuracy_m, position_method, coord_original, coord_crs, country,
  country_reported, division, division_reported, commodity_group, main_commodity, major_commodities, commodities,
  information_date, access_level, note_en, note_zh, sources, value_sources, flags, search_text, since_version,
  facility_types, facility_reported, products
) ON lode.project TO lode_import;

CREATE TABLE lode.zone (
  id text NOT NULL,
  zone_kind text NOT NULL,
  code text NOT NULL,
  name_en text NOT NULL,
  name_zh text,
  country text,
  parent text,
  geom geometry(MultiPolygon,4326) NOT NULL,
  accuracy_m double precision,
  valid_from text,
  valid_to text,
  note_en text,
  note_zh text,
  sources text[] NOT NULL,
  flags text[] DEFAULT '{}' NOT NULL,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_zone PRIMARY KEY (id),
  CONSTRAINT uq_zone_zone_kind_code_valid_from UNIQUE (zone_kind, code, valid_from),
  CONSTRAINT ck_zone_has_source CHECK (cardinality(sources) > 0)
);
COMMENT ON TABLE lode.zone IS
  'Polygons with a meaning for planning: countries, first-level divisions, key regions, protected areas.';
CREATE INDEX ix_zone_geom ON lode.zone USING gist (geom);
CREATE INDEX ix_zone_since_version ON lode.zone (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.zone TO lode_import;
GRANT SELECT ON lode.zone TO lode_site;

CREATE TABLE lode.estimate (
  id text NOT NULL,
  deposit_id text,
  discovery_id text,
  ordinal integer NOT NULL,
  category text NOT NULL,
  category_reported text,
  kind text NOT NULL,
  combined boolean NOT NULL,
  code text,
  effective_date text,
  ore_reported double precision,
  ore_unit text,
  ore_factor double precision,
  ore_t double precision,
  cut_off text,
  includes_reserves boolean,
  competent_person text,
  zone text,
  source text NOT NULL,
  source_row text,
  citation text,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_estimate PRIMARY KEY (id),
  CONSTRAINT fk_estimate_deposit_id FOREIGN KEY (deposit_id) REFERENCES lode.deposit(id) ON DELETE CASCADE,
  CONSTRAINT fk_estimate_discovery_id FOREIGN KEY (discovery_id) REFERENCES lode.discovery(id) ON DELETE CASCADE,
  CONSTRAINT ck_estimate_category_known CHECK (
    category IN ('measured-mineral-resource', 'indicated-mineral-resource', 'inferred-mineral-resource',
      'measured-and-indicated-mineral-resource', 'indicated-and-inferred-mineral-resource',
      'measured-indicated-inferred-mineral-resource', 'poorly-estimated-mineral-resource', 'probable-ore-reserves',
      'proved-ore-reserves', 'proved-and-probable-ore-reserves', 'endowment')
  ),
  CONSTRAINT ck_estimate_combined_follows_category CHECK (
    combined = (category IN ('measured-and-indicated-mineral-resource', 'indicated-and-inferred-mineral-resource',
      'measured-indicated-inferred-mineral-resource', 'proved-and-probable-ore-reserves'))
  ),
  CONSTRAINT ck_estimate_kind_follows_category CHECK (
    kind = CASE WHEN category IN ('probable-ore-reserves', 'proved-ore-reserves', 'proved-and-probable-ore-reserves')
      THEN 'reserve' WHEN category = 'endowment' THEN 'endowment' ELSE 'resource' END
  ),
  CONSTRAINT ck_estimate_of_one_thing CHECK (num_nonnulls(deposit_id, discovery_id) = 1),
  CONSTRAINT ck_estimate_ore_converted_with_factor CHECK (num_nulls(ore_factor, ore_t) IN (0, 2)),
  CONSTRAINT ck_estimate_ore_is_reported_times_factor CHECK (
    ore_t IS NULL OR abs(ore_t - ore_reported * ore_factor) <= 1e-9 * ore_t
  ),
  CONSTRAINT ck_estimate_ore_not_negative CHECK (ore_reported >= 0)
);
COMMENT ON TABLE lode.estimate IS 'One class, code, date and ore tonnage each; classes are never added up.';
CREATE INDEX ix_estimate_deposit_id ON lode.estimate (deposit_id);
CREATE INDEX ix_estimate_discovery_id ON lode.estimate (discovery_id) WHERE (discovery_id IS NOT NULL);
CREATE INDEX ix_estimate_since_version ON lode.estimate (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.estimate TO lode_import;
GRANT SELECT ON lode.estimate TO lode_site;

CREATE TABLE lode.estimate_measure (
  estimate_id text NOT NULL,
  commodity text NOT NULL,
  grade_reported double precision,
  grade_unit text,
  grade_basis text,
  grade_factor double precision,
  grade_pct double precision,
  contained_reported double precision,
  contained_unit text,
  contained_basis text,
  contained_factor double precision,
  contained_t double precision,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_estimate_measure PRIMARY KEY (estimate_id, commodity),
  CONSTRAINT fk_estimate_measure_estimate_id FOREIGN KEY (estimate_id) REFERENCES lode.estimate(id) ON DELETE CASCADE,
  CONSTRAINT ck_estimate_measure_contained_converted_with_factor CHECK (
    num_nulls(contained_factor, contained_t) IN (0, 2)
  ),
  CONSTRAINT ck_estimate_measure_contained_has_basis CHECK (contained_reported IS NULL OR contained_basis IS NOT NULL),
  CONSTRAINT ck_estimate_measure_contained_is_reported_times_factor CHECK (
    contained_t IS NULL OR abs(contained_t - contained_reported * contained_factor) <= 1e-9 * contained_t
  ),
  CONSTRAINT ck_estimate_measure_contained_not_negative CHECK (contained_reported >= 0),
  CONSTRAINT ck_estimate_measure_grade_converted_with_factor CHECK (num_nulls(grade_factor, grade_pct) IN (0, 2)),
  CONSTRAINT ck_estimate_measure_grade_has_basis CHECK (grade_reported IS NULL OR grade_basis IS NOT NULL),
  CONSTRAINT ck_estimate_measure_grade_is_reported_times_factor CHECK (
    grade_pct IS NULL OR abs(grade_pct - grade_reported * grade_factor) <= 1e-9 * grade_pct
  ),
  CONSTRAINT ck_estimate_measure_grade_possible CHECK (grade_reported >= 0 AND grade_pct BETWEEN 0 AND 100),
  CONSTRAINT ck_estimate_measure_has_figure CHECK (num_nonnulls(grade_reported, contained_reported) > 0)
);
COMMENT ON TABLE lode.estimate_measure IS
  'Grade and contained amount per commodity of an estimate''s ore; grade_pct is of its basis, contained_t is metal.';
CREATE INDEX ix_estimate_measure_since_version ON lode.estimate_measure (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.estimate_measure TO lode_import;
GRANT SELECT ON lode.estimate_measure TO lode_site;

CREATE TABLE lode.exploration_activity (
  id text NOT NULL,
  deposit_id text NOT NULL,
  ordinal integer NOT NULL,
  reported text NOT NULL,
  detail text,
  start_date text,
  end_date text,
  source text NOT NULL,
  source_row text,
  citation text,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_exploration_activity PRIMARY KEY (id),
  CONSTRAINT fk_exploration_activity_deposit_id FOREIGN KEY (deposit_id) REFERENCES lode.deposit(id) ON DELETE CASCADE
);
COMMENT ON TABLE lode.exploration_activity IS 'Steps of a deposit''s exploration history, as the source describes them.';
CREATE INDEX ix_exploration_activity_deposit_id ON lode.exploration_activity (deposit_id);
CREATE INDEX ix_exploration_activity_since_version ON lode.exploration_activity (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.exploration_activity TO lode_import;
GRANT SELECT ON lode.exploration_activity TO lode_site;

CREATE TABLE lode.phase (
  id text NOT NULL,
  project_id text NOT NULL,
  ordinal integer NOT NULL,
  name text,
  phase_type text,
  product text,
  product_reported text,
  capacity_reported double precision,
  capacity_unit text,
  capacity_basis text,
  capacity_factor double precision,
  capacity_tpa double precision,
  status text,
  status_reported text,
  status_date date,
  status_date_precision text,
  status_source text,
  status_inferred boolean,
  start_date text,
  end_date text,
  feedstock text[] DEFAULT '{}' NOT NULL,
  technology text,
  energy_kgce_per_t double precision,
  note text,
  source text NOT NULL,
  source_row text,
  citation text,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_phase PRIMARY KEY (id),
  CONSTRAINT fk_phase_project_id FOREIGN KEY (project_id) REFERENCES lode.project(id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT ck_phase_capacity_converted_with_factor CHECK (num_nulls(capacity_factor, capacity_tpa) IN (0, 2)),
  CONSTRAINT ck_phase_capacity_is_reported_times_factor CHECK (
    capacity_tpa IS NULL OR abs(capacity_tpa - capacity_reported * capacity_factor) <= 1e-9 * capacity_tpa
  ),
  CONSTRAINT ck_phase_capacity_not_negative CHECK (capacity_reported >= 0),
  CONSTRAINT ck_phase_status_has_date_and_source CHECK (
    status IS NULL OR (status_reported IS NOT NULL AND status_date IS NOT NULL AND status_date_precision IS NOT NULL
      AND status_source IS NOT NULL AND status_inferred IS NOT NULL)
  ),
  CONSTRAINT ck_phase_status_known CHECK (
    status IS NULL OR status IN ('operating', 'commissioning', 'intermittent', 'construction', 'permitted',
      'pre-permit', 'announced', 'suspended', 'shelved', 'cancelled', 'closed')
  )
);
COMMENT ON TABLE lode.phase IS 'Units of a project; capacity and status live here.';
CREATE INDEX ix_phase_project_id ON lode.phase (project_id);
CREATE INDEX ix_phase_since_version ON lode.phase (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.phase TO lode_import;
GRANT SELECT ON lode.phase TO lode_site;

CREATE TABLE lode.owner (
  id text NOT NULL,
  project_id text NOT NULL,
  ordinal integer NOT NULL,
  name_en text,
  name_zh text,
  share_pct double precision,
  role text NOT NULL,
  uscc text,
  information_date text,
  source text NOT NULL,
  source_row text,
  citation text,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_owner PRIMARY KEY (id),
  CONSTRAINT fk_owner_project_id FOREIGN KEY (project_id) REFERENCES lode.project(id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT ck_owner_has_name CHECK (num_nonnulls(name_en, name_zh) > 0),
  CONSTRAINT ck_owner_role CHECK (role IN ('owner', 'operator')),
  CONSTRAINT ck_owner_share_possible CHECK (share_pct BETWEEN 0 AND 100)
);
COMMENT ON TABLE lode.owner IS 'Who holds or runs a project.';
CREATE INDEX ix_owner_project_id ON lode.owner (project_id);
CREATE INDEX ix_owner_since_version ON lode.owner (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.owner TO lode_import;
GRANT SELECT ON lode.owner TO lode_site;

CREATE TABLE lode.flag (
  record_id text NOT NULL,
  ordinal integer NOT NULL,
  rule text NOT NULL,
  column_name text,
  value text NOT NULL,
  sentence_en text NOT NULL,
  sentence_zh text NOT NULL,
  suggestion geometry(Point,4326),
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_flag PRIMARY KEY (record_id, ordinal)
);
COMMENT ON TABLE lode.flag IS
  'What a check noticed on a served row, with a sentence and, where clear, the likely right position.';
CREATE INDEX ix_flag_rule ON lode.flag (rule);
CREATE INDEX ix_flag_since_version ON lode.flag (since_version);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.flag TO lode_import;
GRANT SELECT ON lode.flag TO lode_site;

CREATE TABLE lode.link (
  from_kind text NOT NULL,
  from_id text NOT NULL,
  relation text NOT NULL,
  to_kind text NOT NULL,
  to_id text NOT NULL,
  source text NOT NULL,
  reason text,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  CONSTRAINT pk_link PRIMARY KEY (from_id, relation, to_id),
  CONSTRAINT ck_link_relation CHECK (relation IN ('worked_by', 'works', 'became', 'contains', 'part_of'))
);
COMMENT ON TABLE lode.link IS 'What joins records of different kinds or sizes.';
CREATE INDEX ix_link_to_id ON lode.link (to_id);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.link TO lode_import;
GRANT SELECT ON lode.link TO lode_site;

CREATE TABLE lode.testimony (
  record_id text NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  served_id text NOT NULL,
  "row" jsonb NOT NULL,
  parts jsonb NOT NULL,
  since_version integer DEFAULT lode.current_version() NOT NULL,
  given jsonb,
  CONSTRAINT pk_testimony PRIMARY KEY (record_id),
  CONSTRAINT ck_testimony_kind CHECK (kind IN ('deposit', 'discovery', 'project'))
);
COMMENT ON TABLE lode.testimony IS
  'What each source reports of an object that is served as one record of several, or with entered values.';
CREATE INDEX ix_testimony_served_id ON lode.testimony (served_id);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.testimony TO lode_import;
GRANT SELECT ON lode.testimony TO lode_site;

CREATE TABLE lode.member (
  source_record_id bigint NOT NULL,
  record_id text NOT NULL,
  kind text NOT NULL,
  leads boolean NOT NULL,
  CONSTRAINT pk_member PRIMARY KEY (source_record_id, record_id)
);
COMMENT ON TABLE lode.member IS 'The source rows that a served row is made of; the leading one gave it its id.';
CREATE INDEX ix_member_record_id ON lode.member (record_id);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.member TO lode_import;
GRANT SELECT ON lode.member TO lode_site;

-- Sources and imports ---------------------------------------------------------------------------------

CREATE TABLE lode.source (
  name text NOT NULL,
  title_en text NOT NULL,
  title_zh text NOT NULL,
  publisher text NOT NULL,
  licence text NOT NULL,
  licence_name text NOT NULL,
  licence_url text,
  attribution text,
  citation text NOT NULL,
  version text NOT NULL,
  as_of text,
  homepage text,
  note_en text,
  note_zh text,
  CONSTRAINT pk_source PRIMARY KEY (name)
);
COMMENT ON TABLE lode.source IS 'Published data sets: who made them and what may be done with them.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.source TO lode_import;
GRANT SELECT ON lode.source TO lode_site;

CREATE TABLE lode.source_record (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  raw json NOT NULL,
  checksum bytea NOT NULL,
  locator text NOT NULL,
  in_scope boolean NOT NULL,
  first_run integer NOT NULL,
  changed_run integer NOT NULL,
  gone_run integer,
  CONSTRAINT pk_source_record PRIMARY KEY (id),
  CONSTRAINT uq_source_record_source_key UNIQUE (source, key)
);
COMMENT ON TABLE lode.source_record IS
  'Rows of sources as they came; a row that a newer file lacks has the run that missed it in gone_run.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.source_record TO lode_import;
GRANT SELECT ON lode.source_record TO lode_site;

CREATE TABLE lode.import_run (
  id integer GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  source text NOT NULL,
  path text NOT NULL,
  content_sha256 text,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  state text NOT NULL,
  read integer,
  loaded integer,
  updated integer,
  unchanged integer,
  out_of_scope integer,
  quarantined integer,
  gone integer,
  seconds double precision,
  dataset_version integer,
  message text,
  unknown_words jsonb,
  CONSTRAINT pk_import_run PRIMARY KEY (id),
  CONSTRAINT ck_import_run_adds_up CHECK (
    state <> 'done' OR read = loaded + updated + unchanged + out_of_scope + quarantined
  ),
  CONSTRAINT ck_import_run_state CHECK (state IN ('running', 'done', 'failed', 'interrupted'))
);
COMMENT ON TABLE lode.import_run IS 'Every import: what was read and what became of each row.';
CREATE INDEX ix_import_run_source ON lode.import_run (source);
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.import_run TO lode_import;
GRANT SELECT ON lode.import_run TO lode_site;

CREATE TABLE lode.quarantine (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  raw json NOT NULL,
  locator text NOT NULL,
  reasons jsonb NOT NULL,
  first_run integer NOT NULL,
  last_run integer NOT NULL,
  resolved_run integer,
  CONSTRAINT pk_quarantine PRIMARY KEY (id),
  CONSTRAINT uq_quarantine_source_locator_key UNIQUE (source, locator, key)
);
COMMENT ON TABLE lode.quarantine IS
  'Refused rows with every reason; resolved_run is the run in which the row was loaded after all.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.quarantine TO lode_import;
GRANT SELECT ON lode.quarantine TO lode_site;

CREATE TABLE lode.unserved (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  what text NOT NULL,
  subject text NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  trouble text,
  CONSTRAINT pk_unserved PRIMARY KEY (id)
);
COMMENT ON TABLE lode.unserved IS
  'What people judged that the served records don''t follow yet, by source row; gone once it is served.';
CREATE INDEX ix_unserved_subject ON lode.unserved (subject);
GRANT SELECT, DELETE ON lode.unserved TO lode_import;
GRANT SELECT ON lode.unserved TO lode_desk;
GRANT UPDATE (trouble) ON lode.unserved TO lode_import;

GRANT USAGE ON SEQUENCE lode.source_record_id_seq, lode.import_run_id_seq, lode.quarantine_id_seq TO lode_import;

-- Vocabularies ----------------------------------------------------------------------------------------

CREATE TABLE lode.term (
  vocabulary text NOT NULL,
  code text NOT NULL,
  label_en text NOT NULL,
  label_zh text NOT NULL,
  broader text,
  uri text,
  CONSTRAINT pk_term PRIMARY KEY (vocabulary, code)
);
COMMENT ON TABLE lode.term IS 'The vocabularies, written anew by every `lode db upgrade`.';
GRANT SELECT ON lode.term TO lode_import, lode_site;

CREATE TABLE lode.size_threshold (
  commodity text NOT NULL,
  form text NOT NULL,
  basis text NOT NULL,
  large_t double precision NOT NULL,
  medium_t double precision NOT NULL,
  metal_factor double precision,
  standard text NOT NULL,
  CONSTRAINT pk_size_threshold PRIMARY KEY (commodity, form)
);
COMMENT ON TABLE lode.size_threshold IS
  'Deposit size limits per commodity and form (DZ/T 0400-2022), written anew by every `lode db upgrade`.';
GRANT SELECT ON lode.size_threshold TO lode_import, lode_site;

-- Prepared for queries --------------------------------------------------------------------------------

CREATE TABLE lode.deposit_feature (
  place bigint NOT NULL,
  id text NOT NULL,
  lon double precision,
  lat double precision,
  position_accuracy_m double precision,
  country text,
  main_commodity text NOT NULL,
  commodity_group text NOT NULL,
  commodities text[] NOT NULL,
  feature text NOT NULL,
  CONSTRAINT pk_deposit_feature PRIMARY KEY (place, id)
    INCLUDE (lon, lat, main_commodity, commodity_group, country, commodities)
) WITH (toast_tuple_target=8160);
COMMENT ON TABLE lode.deposit_feature IS
  'Each deposit as a finished GeoJSON feature, in Morton order.';
CREATE INDEX ix_deposit_feature_main_commodity ON lode.deposit_feature (main_commodity, place, id) INCLUDE (lon, lat);
ALTER TABLE lode.deposit_feature ALTER feature SET STORAGE MAIN;
ALTER TABLE lode.deposit_feature ALTER feature SET STATISTICS 0;
GRANT SELECT ON lode.deposit_feature TO lode_import, lode_site;

CREATE TABLE lode.discovery_feature (
  place bigint NOT NULL,
  id text NOT NULL,
  lon double precision,
  lat double precision,
  position_accuracy_m double precision,
  country text,
  main_commodity text NOT NULL,
  commodity_group text NOT NULL,
  commodities text[] NOT NULL,
  feature text NOT NULL,
  CONSTRAINT pk_discovery_feature PRIMARY KEY (place, id)
    INCLUDE (lon, lat, main_commodity, commodity_group, country, commodities)
) WITH (toast_tuple_target=8160);
COMMENT ON TABLE lode.discovery_feature IS
  'Each discovery as a finished GeoJSON feature, in Morton order.';
CREATE INDEX ix_discovery_feature_main_commodity ON lode.discovery_feature (main_commodity, place, id) INCLUDE (lon, lat);
ALTER TABLE lode.discovery_feature ALTER feature SET STORAGE MAIN;
ALTER TABLE lode.discovery_feature ALTER feature SET STATISTICS 0;
GRANT SELECT ON lode.discovery_feature TO lode_import, lode_site;

CREATE TABLE lode.project_feature (
  place bigint NOT NULL,
  id text NOT NULL,
  lon double precision,
  lat double precision,
  position_accuracy_m double precision,
  country text,
  main_commodity text NOT NULL,
  commodity_group text NOT NULL,
  commodities text[] NOT NULL,
  feature text NOT NULL,
  CONSTRAINT pk_project_feature PRIMARY KEY (place, id)
    INCLUDE (lon, lat, main_commodity, commodity_group, country, commodities)
) WITH (toast_tuple_target=8160);
COMMENT ON TABLE lode.project_feature IS
  'Each project as a finished GeoJSON feature, in Morton order.';
CREATE INDEX ix_project_feature_main_commodity ON lode.project_feature (main_commodity, place, id) INCLUDE (lon, lat);
ALTER TABLE lode.project_feature ALTER feature SET STORAGE MAIN;
ALTER TABLE lode.project_feature ALTER feature SET STATISTICS 0;
GRANT SELECT ON lode.project_feature TO lode_import, lode_site;

CREATE TABLE lode.place_count (
  collection text NOT NULL,
  level smallint NOT NULL,
  cell bigint NOT NULL,
  commodity_group text NOT NULL,
  main_commodity text NOT NULL,
  country text NOT NULL,
  commodities text[] NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT pk_place_count PRIMARY KEY (collection, level, cell, commodity_group, main_commodity, country, commodities)
    INCLUDE (n)
);
COMMENT ON TABLE lode.place_count IS
  'How many located records lie in each tile cell, by commodity group, main commodity, country and commodities.';
GRANT SELECT ON lode.place_count TO lode_import, lode_site;

CREATE TABLE lode.facet_count (
  collection text NOT NULL,
  field text NOT NULL,
  value text NOT NULL,
  n bigint NOT NULL,
  CONSTRAINT pk_facet_count PRIMARY KEY (collection, field, value)
);
COMMENT ON TABLE lode.facet_count IS 'How many records have each value of a field; the empty value is none.';
GRANT SELECT ON lode.facet_count TO lode_import, lode_site;

CREATE TABLE lode.collection_state (
  collection text NOT NULL,
  version integer NOT NULL,
  n bigint NOT NULL,
  located bigint NOT NULL,
  west double precision,
  south double precision,
  east double precision,
  north double precision,
  accuracy_max_m double precision,
  CONSTRAINT pk_collection_state PRIMARY KEY (collection)
);
COMMENT ON TABLE lode.collection_state IS 'Rows and extent of each collection, and the version of its last change.';
GRANT SELECT ON lode.collection_state TO lode_import, lode_site;

CREATE TABLE lode.deposit_combination (
  key uuid NOT NULL,
  country text,
  division text,
  main_commodity text,
  commodity_group text,
  occurrence_type text,
  exploration_stage text,
  deposit_model text,
  deposit_form text,
  mine_status text,
  size_class text,
  commodities text[],
  sources text[],
  flags text[],
  n bigint NOT NULL,
  CONSTRAINT pk_deposit_combination PRIMARY KEY (key)
);
COMMENT ON TABLE lode.deposit_combination IS
  'How many rows of deposit share the same values of all fields that are counted by value.';
GRANT SELECT ON lode.deposit_combination TO lode_import, lode_site;

CREATE TABLE lode.discovery_combination (
  key uuid NOT NULL,
  country text,
  division text,
  main_commodity text,
  commodity_group text,
  activity_type text,
  result text,
  exploration_stage text,
  deposit_model text,
  deposit_form text,
  commodities text[],
  sources text[],
  flags text[],
  n bigint NOT NULL,
  CONSTRAINT pk_discovery_combination PRIMARY KEY (key)
);
COMMENT ON TABLE lode.discovery_combination IS
  'How many rows of discovery share the same values of all fields that are counted by value.';
GRANT SELECT ON lode.discovery_combination TO lode_import, lode_site;

CREATE TABLE lode.project_combination (
  key uuid NOT NULL,
  country text,
  division text,
  main_commodity text,
  commodity_group text,
  status text,
  commodities text[],
  sources text[],
  flags text[],
  facility_types text[],
  products text[],
  n bigint NOT NULL,
  CONSTRAINT pk_project_combination PRIMARY KEY (key)
);
COMMENT ON TABLE lode.project_combination IS
  'How many rows of project share the same values of all fields that are counted by value.';
GRANT SELECT ON lode.project_combination TO lode_import, lode_site;

CREATE TABLE lode.project_output (
  term text NOT NULL,
  place bigint NOT NULL,
  id text NOT NULL,
  origin text NOT NULL,
  lon double precision NOT NULL,
  lat double precision NOT NULL,
  accuracy_m double precision,
  country text,
  division text,
  status text,
  basis text,
  capacity_tpa double precision
);
COMMENT ON TABLE lode.project_output IS
  'Products of each located project: a row for each phase with a product, then for products of the project alone.';
CREATE INDEX ix_project_output_id ON lode.project_output (id);
CREATE INDEX ix_project_output_term_place ON lode.project_output (term, place);
GRANT SELECT ON lode.project_output TO lode_import, lode_site;

CREATE TABLE lode.search_term (
  key text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL
);
COMMENT ON TABLE lode.search_term IS
  'Search terms of records: match type, rank and kind in a digit each, then a name or a part of one.';
CREATE INDEX ix_search_term_key ON lode.search_term (key, id);
GRANT SELECT ON lode.search_term TO lode_import, lode_site;

CREATE TABLE lode.search_word (
  word text COLLATE "C" NOT NULL,
  CONSTRAINT pk_search_word PRIMARY KEY (word)
);
COMMENT ON TABLE lode.search_word IS 'Every word that was ever in a name, by which spelling is corrected.';
CREATE INDEX ix_search_word_reversed ON lode.search_word (reverse(word));
GRANT SELECT ON lode.search_word TO lode_import, lode_site;

-- Matching --------------------------------------------------------------------------------------------

CREATE TABLE lode.match_side (
  id text NOT NULL,
  geom geometry(Point,4326),
  reach_deg double precision NOT NULL,
  facts jsonb NOT NULL,
  CONSTRAINT pk_match_side PRIMARY KEY (id)
);
COMMENT ON TABLE lode.match_side IS 'What is compared of each record.';
CREATE INDEX ix_match_side_geom ON lode.match_side USING gist (geom);
GRANT SELECT ON lode.match_side TO lode_site;
GRANT SELECT, INSERT, DELETE, UPDATE, TRUNCATE ON lode.match_side TO lode_import;

CREATE TABLE lode.match_key (
  key text COLLATE "C" NOT NULL,
  id text NOT NULL,
  CONSTRAINT pk_match_key PRIMARY KEY (key, id)
);
COMMENT ON TABLE lode.match_key IS 'The keys by which records meet to be compared.';
CREATE INDEX ix_match_key_id ON lode.match_key (id);
GRANT SELECT ON lode.match_key TO lode_site;
GRANT SELECT, INSERT, DELETE, UPDATE, TRUNCATE ON lode.match_key TO lode_import;

CREATE TABLE lode.match_pair (
  a_id text NOT NULL,
  b_id text NOT NULL,
  relation text NOT NULL,
  probability double precision NOT NULL,
  reasons jsonb NOT NULL,
  model_version text NOT NULL,
  CONSTRAINT pk_match_pair PRIMARY KEY (a_id, b_id),
  CONSTRAINT ck_match_pair_probability CHECK (probability >= 0 AND probability <= 1),
  CONSTRAINT ck_match_pair_relation CHECK (relation IN ('same', 'works', 'became', 'contains', 'different')),
  CONSTRAINT ck_match_pair_two_records CHECK (a_id <> b_id)
);
COMMENT ON TABLE lode.match_pair IS 'Records that may belong together: what the first is to the second, how likely, and why.';
CREATE INDEX ix_match_pair_b_id ON lode.match_pair (b_id);
GRANT SELECT ON lode.match_pair TO lode_site;
GRANT SELECT, INSERT, DELETE, UPDATE, TRUNCATE ON lode.match_pair TO lode_import;

-- Accounts and sessions -------------------------------------------------------------------------------

CREATE TABLE lode.account (
  id integer GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  password_hash text,
  disabled boolean DEFAULT false NOT NULL,
  stamp uuid DEFAULT gen_random_uuid() NOT NULL,
  made_at timestamp with time zone DEFAULT now() NOT NULL,
  subject text,
  CONSTRAINT pk_account PRIMARY KEY (id),
  CONSTRAINT uq_account_name UNIQUE (name),
  CONSTRAINT uq_account_subject UNIQUE (subject),
  CONSTRAINT ck_account_name CHECK (name ~ '^[a-z][a-z0-9._-]{1,39}$'),
  CONSTRAINT ck_account_role CHECK (role IN ('contributor', 'expert', 'administrator')),
  CONSTRAINT ck_account_subject CHECK (length(subject) BETWEEN 1 AND 255)
);
COMMENT ON TABLE lode.account IS 'Who may sign in. A new stamp ends every session of the account.';
GRANT SELECT ON lode.account TO lode_desk;

CREATE TABLE lode.site_secret (
  name text NOT NULL,
  value text NOT NULL,
  CONSTRAINT pk_site_secret PRIMARY KEY (name)
);
COMMENT ON TABLE lode.site_secret IS 'What sessions are signed with; made by the first `lode db upgrade`.';
GRANT SELECT ON lode.site_secret TO lode_desk;

CREATE TABLE lode.sign_in (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  name text NOT NULL,
  client text NOT NULL,
  opened boolean NOT NULL,
  step text DEFAULT 'password' NOT NULL,
  failed text,
  CONSTRAINT pk_sign_in PRIMARY KEY (id),
  CONSTRAINT ck_sign_in_failed CHECK (failed IN ('password', 'code', 'provider')),
  CONSTRAINT ck_sign_in_step CHECK (step IN ('password', 'code'))
);
COMMENT ON TABLE lode.sign_in IS
  'Sign-ins of the last 90 days and wrong tries of the last day, which limit tries; the client is a keyed hash.';
CREATE INDEX ix_sign_in_at ON lode.sign_in (at);
CREATE INDEX ix_sign_in_opened ON lode.sign_in (name, client) WHERE opened;
GRANT SELECT ON lode.sign_in TO lode_desk;
GRANT INSERT (name, client, opened, step, failed) ON lode.sign_in TO lode_desk;

CREATE TABLE lode.session (
  number bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  id text NOT NULL,
  account text NOT NULL,
  stamp uuid NOT NULL,
  factor text NOT NULL,
  made timestamp with time zone DEFAULT now() NOT NULL,
  seen timestamp with time zone DEFAULT now() NOT NULL,
  client text NOT NULL,
  agent text NOT NULL,
  enrolling text,
  CONSTRAINT pk_session PRIMARY KEY (number),
  CONSTRAINT uq_session_id UNIQUE (id),
  CONSTRAINT fk_session_account FOREIGN KEY (account) REFERENCES lode.account(name) ON DELETE CASCADE,
  CONSTRAINT ck_session_factor CHECK (factor IN ('password', 'code', 'provider')),
  CONSTRAINT ck_session_id CHECK (length(id) = 64)
);
COMMENT ON TABLE lode.session IS
  'Sessions of accounts, by the hash of what the cookie holds; deleted at sign-out, or a day after they began.';
CREATE INDEX ix_session_account ON lode.session (account);
GRANT SELECT, DELETE ON lode.session TO lode_desk;
GRANT INSERT (id, account, stamp, factor, client, agent) ON lode.session TO lode_desk;
GRANT UPDATE (id, factor, seen, enrolling) ON lode.session TO lode_desk;

CREATE TABLE lode.second_factor (
  account text NOT NULL,
  secret text NOT NULL,
  made timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT pk_second_factor PRIMARY KEY (account),
  CONSTRAINT fk_second_factor_account FOREIGN KEY (account) REFERENCES lode.account(name) ON DELETE CASCADE
);
COMMENT ON TABLE lode.second_factor IS
  'Keys of one-time codes (TOTP, RFC 6238) of accounts; readable by the desk''s role and the owner only.';
GRANT SELECT, DELETE ON lode.second_factor TO lode_desk;
GRANT INSERT (account, secret) ON lode.second_factor TO lode_desk;

CREATE TABLE lode.recovery_code (
  account text NOT NULL,
  hash text NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT pk_recovery_code PRIMARY KEY (account, hash),
  CONSTRAINT fk_recovery_code_account FOREIGN KEY (account) REFERENCES lode.second_factor(account) ON DELETE CASCADE
);
COMMENT ON TABLE lode.recovery_code IS 'Codes that replace a one-time code once each, as SHA-256 hashes.';
GRANT SELECT, DELETE ON lode.recovery_code TO lode_desk;
GRANT INSERT (account, hash) ON lode.recovery_code TO lode_desk;
GRANT UPDATE (used_at) ON lode.recovery_code TO lode_desk;

CREATE TABLE lode.used_code (
  account text NOT NULL,
  step bigint NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT pk_used_code PRIMARY KEY (account, step),
  CONSTRAINT fk_used_code_account FOREIGN KEY (account) REFERENCES lode.second_factor(account) ON DELETE CASCADE
);
COMMENT ON TABLE lode.used_code IS 'Time steps whose one-time code was used, so that none is accepted twice.';
GRANT SELECT ON lode.used_code TO lode_desk;
GRANT INSERT (account, step) ON lode.used_code TO lode_desk;

CREATE TABLE lode.api_key (
  number integer GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  name text NOT NULL,
  owner text NOT NULL,
  prefix text NOT NULL,
  hash text NOT NULL,
  per_minute integer,
  per_day integer,
  made_at timestamp with time zone DEFAULT now() NOT NULL,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT pk_api_key PRIMARY KEY (number),
  CONSTRAINT uq_api_key_hash UNIQUE (hash),
  CONSTRAINT ck_api_key_name CHECK (length(name) BETWEEN 1 AND 80),
  CONSTRAINT ck_api_key_owner CHECK (length(owner) BETWEEN 1 AND 200),
  CONSTRAINT ck_api_key_quota CHECK (per_minute > 0 AND per_day > 0)
);
COMMENT ON TABLE lode.api_key IS
  'Keys that programs send to have higher rate limits; the hash is the SHA-256 of a random token of 256 bits.';
GRANT SELECT ON lode.api_key TO lode_desk;
GRANT INSERT (name, owner, prefix, hash, per_minute, per_day) ON lode.api_key TO lode_desk;
GRANT UPDATE (last_used_at, revoked_at) ON lode.api_key TO lode_desk;

CREATE UNLOGGED TABLE lode.rate_count (
  key text NOT NULL,
  hits bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT pk_rate_count PRIMARY KEY (key)
) WITH (fillfactor=50, autovacuum_vacuum_threshold=10000);
COMMENT ON TABLE lode.rate_count IS
  'Requests of each client in the current window; not logged, so it is empty after a crash of the server.';
GRANT SELECT, INSERT, DELETE, UPDATE ON lode.rate_count TO lode_desk;

CREATE TABLE lode.audit (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  account text,
  action text NOT NULL,
  subject text,
  detail jsonb,
  operator text,
  CONSTRAINT pk_audit PRIMARY KEY (id)
);
COMMENT ON TABLE lode.audit IS 'What was done by whom and when, written by triggers; it can be neither changed nor emptied.';
GRANT SELECT ON lode.audit TO lode_desk;

-- Judgements, proposals and reports -------------------------------------------------------------------

CREATE TABLE lode.judgement (
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  number bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  a_source text NOT NULL,
  a_key text NOT NULL,
  b_source text NOT NULL,
  b_key text NOT NULL,
  verdict text NOT NULL,
  relation text,
  reason text,
  account text NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  undoes uuid,
  pair text GENERATED ALWAYS AS (
    CASE
      WHEN (a_source, a_key) < (b_source, b_key)
      THEN a_source || chr(31) || a_key || chr(31) || b_source || chr(31) || b_key
      ELSE b_source || chr(31) || b_key || chr(31) || a_source || chr(31) || a_key
    END
  ) STORED,
  CONSTRAINT pk_judgement PRIMARY KEY (id),
  CONSTRAINT uq_judgement_number UNIQUE (number),
  CONSTRAINT uq_judgement_undoes UNIQUE (undoes),
  CONSTRAINT fk_judgement_undoes FOREIGN KEY (undoes) REFERENCES lode.judgement(id),
  CONSTRAINT ck_judgement_linked_tells_how CHECK ((relation IS NOT NULL) = (verdict = 'linked')),
  CONSTRAINT ck_judgement_of_two CHECK (a_source <> b_source OR a_key <> b_key),
  CONSTRAINT ck_judgement_relation CHECK (relation IN ('worked_by', 'works', 'became', 'contains', 'part_of')),
  CONSTRAINT ck_judgement_verdict CHECK (verdict IN ('same', 'different', 'linked', 'unsure', 'withdrawn')),
  CONSTRAINT ck_judgement_withdrawn_tells_what CHECK ((undoes IS NOT NULL) = (verdict = 'withdrawn'))
);
COMMENT ON TABLE lode.judgement IS
  'What people said of two source rows, each time a row; undoing is a later row that names the undone one.';
CREATE INDEX ix_judgement_pair ON lode.judgement (pair, at, number);
GRANT SELECT ON lode.judgement TO lode_desk, lode_import;
GRANT INSERT (a_source, a_key, b_source, b_key, verdict, relation, reason, account, undoes) ON lode.judgement TO lode_desk;
GRANT SELECT (
  id, number, a_source, a_key, b_source, b_key, verdict, relation, reason, at, undoes, pair
) ON lode.judgement TO lode_site;

CREATE TABLE lode.proposal (
  number bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  collection text NOT NULL,
  record_id text NOT NULL,
  record_name text NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  field text NOT NULL,
  value jsonb NOT NULL,
  was jsonb,
  cited text NOT NULL,
  reason text NOT NULL,
  account text NOT NULL,
  CONSTRAINT pk_proposal PRIMARY KEY (number)
);
COMMENT ON TABLE lode.proposal IS
  'Values that people enter in addition to those of the sources, each with its own source and a reason.';
CREATE INDEX ix_proposal_source_key ON lode.proposal (source, key);
GRANT SELECT ON lode.proposal TO lode_desk;
GRANT INSERT (
  collection, record_id, record_name, source, key, field, value, was, cited, reason, account
) ON lode.proposal TO lode_desk;

CREATE TABLE lode.proposal_step (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  number bigint NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  account text NOT NULL,
  state text NOT NULL,
  words text,
  CONSTRAINT pk_proposal_step PRIMARY KEY (id),
  CONSTRAINT fk_proposal_step_number FOREIGN KEY (number) REFERENCES lode.proposal(number),
  CONSTRAINT ck_proposal_step_state CHECK (state IN ('accepted', 'declined', 'withdrawn'))
);
COMMENT ON TABLE lode.proposal_step IS 'What became of a proposal; the last step is its state.';
CREATE INDEX ix_proposal_step_number ON lode.proposal_step (number, id);
GRANT SELECT ON lode.proposal_step TO lode_desk;
GRANT INSERT (number, account, state, words) ON lode.proposal_step TO lode_desk;

CREATE TABLE lode.report (
  number bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 1001) NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  collection text NOT NULL,
  record_id text NOT NULL,
  record_name text NOT NULL,
  text text NOT NULL,
  CONSTRAINT pk_report PRIMARY KEY (number),
  CONSTRAINT ck_report_not_overlong CHECK (length(text) <= 4000)
);
COMMENT ON TABLE lode.report IS 'Reports of errors in records; nothing is stored about their senders.';
CREATE INDEX ix_report_record_id ON lode.report (record_id);
GRANT SELECT ON lode.report TO lode_desk;
GRANT INSERT (collection, record_id, record_name, text) ON lode.report TO lode_desk;

CREATE TABLE lode.report_step (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  number bigint NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  account text NOT NULL,
  state text NOT NULL,
  answer text,
  shows_text boolean NOT NULL,
  CONSTRAINT pk_report_step PRIMARY KEY (id),
  CONSTRAINT fk_report_step_number FOREIGN KEY (number) REFERENCES lode.report(number),
  CONSTRAINT ck_report_step_state CHECK (state IN ('open', 'looking', 'corrected', 'declined', 'duplicate'))
);
COMMENT ON TABLE lode.report_step IS 'What the desk did about a report; the last step is its state.';
CREATE INDEX ix_report_step_number ON lode.report_step (number, id);
GRANT SELECT ON lode.report_step TO lode_desk;
GRANT INSERT (number, account, state, answer, shows_text) ON lode.report_step TO lode_desk;

CREATE TABLE lode.report_try (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  client text NOT NULL,
  CONSTRAINT pk_report_try PRIMARY KEY (id)
);
COMMENT ON TABLE lode.report_try IS 'Who sent reports within the last day, as keyed hashes, so that nobody sends too many.';
GRANT SELECT ON lode.report_try TO lode_desk;
GRANT INSERT (client) ON lode.report_try TO lode_desk;

CREATE TABLE lode.saved_report (
  number bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  collection text NOT NULL,
  note text,
  candidate jsonb NOT NULL,
  product text NOT NULL,
  data_version integer NOT NULL,
  rules_on text NOT NULL,
  checksum text NOT NULL,
  body bytea NOT NULL,
  CONSTRAINT pk_saved_report PRIMARY KEY (number),
  CONSTRAINT ck_saved_report_not_overlong CHECK (octet_length(body) <= 4000000),
  CONSTRAINT ck_saved_report_note_not_overlong CHECK (length(note) <= 200),
  CONSTRAINT ck_saved_report_collection CHECK (collection ~ '^[A-Za-z0-9_-]{24}$')
);
COMMENT ON TABLE lode.saved_report IS
  'Saved layout reports as gzipped JSON; only who knows the name of a collection can read it.';
CREATE INDEX ix_saved_report_collection ON lode.saved_report (collection, number);
ALTER TABLE lode.saved_report ALTER body SET STORAGE EXTERNAL;
GRANT SELECT ON lode.saved_report TO lode_desk;
GRANT INSERT (collection, note, candidate, product, data_version, rules_on, checksum, body) ON lode.saved_report TO lode_desk;

CREATE TABLE lode.saved_report_try (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  client text NOT NULL,
  CONSTRAINT pk_saved_report_try PRIMARY KEY (id)
);
COMMENT ON TABLE lode.saved_report_try IS
  'Clients that saved layout reports within the last day, as keyed hashes, to limit their number.';
GRANT SELECT ON lode.saved_report_try TO lode_desk;
GRANT INSERT (client) ON lode.saved_report_try TO lode_desk;

-- Backups ---------------------------------------------------------------------------------------------

CREATE TABLE lode.backup (
  id integer GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  finished_at timestamp with time zone DEFAULT now() NOT NULL,
  machine text NOT NULL,
  path text NOT NULL,
  bytes bigint NOT NULL,
  seconds double precision NOT NULL,
  CONSTRAINT pk_backup PRIMARY KEY (id)
);
COMMENT ON TABLE lode.backup IS 'Finished backups: when, on which machine, to which file, how large.';
CREATE INDEX ix_backup_finished_at ON lode.backup (finished_at);
GRANT SELECT (finished_at, bytes) ON lode.backup TO lode_site;

-- Earlier rows ------------------------------------------------------------------------------------------

CREATE TABLE lode_history.deposit (
  until_version integer NOT NULL,
  id text,
  name_en text,
  name_zh text,
  aliases text[],
  geom geometry(Point,4326),
  position_accuracy_m double precision,
  position_method text,
  coord_original text,
  coord_crs text,
  country text,
  country_reported text,
  division text,
  division_reported text,
  commodity_group text,
  main_commodity text,
  major_commodities text[],
  commodities text[],
  information_date text,
  access_level text,
  note_en text,
  note_zh text,
  sources text[],
  value_sources jsonb,
  flags text[],
  search_text text,
  since_version integer,
  occurrence_type text,
  deposit_model text,
  deposit_model_reported text,
  deposit_form text,
  host_unit text,
  age text,
  exploration_stage text,
  discovery_year integer,
  mine_status text,
  mine_status_reported text,
  mine_status_date date,
  mine_status_date_precision text,
  mine_status_source text,
  mine_status_inferred boolean,
  size_class text,
  size_standard text,
  size_commodity text,
  size_basis text,
  size_basis_value_t double precision,
  size_estimate_id text,
  place bigint
);
COMMENT ON TABLE lode_history.deposit IS 'Earlier rows of deposit.';
CREATE INDEX ix_history_deposit ON lode_history.deposit (id);
CREATE INDEX ix_history_deposit_since_version ON lode_history.deposit (since_version);
CREATE INDEX ix_history_deposit_until_version ON lode_history.deposit (until_version);
GRANT SELECT ON lode_history.deposit TO lode_import, lode_site;

CREATE TABLE lode_history.discovery (
  until_version integer NOT NULL,
  id text,
  name_en text,
  name_zh text,
  aliases text[],
  geom geometry(Point,4326),
  position_accuracy_m double precision,
  position_method text,
  coord_original text,
  coord_crs text,
  country text,
  country_reported text,
  division text,
  division_reported text,
  commodity_group text,
  main_commodity text,
  major_commodities text[],
  commodities text[],
  information_date text,
  access_level text,
  note_en text,
  note_zh text,
  sources text[],
  value_sources jsonb,
  flags text[],
  search_text text,
  since_version integer,
  discovery_date text,
  announced_by text,
  activity_type text,
  result text,
  exploration_stage text,
  stage_reported text,
  deposit_model text,
  deposit_model_reported text,
  deposit_form text,
  place bigint
);
COMMENT ON TABLE lode_history.discovery IS 'Earlier rows of discovery.';
CREATE INDEX ix_history_discovery ON lode_history.discovery (id);
CREATE INDEX ix_history_discovery_since_version ON lode_history.discovery (since_version);
CREATE INDEX ix_history_discovery_until_version ON lode_history.discovery (until_version);
GRANT SELECT ON lode_history.discovery TO lode_import, lode_site;

CREATE TABLE lode_history.estimate (
  until_version integer NOT NULL,
  id text,
  deposit_id text,
  discovery_id text,
  ordinal integer,
  category text,
  category_reported text,
  kind text,
  combined boolean,
  code text,
  effective_date text,
  ore_reported double precision,
  ore_unit text,
  ore_factor double precision,
  ore_t double precision,
  cut_off text,
  includes_reserves boolean,
  competent_person text,
  zone text,
  source text,
  source_row text,
  citation text,
  since_version integer
);
COMMENT ON TABLE lode_history.estimate IS 'Earlier rows of estimate.';
CREATE INDEX ix_history_estimate ON lode_history.estimate (id);
CREATE INDEX ix_history_estimate_deposit_id ON lode_history.estimate (deposit_id);
CREATE INDEX ix_history_estimate_discovery_id ON lode_history.estimate (discovery_id);
CREATE INDEX ix_history_estimate_since_version ON lode_history.estimate (since_version);
CREATE INDEX ix_history_estimate_until_version ON lode_history.estimate (until_version);
GRANT SELECT ON lode_history.estimate TO lode_import, lode_site;

CREATE TABLE lode_history.estimate_measure (
  until_version integer NOT NULL,
  estimate_id text,
  commodity text,
  grade_reported double precision,
  grade_unit text,
  grade_basis text,
  grade_factor double precision,
  grade_pct double precision,
  contained_reported double precision,
  contained_unit text,
  contained_basis text,
  contained_factor double precision,
  contained_t double precision,
  since_version integer
);
COMMENT ON TABLE lode_history.estimate_measure IS 'Earlier rows of estimate_measure.';
CREATE INDEX ix_history_estimate_measure ON lode_history.estimate_measure (estimate_id, commodity);
CREATE INDEX ix_history_estimate_measure_since_version ON lode_history.estimate_measure (since_version);
CREATE INDEX ix_history_estimate_measure_until_version ON lode_history.estimate_measure (until_version);
GRANT SELECT ON lode_history.estimate_measure TO lode_import, lode_site;

CREATE TABLE lode_history.exploration_activity (
  until_version integer NOT NULL,
  id text,
  deposit_id text,
  ordinal integer,
  reported text,
  detail text,
  start_date text,
  end_date text,
  source text,
  source_row text,
  citation text,
  since_version integer
);
COMMENT ON TABLE lode_history.exploration_activity IS 'Earlier rows of exploration_activity.';
CREATE INDEX ix_history_exploration_activity ON lode_history.exploration_activity (id);
CREATE INDEX ix_history_exploration_activity_deposit_id ON lode_history.exploration_activity (deposit_id);
CREATE INDEX ix_history_exploration_activity_since_version ON lode_history.exploration_activity (since_version);
CREATE INDEX ix_history_exploration_activity_until_version ON lode_history.exploration_activity (until_version);
GRANT SELECT ON lode_history.exploration_activity TO lode_import, lode_site;

CREATE TABLE lode_history.flag (
  until_version integer NOT NULL,
  record_id text,
  ordinal integer,
  rule text,
  column_name text,
  value text,
  sentence_en text,
  sentence_zh text,
  suggestion geometry(Point,4326),
  since_version integer
);
COMMENT ON TABLE lode_history.flag IS 'Earlier rows of flag.';
CREATE INDEX ix_history_flag ON lode_history.flag (record_id, ordinal);
CREATE INDEX ix_history_flag_since_version ON lode_history.flag (since_version);
CREATE INDEX ix_history_flag_until_version ON lode_history.flag (until_version);
GRANT SELECT ON lode_history.flag TO lode_import, lode_site;

CREATE TABLE lode_history.link (
  until_version integer NOT NULL,
  from_kind text,
  from_id text,
  relation text,
  to_kind text,
  to_id text,
  source text,
  reason text,
  since_version integer
);
COMMENT ON TABLE lode_history.link IS 'Earlier rows of link.';
CREATE INDEX ix_history_link ON lode_history.link (from_id, relation, to_id);
CREATE INDEX ix_history_link_since_version ON lode_history.link (since_version);
CREATE INDEX ix_history_link_until_version ON lode_history.link (until_version);
GRANT SELECT ON lode_history.link TO lode_import, lode_site;

CREATE TABLE lode_history.owner (
  until_version integer NOT NULL,
  id text,
  project_id text,
  ordinal integer,
  name_en text,
  name_zh text,
  share_pct double precision,
  role text,
  uscc text,
  information_date text,
  source text,
  source_row text,
  citation text,
  since_version integer
);
COMMENT ON TABLE lode_history.owner IS 'Earlier rows of owner.';
CREATE INDEX ix_history_owner ON lode_history.owner (id);
CREATE INDEX ix_history_owner_project_id ON lode_history.owner (project_id);
CREATE INDEX ix_history_owner_since_version ON lode_history.owner (since_version);
CREATE INDEX ix_history_owner_until_version ON lode_history.owner (until_version);
GRANT SELECT ON lode_history.owner TO lode_import, lode_site;

CREATE TABLE lode_history.phase (
  until_version integer NOT NULL,
  id text,
  project_id text,
  ordinal integer,
  name text,
  phase_type text,
  product text,
  product_reported text,
  capacity_reported double precision,
  capacity_unit text,
  capacity_basis text,
  capacity_factor double precision,
  capacity_tpa double precision,
  status text,
  status_reported text,
  status_date date,
  status_date_precision text,
  status_source text,
  status_inferred boolean,
  start_date text,
  end_date text,
  feedstock text[],
  technology text,
  energy_kgce_per_t double precision,
  note text,
  source text,
  source_row text,
  citation text,
  since_version integer
);
COMMENT ON TABLE lode_history.phase IS 'Earlier rows of phase.';
CREATE INDEX ix_history_phase ON lode_history.phase (id);
CREATE INDEX ix_history_phase_project_id ON lode_history.phase (project_id);
CREATE INDEX ix_history_phase_since_version ON lode_history.phase (since_version);
CREATE INDEX ix_history_phase_until_version ON lode_history.phase (until_version);
GRANT SELECT ON lode_history.phase TO lode_import, lode_site;

CREATE TABLE lode_history.project (
  until_version integer NOT NULL,
  id text,
  name_en text,
  name_zh text,
  aliases text[],
  geom geometry(Point,4326),
  position_accuracy_m double precision,
  position_method text,
  coord_original text,
  coord_crs text,
  country text,
  country_reported text,
  division text,
  division_reported text,
  commodity_group text,
  main_commodity text,
  major_commodities text[],
  commodities text[],
  information_date text,
  access_level text,
  note_en text,
  note_zh text,
  sources text[],
  value_sources jsonb,
  flags text[],
  search_text text,
  since_version integer,
  facility_types text[],
  facility_reported text,
  products text[],
  status text,
  status_date date,
  place bigint
);
COMMENT ON TABLE lode_history.project IS 'Earlier rows of project.';
CREATE INDEX ix_history_project ON lode_history.project (id);
CREATE INDEX ix_history_project_since_version ON lode_history.project (since_version);
CREATE INDEX ix_history_project_until_version ON lode_history.project (until_version);
GRANT SELECT ON lode_history.project TO lode_import, lode_site;

CREATE TABLE lode_history.source (
  until_version integer NOT NULL,
  name text,
  title_en text,
  title_zh text,
  publisher text,
  licence text,
  licence_name text,
  licence_url text,
  attribution text,
  citation text,
  version text,
  as_of text,
  homepage text,
  note_en text,
  note_zh text
);
COMMENT ON TABLE lode_history.source IS 'Earlier descriptions of sources.';
GRANT SELECT ON lode_history.source TO lode_import, lode_site;

CREATE TABLE lode_history.testimony (
  until_version integer NOT NULL,
  record_id text,
  kind text,
  source text,
  served_id text,
  "row" jsonb,
  parts jsonb,
  since_version integer,
  given jsonb
);
COMMENT ON TABLE lode_history.testimony IS 'Earlier rows of testimony.';
CREATE INDEX ix_history_testimony ON lode_history.testimony (record_id);
CREATE INDEX ix_history_testimony_served_id ON lode_history.testimony (served_id);
CREATE INDEX ix_history_testimony_since_version ON lode_history.testimony (since_version);
CREATE INDEX ix_history_testimony_until_version ON lode_history.testimony (until_version);
GRANT SELECT ON lode_history.testimony TO lode_import, lode_site;

CREATE TABLE lode_history.zone (
  until_version integer NOT NULL,
  id text,
  zone_kind text,
  code text,
  name_en text,
  name_zh text,
  country text,
  parent text,
  geom geometry(MultiPolygon,4326) NOT NULL,
  accuracy_m double precision,
  valid_from text,
  valid_to text,
  note_en text,
  note_zh text,
  sources text[],
  flags text[],
  since_version integer
);
COMMENT ON TABLE lode_history.zone IS 'Earlier rows of zone.';
CREATE INDEX ix_history_zone ON lode_history.zone (id);
CREATE INDEX ix_history_zone_since_version ON lode_history.zone (since_version);
CREATE INDEX ix_history_zone_until_version ON lode_history.zone (until_version);
GRANT SELECT ON lode_history.zone TO lode_import, lode_site;

-- First rows ------------------------------------------------------------------------------------------

INSERT INTO lode.collection_state (collection, version, n, located) VALUES
  ('deposits', 0, 0, 0),
  ('discoveries', 0, 0, 0),
  ('projects', 0, 0, 0),
  ('zones', 0, 0, 0);
