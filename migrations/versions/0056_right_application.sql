ALTER TABLE lode.mining_right ADD applied_on TEXT, ADD expenditure DOUBLE PRECISION, ADD expenditure_currency TEXT;
ALTER TABLE lode_history.mining_right ADD applied_on TEXT, ADD expenditure DOUBLE PRECISION, ADD expenditure_currency TEXT;
