-- {{collection}} for programs that read the store themselves, such as QGIS Server: the fields of the API, lists as texts.
CREATE OR REPLACE VIEW lode.{{table}}_layer AS
SELECT {{shown}}
FROM lode.{{table}};
GRANT SELECT ON lode.{{table}}_layer TO lode_site;
