-- Public sources and those of which only people with a role read.
CREATE OR REPLACE VIEW lode_all.source AS
SELECT name, title_en, title_zh, licence_name, citation, as_of FROM lode.source
UNION ALL
SELECT i.name, i.title_en, i.title_zh, i.licence_name, i.citation, i.as_of FROM lode.internal_source i
WHERE NOT EXISTS (SELECT FROM lode.source s WHERE s.name = i.name);
GRANT SELECT ON lode_all.source TO lode_desk;
