-- The descriptions of sources as they were at the version of the session.
CREATE OR REPLACE VIEW lode_as_of.source AS
SELECT DISTINCT ON (name) name, title_en, title_zh, publisher, licence, licence_name, licence_url,
  attribution, citation, version, as_of, homepage, note_en, note_zh
FROM (
  SELECT until_version, name, title_en, title_zh, publisher, licence, licence_name, licence_url,
    attribution, citation, version, as_of, homepage, note_en, note_zh
  FROM lode_history.source WHERE until_version > lode_as_of.version()
  UNION ALL
  SELECT 2147483647, name, title_en, title_zh, publisher, licence, licence_name, licence_url,
    attribution, citation, version, as_of, homepage, note_en, note_zh
  FROM lode.source
) s
ORDER BY name, until_version;
GRANT SELECT ON lode_as_of.source TO lode_import, lode_site;

CREATE OR REPLACE VIEW lode_since.source AS
SELECT DISTINCT ON (name) name, title_en, title_zh, publisher, licence, licence_name, licence_url,
  attribution, citation, version, as_of, homepage, note_en, note_zh
FROM (
  SELECT until_version, name, title_en, title_zh, publisher, licence, licence_name, licence_url,
    attribution, citation, version, as_of, homepage, note_en, note_zh
  FROM lode_history.source WHERE until_version > lode_since.version()
  UNION ALL
  SELECT 2147483647, name, title_en, title_zh, publisher, licence, licence_name, licence_url,
    attribution, citation, version, as_of, homepage, note_en, note_zh
  FROM lode.source
) s
ORDER BY name, until_version;
GRANT SELECT ON lode_since.source TO lode_import, lode_site;
