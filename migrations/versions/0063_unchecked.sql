ALTER TABLE lode.organisation ADD unchecked TEXT[] DEFAULT '{}' NOT NULL;
ALTER TABLE lode_history.organisation ADD unchecked TEXT[];
