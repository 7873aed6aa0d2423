CREATE TABLE lode.replaced_row (
	run INTEGER NOT NULL,
	source_record BIGINT NOT NULL,
	raw JSON,
	checksum BYTEA NOT NULL,
	locator TEXT NOT NULL,
	in_scope BOOLEAN NOT NULL,
	gone_run INTEGER,
	members JSONB NOT NULL,
	CONSTRAINT pk_replaced_row PRIMARY KEY (run, source_record)
);
COMMENT ON TABLE lode.replaced_row IS 'Rows of sources as they were before an import changed them or marked them as gone; raw is empty if it is the same.';
GRANT SELECT, INSERT, UPDATE, DELETE ON lode.replaced_row TO lode_import;
ALTER TABLE lode.import_run ADD withdraws INTEGER;
ALTER TABLE lode.import_run ADD keeps_rows BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE lode.import_run ADD public_before TEXT[];
ALTER TABLE lode.vintage ADD first_run INTEGER;
ALTER TABLE lode.vintage ADD withdrawn_run INTEGER;
GRANT UPDATE (body) ON lode.saved_report TO lode_import;
GRANT DELETE ON lode.observation TO lode_import;
ALTER TABLE lode.import_request ADD withdraws INTEGER;
ALTER TABLE lode.import_request DROP CONSTRAINT ck_import_request_size;
ALTER TABLE lode.import_request ADD CONSTRAINT ck_import_request_size
	CHECK (bytes BETWEEN 1 AND 67108864 OR (withdraws IS NOT NULL AND bytes = 0));
