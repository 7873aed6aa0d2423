-- Records of public kinds that name records of other kinds, by the references of their declarations.
CREATE OR REPLACE VIEW lode.reference (from_kind, from_id, to_kind, to_id, source, key) AS
{{references}};
GRANT SELECT ON lode.reference TO lode_site, lode_import;
