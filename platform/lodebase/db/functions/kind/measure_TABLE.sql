-- Updates rows, extent and greatest inaccuracy of {{collection}} by the changes of a version. The extent grows with what is
-- new; it is measured again only when something at its edge has gone.
CREATE OR REPLACE FUNCTION lode.measure_{{table}}(v integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
AS $$
DECLARE
  came record;
  gone record;
  total collection_state;
BEGIN
  SELECT count(*) AS n, count({{geom}}) AS located, max({{accuracy}}) AS accuracy_m,
    min(ST_XMin({{geom}})) AS west, min(ST_YMin({{geom}})) AS south,
    max(ST_XMax({{geom}})) AS east, max(ST_YMax({{geom}})) AS north
  INTO came FROM {{table}} WHERE since_version = v;
  SELECT count(*) AS n, count({{geom}}) AS located, max({{accuracy}}) AS accuracy_m,
    min(ST_XMin({{geom}})) AS west, min(ST_YMin({{geom}})) AS south,
    max(ST_XMax({{geom}})) AS east, max(ST_YMax({{geom}})) AS north
  INTO gone FROM lode_history.{{table}} WHERE until_version = v;
  IF came.n = 0 AND gone.n = 0 THEN
    RETURN;
  END IF;
  UPDATE collection_state SET version = v, n = n + came.n - gone.n, located = located + came.located - gone.located,
    west = least(west, came.west), south = least(south, came.south),
    east = greatest(east, came.east), north = greatest(north, came.north),
    accuracy_max_m = greatest(accuracy_max_m, came.accuracy_m)
  WHERE collection = '{{collection}}' RETURNING * INTO total;
  IF gone.west <= total.west OR gone.south <= total.south OR gone.east >= total.east OR gone.north >= total.north
     OR gone.accuracy_m >= total.accuracy_max_m THEN
    UPDATE collection_state SET (west, south, east, north, accuracy_max_m) = (
      SELECT min(ST_XMin({{geom}})), min(ST_YMin({{geom}})), max(ST_XMax({{geom}})), max(ST_YMax({{geom}})),
        max({{accuracy}})
      FROM {{table}}
    )
    WHERE collection = '{{collection}}';
  END IF;
  -- the planner does not know yet what is most of the table's rows
  IF came.n > 1000 AND came.n > total.n / 5 THEN
    ANALYZE {{analyzed}};
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION lode.measure_{{table}}(integer) FROM PUBLIC;
