INSERT INTO lode.place_count (collection, level, cell, commodity_group, main_commodity, country, commodities, n)
SELECT collection, coarse.level, cell >> (2 * (fine.level - coarse.level)), commodity_group, main_commodity, country, commodities,
  sum(n)
FROM (VALUES (3, 5), (6, 7), (8, 9)) coarse (level, from_level)
  JOIN lode.place_count fine ON fine.level = coarse.from_level
GROUP BY 1, 2, 3, 4, 5, 6, 7;
