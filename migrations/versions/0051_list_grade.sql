ALTER TABLE lode.list_entry ADD grade TEXT;
ALTER TABLE lode_history.list_entry ADD grade TEXT;
ALTER TABLE lode.list_entry ALTER COLUMN province_as_printed DROP NOT NULL;
ALTER TABLE lode_history.list_entry ALTER COLUMN province_as_printed DROP NOT NULL;
