CREATE TABLE lode.list_entry_project (
  entry_id TEXT NOT NULL,
  project_id TEXT,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_list_entry_project PRIMARY KEY (entry_id)
);
COMMENT ON TABLE lode.list_entry_project IS 'Decisions of experts on the project that an entry of a list covers; without a project none is known here.';
GRANT SELECT (entry_id, project_id) ON lode.list_entry_project TO lode_site;
GRANT SELECT, INSERT, UPDATE ON lode.list_entry_project TO lode_desk;
GRANT SELECT ON lode.list_entry_project TO lode_import;
GRANT SELECT ON lode.list_entry TO lode_desk;
