ALTER TABLE lode.import_run ADD named_rows JSONB;
