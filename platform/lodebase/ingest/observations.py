"""Import of statistics: observations go by COPY into a temporary table, and one statement merges them into the series."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
import psycopg

from lodebase.errors import ImportRefused
from lodebase.ingest import rows
from lodebase.ingest.jobs import import_job
from lodebase.ingest.jobs.import_job import ImportJob, Summary
from lodebase.ingest.jobs.named_rows import RowReasons
from lodebase.ingest.jobs.progress import ImportProgress
from lodedata.mapping import Tally
from lodedata.mapping.column_usage import build_usage_data, describe_column_usage
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.statistics.reading import StatisticsReading, read_statistics
from lodedata.statistics.series import DIMENSIONS, Observation, SeriesKey
from lodedata.statistics.site_release import read_release
from lodedata.statistics.table_spec import StatisticsSource

PROGRESS_ROWS = 5_000
COLUMNS = ("n", "row_", "period", "value", "value_raw", "bound", "obs_status", "conf_status", "note", "source_row")
_LISTED = ", ".join(DIMENSIONS)
CREATE = (
    """CREATE TEMP TABLE staged_observation (
  n integer, row_ integer, period date, value double precision, value_raw text, bound text, obs_status text, conf_status text,
  note text, source_row text) ON COMMIT DROP""",
    f"CREATE TEMP TABLE staged_series ON COMMIT DROP AS SELECT 0 AS n, 0 AS id, {_LISTED} FROM series WHERE false",
    """CREATE TEMP TABLE staged_refused (key text, raw json, locator text, reasons jsonb) ON COMMIT DROP""",
)
ADD_SERIES = f"INSERT INTO series ({_LISTED}) SELECT {_LISTED} FROM staged_series ORDER BY n ON CONFLICT DO NOTHING"
FIND_SERIES = "UPDATE staged_series n SET id = s.id FROM series s WHERE " + " AND ".join(f"s.{d} = n.{d}" for d in DIMENSIONS)
# a release that was withdrawn is read as if it had never been here
FORGET_WITHDRAWN = """
WITH forgotten AS (
  DELETE FROM observation o USING vintage v
  WHERE o.vintage = v.id AND v.source = %(source)s AND v.release = %(release)s AND v.withdrawn_run IS NOT NULL
)
UPDATE vintage SET withdrawn_run = NULL, first_run = %(run)s
WHERE source = %(source)s AND release = %(release)s AND withdrawn_run IS NOT NULL
"""
ADD_VINTAGE = """
INSERT INTO vintage (source, release, released_on, first_run) VALUES (%(source)s, %(release)s, %(day)s, %(run)s)
ON CONFLICT (source, release) DO UPDATE SET released_on = excluded.released_on RETURNING id
"""
# a value that a corrected file of the same release has replaces the earlier one; another release adds an observation
MERGE = """
WITH merged AS (
  INSERT INTO observation AS o
    (series, period, vintage, value, value_raw, bound, obs_status, conf_status, note, source_row)
  SELECT n.id, t.period, %(vintage)s, t.value, t.value_raw, t.bound, t.obs_status, t.conf_status, t.note, t.source_row
  FROM staged_observation t JOIN staged_series n USING (n)
  ON CONFLICT (series, period, vintage) DO UPDATE SET value = excluded.value, value_raw = excluded.value_raw,
    bound = excluded.bound, obs_status = excluded.obs_status, conf_status = excluded.conf_status, note = excluded.note,
    source_row = excluded.source_row
  WHERE (o.value, o.value_raw, o.bound, o.obs_status, o.conf_status, o.note) IS DISTINCT FROM
    (excluded.value, excluded.value_raw, excluded.bound, excluded.obs_status, excluded.conf_status, excluded.note)
  RETURNING series, period, xmax = 0 AS is_new
), by_series AS (
  SELECT n.indicator, n.commodity, count(*) FILTER (WHERE m.is_new) AS added, count(*) FILTER (WHERE NOT m.is_new) AS corrected
  FROM merged m JOIN staged_series n ON n.id = m.series GROUP BY 1, 2
), by_row AS (
  SELECT coalesce(min(CASE WHEN m.is_new THEN 'loaded' WHEN NOT m.is_new THEN 'updated' END), 'unchanged') AS state
  FROM staged_observation t JOIN staged_series n USING (n)
  LEFT JOIN merged m ON m.series = n.id AND m.period = t.period GROUP BY t.row_
)
SELECT (SELECT jsonb_object_agg(state, number) FROM (SELECT state, count(*) AS number FROM by_row GROUP BY state) AS states),
  (SELECT jsonb_agg(to_jsonb(by_series) ORDER BY indicator, commodity)::text FROM by_series)
"""
# the file of a release of another Lode has all of it
DELETE_MISSING = """
DELETE FROM observation o WHERE o.vintage = %(vintage)s AND NOT EXISTS (
  SELECT FROM staged_observation t JOIN staged_series n USING (n) WHERE n.id = o.series AND t.period = o.period)
"""
NOTE_RELEASE = "UPDATE import_run SET release = %(release)s, observation_counts = %(counts)s WHERE id = %(run)s"
QUARANTINE = """
INSERT INTO quarantine AS q (source, key, raw, locator, reasons, first_run, last_run)
SELECT %(source)s, key, raw, locator, reasons, %(run)s, %(run)s FROM staged_refused
ON CONFLICT (source, locator, key) DO UPDATE SET raw = excluded.raw, reasons = excluded.reasons,
  last_run = excluded.last_run, resolved_run = NULL
"""
# a file of a source of several files says nothing about the rows of the others
RESOLVE = """
UPDATE quarantine SET resolved_run = %(run)s
WHERE source = %(source)s AND resolved_run IS NULL AND last_run <> %(run)s
  AND (%(all)s OR split_part(locator, ', row ', 1) = ANY(%(tables)s))
"""


class _Staging:
    """The rows of an import before they are copied: numbers of series, refused rows, and counts."""

    def __init__(self, readings: Iterable[StatisticsReading], progress: ImportProgress) -> None:
        self._readings, self._progress = readings, progress
        self._places: dict[int, str] = {}
        self.series: dict[SeriesKey, int] = {}
        self.refused: list[tuple[str, str, str, str]] = []
        self.read = self.empty = 0

    def observations(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows to copy; refused rows and those without observations are counted."""
        for reading in self._readings:
            self.read += 1
            if self.read % PROGRESS_ROWS == 0:
                self._progress.rows = self.read
            staged_rows = [self._build_row(key, observation) for key, observation in reading.observations]
            problems = reading.problems or self._find_repetitions(reading, staged_rows)
            if problems:
                row = reading.row
                raw = row.raw or orjson.dumps({str(key): observation.value_raw for key, observation in reading.observations})
                self.refused.append((row.key, raw.decode(), rows.clean(row.locator), import_job.encode_reasons(problems)))
                continue
            self.empty += not staged_rows
            yield from staged_rows
        self._progress.rows = self.read

    def _find_repetitions(self, reading: StatisticsReading, staged_rows: Sequence[tuple[Any, ...]]) -> tuple[Problem, ...]:
        """Return a problem for each value whose series has one of the same period in an earlier row."""
        problems = []
        places = [number << 24 | period.toordinal() for number, _, period, *_ in staged_rows]
        for place, (key, observation) in zip(places, reading.observations, strict=True):
            if (first := self._places.setdefault(place, reading.row.locator)) is not reading.row.locator:
                problems.append(Problem("duplicate-key", f"{key}.{observation.period}", None, {"first": first}))
        return tuple(problems)

    def _build_row(self, key: SeriesKey, observation: Observation) -> tuple[Any, ...]:
        number = self.series.setdefault(key, len(self.series))
        return (
            *(
                number,
                self.read,
                observation.period,
                observation.value,
                rows.clean(observation.value_raw),
                observation.bound,
                observation.obs_status,
                observation.conf_status,
            ),
            *(rows.clean(observation.note), observation.source_row),
        )


def transact(
    connection: psycopg.Connection[Any], job: ImportJob, progress: ImportProgress, identity: int, begun: float
) -> Summary:
    """Import a file of statistics in this transaction. Raises ImportRefused, FileRefused, MappingRefused."""
    source = job.source
    assert isinstance(source, StatisticsSource)
    tally = Tally()
    import_job.write_source(connection, source)
    for statement in CREATE:
        connection.execute(statement)
    # the tables of a release of another Lode need no mapping
    is_mapped = bool(source.observations)
    staging = _Staging(read_statistics(source, job.path, tally) if is_mapped else read_release(job.path), progress)
    _copy(connection, "staged_observation", COLUMNS, staging.observations())
    if staging.read == 0:
        raise ImportRefused(msg("%(name)s: has a header and no rows; nothing was changed.", name=job.path.name))
    parameters: dict[str, Any] = {"source": source.name, "release": source.version, "day": source.released_on, "run": identity}
    parameters |= {"all": job.path.is_dir() or len(source.observations) <= 1, "tables": list(tally.rows)}
    counts = _merge(connection, staging, parameters, not is_mapped)
    usage = build_usage_data(tally.usage)
    summary = Summary(
        source=source.name,
        read=staging.read,
        loaded=counts.get("loaded", 0),
        updated=counts.get("updated", 0),
        unchanged=counts.get("unchanged", 0),
        out_of_scope=staging.empty,
        quarantined=len(staging.refused),
        seconds=round(time.monotonic() - begun, 3),
        dataset_version=import_job.assign_version(connection, identity),
        gone=counts.get("gone", 0),
        run=identity,
        notes=tuple(describe_column_usage(usage)),
        column_usage=tuple(usage),
        refused=tuple(import_job.list_refused(connection, identity)) if staging.refused else (),
    )
    import_job.finish(connection, summary, tally, job, RowReasons())
    return summary


def _merge(connection: psycopg.Connection[Any], staging: _Staging, parameters: dict[str, Any], whole: bool) -> dict[str, int]:
    """Merge the staged rows into the store and return the number of rows of the file by result."""
    keys = ((number, 0, *(getattr(key, name) for name in DIMENSIONS)) for key, number in staging.series.items())
    _copy(connection, "staged_series", ("n", "id", *DIMENSIONS), keys)
    _copy(connection, "staged_refused", ("key", "raw", "locator", "reasons"), staging.refused)
    connection.execute("ANALYZE staged_series, staged_observation")
    connection.execute(ADD_SERIES)
    connection.execute(FIND_SERIES)
    connection.execute(FORGET_WITHDRAWN, parameters)
    row = connection.execute(ADD_VINTAGE, parameters).fetchone()
    assert row is not None
    merged = connection.execute(MERGE, {"vintage": row[0]}).fetchone()
    assert merged is not None
    counts: dict[str, int] = merged[0] or {}
    if whole:
        counts["gone"] = connection.execute(DELETE_MISSING, {"vintage": row[0]}).rowcount
    connection.execute(NOTE_RELEASE, parameters | {"counts": merged[1]})
    connection.execute(QUARANTINE, parameters)
    connection.execute(RESOLVE, parameters)
    if counts.get("loaded") or counts.get("updated") or counts.get("gone"):
        connection.execute("SELECT current_version()")
    return counts


def _copy(connection: psycopg.Connection[Any], table: str, columns: Sequence[str], lines: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)
