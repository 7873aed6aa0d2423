ALTER TABLE lode.deposit ADD position_doubtful BOOLEAN;
ALTER TABLE lode_history.deposit ADD position_doubtful BOOLEAN;
ALTER TABLE lode.discovery ADD position_doubtful BOOLEAN;
ALTER TABLE lode_history.discovery ADD position_doubtful BOOLEAN;
ALTER TABLE lode.project ADD position_doubtful BOOLEAN;
ALTER TABLE lode_history.project ADD position_doubtful BOOLEAN;
GRANT INSERT (position_doubtful), UPDATE (position_doubtful) ON lode.project TO lode_import;
