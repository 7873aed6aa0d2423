CREATE TABLE lode.source_columns (
	source TEXT NOT NULL,
	public TEXT[] NOT NULL,
	CONSTRAINT pk_source_columns PRIMARY KEY (source)
);
COMMENT ON TABLE lode.source_columns IS 'The columns of each source that everybody may read in its rows; * is every column.';
GRANT SELECT, INSERT, UPDATE, DELETE ON lode.source_columns TO lode_import;
GRANT SELECT ON lode.source_columns TO lode_site;
-- readers see rows through lode.public_source_row, which has the public columns only
REVOKE SELECT ON lode.source_record, lode.quarantine FROM lode_site;
GRANT SELECT (id, source, key, locator, in_scope, first_run, changed_run, gone_run) ON lode.source_record TO lode_site;
-- an expert sees the other columns too
GRANT SELECT (source, key, raw, locator) ON lode.source_record TO lode_desk;
