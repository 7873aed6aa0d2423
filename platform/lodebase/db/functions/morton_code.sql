-- Returns the Morton code of a point's cell in the Web Mercator tiles of level 26; points without position come last.
DO $$
BEGIN
  -- stores of before 2026-12 have it under another name, and columns that are computed by it
  IF to_regprocedure('lode.place(geometry)') IS NOT NULL AND to_regprocedure('lode.morton_code(geometry)') IS NULL THEN
    ALTER FUNCTION lode.place(geometry) RENAME TO morton_code;
  END IF;
END $$;
CREATE OR REPLACE FUNCTION lode.morton_code(geom geometry) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
DECLARE
  lat double precision;
  x bigint;
  y bigint;
BEGIN
  IF geom IS NULL OR ST_IsEmpty(geom) THEN
    RETURN 1::bigint << 52;
  END IF;
  lat := radians(least(greatest(ST_Y(geom), -85.05112877980659), 85.05112877980659));
  x := least(greatest(floor((ST_X(geom) + 180) / 360 * 67108864), 0), 67108863)::bigint;
  y := least(greatest(floor((1 - ln(tan(lat) + 1 / cos(lat)) / pi()) / 2 * 67108864), 0), 67108863)::bigint;
  -- spread the bits of each number, so that the other's fit between them
  x := (x | (x << 16)) & 281470681808895;
  y := (y | (y << 16)) & 281470681808895;
  x := (x | (x << 8)) & 71777214294589695;
  y := (y | (y << 8)) & 71777214294589695;
  x := (x | (x << 4)) & 1085102592571150095;
  y := (y | (y << 4)) & 1085102592571150095;
  x := (x | (x << 2)) & 3689348814741910323;
  y := (y | (y << 2)) & 3689348814741910323;
  x := (x | (x << 1)) & 6148914691236517205;
  y := (y | (y << 1)) & 6148914691236517205;
  RETURN x | (y << 1);
END $$;
