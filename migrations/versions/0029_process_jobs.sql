CREATE TABLE lode.process_job (
	id TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	process TEXT NOT NULL, 
	inputs JSONB NOT NULL, 
	response TEXT NOT NULL, 
	client TEXT NOT NULL, 
	state TEXT DEFAULT 'accepted' NOT NULL, 
	started_at TIMESTAMP WITH TIME ZONE, 
	finished_at TIMESTAMP WITH TIME ZONE, 
	result BYTEA, 
	problem JSONB, 
	CONSTRAINT pk_process_job PRIMARY KEY (id), 
	CONSTRAINT ck_process_job_id CHECK (id ~ '^[0-9a-f]{32}$'), 
	CONSTRAINT ck_process_job_state CHECK (state IN ('accepted', 'running', 'successful', 'failed', 'dismissed')), 
	CONSTRAINT ck_process_job_response CHECK (response IN ('raw', 'document')), 
	CONSTRAINT ck_process_job_not_overlong CHECK (octet_length(result) <= 4000000)
);
CREATE INDEX ix_process_job_client ON lode.process_job (client, at);
CREATE INDEX ix_process_job_open ON lode.process_job (at) WHERE state IN ('accepted', 'running');
COMMENT ON TABLE lode.process_job IS
  'Jobs of processes with their results as gzipped JSON, for a day; only who knows the id of a job can read it.';
GRANT SELECT ON lode.process_job TO lode_desk;
GRANT INSERT (id, process, inputs, response, client), UPDATE (state, result, finished_at) ON lode.process_job TO lode_desk;
GRANT SELECT, UPDATE ON lode.process_job TO lode_import;
