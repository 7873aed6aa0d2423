ALTER TABLE lode.milestone ADD dates_reported TEXT, ADD grade TEXT, ADD page TEXT;
ALTER TABLE lode_history.milestone ADD dates_reported TEXT, ADD grade TEXT, ADD page TEXT;
