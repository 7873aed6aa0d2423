-- Returns a feature in its short form: each text that features have in common is one control character.
CREATE OR REPLACE FUNCTION lode.short_form(feature text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
  replace(replace(replace(replace(replace(replace(replace(replace(
  replace(replace(replace(replace(replace(replace(replace(replace(
  replace(replace(replace(replace(replace(replace(replace(replace(feature
    , ',"age":null,"exploration_stage":null,"discovery_year":null,"mine_status":null'
      ',"mine_status_date":null,"size_class":null,"size_commodity":null,"size_basis":null'
      ',"size_basis_value_t":null,"position_accuracy_m":', chr(1))
    , '","geometry":{"type":"Point","coordinates":[', chr(2))
    , '","division":null,"occurrence_type":null,"deposit_model":null,"deposit_model_reported":null'
      ',"deposit_form":null,"host_unit":null', chr(3))
    , '"],"flags":[],"note_en":null,"note_zh":null', chr(4))
    , ']},"properties":{"name_en":"', chr(5))
    , '{"type":"Feature","id":"', chr(6))
    , '","major_commodities":["', chr(7))
    , '"],"commodity_group":"', chr(14))
    , '","information_date":"', chr(15))
    , ',"position_method":"', chr(16))
    , '"],"commodities":["', chr(17))
    , '","aliases":[],"main_commodity":"', chr(18))
    , ',"discovery_year":null,"mine_status":null,"mine_status_date":null,"size_class":"', chr(19))
    , '","deposit_model_reported":"', chr(20))
    , '","sources":["', chr(21))
    , '","name_zh":null,"aliases":[],"main_commodity":"', chr(22))
    , '","country":"', chr(23))
    , '","deposit_form":null,"host_unit":null', chr(24))
    , ',"position_accuracy_m":', chr(25))
    , '"],"flags":[],"note_en":"', chr(26))
    , '","discovery_date":null,"announced_by":null,"activity_type":null,"result":null'
      ',"exploration_stage":null,"stage_reported":null,"deposit_model":"', chr(27))
    , '","division":"', chr(28))
    , '"],"main_commodity":"', chr(29))
    , '","name_zh":"', chr(31));
