ALTER TABLE lode.mining_right ALTER geom DROP NOT NULL;
ALTER TABLE lode_history.mining_right ALTER geom DROP NOT NULL;
