ALTER TABLE lode.phase ADD held TEXT, ADD held_factor DOUBLE PRECISION, ADD doubtful TEXT, ADD judged TEXT,
  ADD CONSTRAINT ck_phase_held_has_no_capacity
    CHECK (num_nulls(held, held_factor) IN (0, 2) AND num_nonnulls(held, capacity_tpa) < 2);
ALTER TABLE lode_history.phase ADD held TEXT, ADD held_factor DOUBLE PRECISION, ADD doubtful TEXT, ADD judged TEXT;
ALTER TABLE lode.estimate_measure ADD held TEXT, ADD held_factor DOUBLE PRECISION, ADD judged TEXT,
  ADD CONSTRAINT ck_estimate_measure_held_has_no_grade
    CHECK (num_nulls(held, held_factor) IN (0, 2) AND num_nonnulls(held, grade_pct) < 2);
ALTER TABLE lode_history.estimate_measure ADD held TEXT, ADD held_factor DOUBLE PRECISION, ADD judged TEXT;
-- imports write the columns of a project one by one
GRANT INSERT (figures_reported), UPDATE (figures_reported) ON lode.project TO lode_import;
