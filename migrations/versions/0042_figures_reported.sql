ALTER TABLE lode.organisation ADD figures_reported TEXT[];
ALTER TABLE lode_history.organisation ADD figures_reported TEXT[];
