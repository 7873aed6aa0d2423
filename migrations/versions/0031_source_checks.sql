ALTER TABLE lode.import_run ADD update_months INTEGER;
ALTER TABLE lode.import_run ADD partial BOOLEAN DEFAULT false NOT NULL;
