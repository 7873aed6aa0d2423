ALTER TABLE lode.mining_right ADD holder_projects TEXT[];
ALTER TABLE lode_history.mining_right ADD holder_projects TEXT[];
