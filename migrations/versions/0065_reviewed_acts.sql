ALTER TABLE lode.act_entry
	ADD COLUMN changed_by TEXT,
	ADD COLUMN reviewed_by TEXT,
	ADD COLUMN review_note TEXT,
	DROP CONSTRAINT ck_act_entry_state,
	ADD CONSTRAINT ck_act_entry_state CHECK (state IN ('uploading', 'review', 'returned', 'waiting', 'served', 'refused', 'withdrawing', 'withdrawn')),
	ADD CONSTRAINT ck_act_entry_returned CHECK (state <> 'returned' OR trim(review_note) <> ''),
	ADD CONSTRAINT ck_act_entry_reviewed CHECK (reviewed_by <> changed_by);
GRANT INSERT (changed_by) ON lode.act_entry TO lode_desk;
GRANT UPDATE (reviewed_by, review_note) ON lode.act_entry TO lode_desk;
