ALTER TABLE lode.zone ALTER geom DROP NOT NULL;
ALTER TABLE lode_history.zone ALTER geom DROP NOT NULL;
