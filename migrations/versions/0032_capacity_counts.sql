ALTER TABLE lode.phase ADD shared_with TEXT[], ADD included_in TEXT;
ALTER TABLE lode_history.phase ADD shared_with TEXT[], ADD included_in TEXT;
ALTER TABLE lode.project ADD figure_capacity_basis TEXT, ADD figure_coming_tpa DOUBLE PRECISION;
ALTER TABLE lode_history.project ADD figure_capacity_basis TEXT, ADD figure_coming_tpa DOUBLE PRECISION;
GRANT INSERT (figure_capacity_basis, figure_coming_tpa), UPDATE (figure_capacity_basis, figure_coming_tpa)
ON lode.project TO lode_import;
