-- Whether a point of an accuracy lies surely or possibly inside an outline, NULL if it surely does not. Distances are of the
-- ellipsoid, in metres; a point of unknown accuracy is never surely inside.
CREATE OR REPLACE FUNCTION lode.certainty_inside(outline geometry, outline_m float8, place geometry, place_m float8)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = lode, public, pg_temp
AS $$
  SELECT CASE
    WHEN ST_Intersects(outline, place) THEN CASE
      WHEN place_m IS NOT NULL
        AND NOT ST_DWithin(ST_Boundary(outline)::geography, place::geography, place_m + outline_m) THEN 'surely'
      ELSE 'possibly' END
    WHEN ST_DWithin(outline::geography, place::geography, coalesce(place_m, 0) + outline_m) THEN 'possibly'
  END
$$;
