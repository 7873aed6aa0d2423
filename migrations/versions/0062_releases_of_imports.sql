-- The release of a run is known if the run loaded it first, or if its source has one release.
UPDATE lode.import_run r SET release = v.release FROM lode.vintage v
WHERE v.source = r.source AND r.state = 'done' AND (r.loaded > 0 OR r.updated > 0)
	AND (v.first_run = r.id OR (SELECT count(*) FROM lode.vintage o WHERE o.source = r.source) = 1);
-- All observations of a release are those of its first run if no later run of the release changed any.
UPDATE lode.import_run r SET observation_counts = n.counts
FROM (
	SELECT c.first_run, jsonb_agg(jsonb_build_object(
		'indicator', c.indicator, 'commodity', c.commodity, 'added', c.added, 'corrected', 0) ORDER BY c.indicator, c.commodity) AS counts
	FROM (
		SELECT v.first_run, s.indicator, s.commodity, count(*) AS added
		FROM lode.vintage v JOIN lode.observation o ON o.vintage = v.id JOIN lode.series s ON s.id = o.series
		WHERE v.first_run IS NOT NULL GROUP BY 1, 2, 3
	) c GROUP BY 1
) n
WHERE n.first_run = r.id AND NOT EXISTS (
	SELECT FROM lode.import_run l WHERE l.source = r.source AND l.id > r.id AND l.state = 'done' AND l.loaded + l.updated > 0
		AND l.release IS NOT DISTINCT FROM r.release
);
