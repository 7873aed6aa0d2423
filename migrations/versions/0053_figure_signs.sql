-- A reported figure may be about a figure, a bound or a range; a bound and a range have no value of their own.
ALTER TABLE lode.estimate ADD ore_qualifier TEXT, ADD ore_upper DOUBLE PRECISION,
  ADD CONSTRAINT ck_estimate_ore_qualifier_known CHECK (ore_qualifier IN ('about', 'below', 'at-most', 'above', 'at-least', 'range')),
  ADD CONSTRAINT ck_estimate_ore_range_has_upper CHECK ((ore_qualifier IS NOT DISTINCT FROM 'range') = (ore_upper IS NOT NULL)
    AND ore_upper > ore_reported),
  ADD CONSTRAINT ck_estimate_ore_bound_has_no_value CHECK (ore_qualifier = 'about' OR num_nonnulls(ore_qualifier, ore_t) < 2);
ALTER TABLE lode_history.estimate ADD ore_qualifier TEXT, ADD ore_upper DOUBLE PRECISION;
ALTER TABLE lode.estimate_measure ADD grade_qualifier TEXT, ADD grade_upper DOUBLE PRECISION, ADD contained_qualifier TEXT, ADD contained_upper DOUBLE PRECISION,
  ADD CONSTRAINT ck_estimate_measure_grade_qualifier_known CHECK (grade_qualifier IN ('about', 'below', 'at-most', 'above', 'at-least', 'range')),
  ADD CONSTRAINT ck_estimate_measure_grade_range_has_upper CHECK ((grade_qualifier IS NOT DISTINCT FROM 'range') = (grade_upper IS NOT NULL)
    AND grade_upper > grade_reported),
  ADD CONSTRAINT ck_estimate_measure_grade_bound_has_no_value CHECK (grade_qualifier = 'about' OR num_nonnulls(grade_qualifier, grade_pct) < 2),
  ADD CONSTRAINT ck_estimate_measure_contained_qualifier_known CHECK (contained_qualifier IN ('about', 'below', 'at-most', 'above', 'at-least', 'range')),
  ADD CONSTRAINT ck_estimate_measure_contained_range_has_upper CHECK ((contained_qualifier IS NOT DISTINCT FROM 'range') = (contained_upper IS NOT NULL)
    AND contained_upper > contained_reported),
  ADD CONSTRAINT ck_estimate_measure_contained_bound_has_no_value CHECK (contained_qualifier = 'about' OR num_nonnulls(contained_qualifier, contained_t) < 2);
ALTER TABLE lode_history.estimate_measure ADD grade_qualifier TEXT, ADD grade_upper DOUBLE PRECISION, ADD contained_qualifier TEXT, ADD contained_upper DOUBLE PRECISION;
ALTER TABLE lode.phase ADD capacity_qualifier TEXT, ADD capacity_upper DOUBLE PRECISION,
  ADD CONSTRAINT ck_phase_capacity_qualifier_known CHECK (capacity_qualifier IN ('about', 'below', 'at-most', 'above', 'at-least', 'range')),
  ADD CONSTRAINT ck_phase_capacity_range_has_upper CHECK ((capacity_qualifier IS NOT DISTINCT FROM 'range') = (capacity_upper IS NOT NULL)
    AND capacity_upper > capacity_reported),
  ADD CONSTRAINT ck_phase_capacity_bound_has_no_value CHECK (capacity_qualifier = 'about' OR num_nonnulls(capacity_qualifier, capacity_tpa) < 2);
ALTER TABLE lode_history.phase ADD capacity_qualifier TEXT, ADD capacity_upper DOUBLE PRECISION;
