ALTER TABLE lode.owner ADD date_basis TEXT;
ALTER TABLE lode.owner ADD name_reported TEXT;
ALTER TABLE lode_history.owner ADD date_basis TEXT;
ALTER TABLE lode_history.owner ADD name_reported TEXT;
ALTER TABLE lode.owner DROP CONSTRAINT ck_owner_role;
ALTER TABLE lode.owner ADD CONSTRAINT ck_owner_role CHECK (role IN ('owner', 'operator', 'former-owner', 'former-operator'));
ALTER TABLE lode.owner ADD CONSTRAINT ck_owner_date_basis CHECK (date_basis IN ('stated', 'in-or-before'));
ALTER TABLE lode.organisation ADD stock_codes TEXT[] DEFAULT '{}' NOT NULL;
ALTER TABLE lode.organisation ADD parent_share_pct DOUBLE PRECISION;
ALTER TABLE lode.organisation ADD parent_date TEXT;
ALTER TABLE lode.organisation ADD site_countries TEXT[];
ALTER TABLE lode_history.organisation ADD stock_codes TEXT[] DEFAULT '{}';
ALTER TABLE lode_history.organisation ADD parent_share_pct DOUBLE PRECISION;
ALTER TABLE lode_history.organisation ADD parent_date TEXT;
ALTER TABLE lode_history.organisation ADD site_countries TEXT[];
ALTER TABLE lode_history.organisation ALTER stock_codes DROP DEFAULT;
-- the next import reads all names anew: the same name in several countries is one organisation now
DELETE FROM lode.organisation_mention;
