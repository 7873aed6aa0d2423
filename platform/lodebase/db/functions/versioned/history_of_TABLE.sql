-- Versions of {{table}}: an updated row begins at the version of its transaction, the earlier row goes to lode_history.
CREATE TRIGGER z_begin_span BEFORE UPDATE ON lode.{{table}}
FOR EACH ROW EXECUTE FUNCTION lode.begin_span({{generated}});
CREATE TRIGGER keep_history_update AFTER UPDATE ON lode.{{table}} REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_history();
CREATE TRIGGER keep_history_delete AFTER DELETE ON lode.{{table}} REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_history();

-- Its rows as they were at the version of the session: lode_as_of at that of `as_of`, lode_since at the one compared with.
CREATE OR REPLACE VIEW lode_as_of.{{table}} AS
SELECT {{columns}}
FROM lode.{{table}} WHERE since_version <= lode_as_of.version()
UNION ALL
SELECT {{columns}}
FROM lode_history.{{table}} WHERE since_version <= lode_as_of.version() AND until_version > lode_as_of.version();
GRANT SELECT ON lode_as_of.{{table}} TO lode_import, {{reader}};

CREATE OR REPLACE VIEW lode_since.{{table}} AS
SELECT {{columns}}
FROM lode.{{table}} WHERE since_version <= lode_since.version()
UNION ALL
SELECT {{columns}}
FROM lode_history.{{table}} WHERE since_version <= lode_since.version() AND until_version > lode_since.version();
GRANT SELECT ON lode_since.{{table}} TO lode_import, {{reader}};
