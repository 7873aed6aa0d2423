"""The statistics of another Lode: its releases, each as a release of a source of its own, and what this store has of them.

The series are those of the publisher, so that a value of two nodes is served once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg

from lodebase.errors import FetchFailed, ImportRefused
from lodebase.ingest.jobs.import_job import ImportJob
from lodebase.ingest.withdrawal import read_stored_source
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping.model import Licence
from lodedata.messages import msg
from lodedata.statistics.series import DIMENSIONS
from lodedata.statistics.site_release import MARK, is_taken, read_release
from lodedata.statistics.table_spec import StatisticsSource

FIRST_YEAR, LAST_YEAR = 1900, 2099
"""The years that a period may have."""
AT_ONCE = 20_000
"""Observations of a request; a range of years with more is divided."""
MAX_OF_YEAR = 100_000
MAX_NAME = 63
Json = dict[str, Any]
Get = Callable[[str], Json]
TAKEN = "SELECT source, array_agg(release) FROM vintage WHERE starts_with(source, %s) AND withdrawn_run IS NULL GROUP BY source"
OWN = "SELECT id FROM vintage WHERE source = %s AND release = %s AND withdrawn_run IS NULL"
OBSERVATIONS = f"""
SELECT {", ".join(f"s.{name}" for name in DIMENSIONS)}, o.period, o.value, o.value_raw, o.bound, o.obs_status, o.conf_status
FROM observation o JOIN series s ON s.id = o.series WHERE o.vintage = %s
"""


@dataclass(frozen=True, slots=True)
class SiteRelease:
    """A release of a data set of another Lode, as a source of this one, with its observations in a file."""

    data_set: str
    source: StatisticsSource
    path: Path


@dataclass(frozen=True, slots=True)
class SameRelease:
    """A release that this store imported itself, and the number of values that the other Lode has otherwise."""

    data_set: str
    release: str
    different: int


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What an import does with the releases of a site: those that are stored, those that this store has, withdrawals."""

    stored: tuple[SiteRelease, ...]
    own: tuple[SameRelease, ...]
    withdrawn: tuple[ImportJob, ...]


def fetch_releases(get: Get, site: str, name: str, described: Mapping[str, Json], folder: Path) -> tuple[SiteRelease, ...]:
    """Copy the observations of a site to files in a folder, one for each release, the earliest first.

    Releases that the site itself read from another Lode are left out. Raise FetchFailed, or ImportRefused if the name of a
    source would be too long.
    """
    facets = get("/api/statistics/series?limit=1")["facets"]
    rows: dict[tuple[str, str, str], list[Json]] = {}
    for series_source in sorted(str(facet["value"]) for facet in facets["source"]):
        for row in _observations(get, series_source, FIRST_YEAR, LAST_YEAR):
            if not is_taken(row["data_set"]):
                rows.setdefault((row["released_on"], row["data_set"], row["release"]), []).append(row)
    return tuple(
        _release(site, name, described[data_set], key, rows[key], folder / f"{name}{MARK}{number}.ndjson")
        for number, key in enumerate(sorted(rows), 1)
        if (data_set := key[1]) in described
    )


def _observations(get: Get, series_source: str, first: int, last: int) -> Iterator[Json]:
    """Yield the observations of a source of series in a range of years, of all releases."""
    limit = AT_ONCE if first < last else MAX_OF_YEAR
    page = get(f"/api/statistics/observations?source={series_source}&releases=all&from={first}&to={last}&limit={limit}")
    if page["complete"]:
        yield from page["observations"]
    elif first < last:
        middle = (first + last) // 2
        yield from _observations(get, series_source, first, middle)
        yield from _observations(get, series_source, middle + 1, last)
    else:
        raise FetchFailed(
            msg(
                "The site has more than %(most)s observations of %(source)s in %(year)s, which can't be read; nothing was "
                "changed.",
                most=f"{MAX_OF_YEAR:,}",
                source=series_source,
                year=first,
            )
        )


def _release(site: str, name: str, description: Json, key: tuple[str, str, str], rows: list[Json], path: Path) -> SiteRelease:
    day, data_set, release = key
    own_name = f"{name}{MARK}{data_set}"
    if len(own_name) > MAX_NAME:
        raise ImportRefused(
            msg(
                'The name "%(name)s" is longer than %(most)s characters. Choose a shorter name of the site with `--as`.',
                name=own_name,
                most=MAX_NAME,
            )
        )
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    source = StatisticsSource(
        name=own_name,
        title_en=description["title_en"],
        title_zh=description["title_zh"],
        publisher=description["publisher"],
        licence=Licence(
            id=description["licence"],
            name=description["licence_name"],
            url=description.get("licence_url"),
            attribution=description.get("attribution"),
        ),
        citation=f"{description['citation']}; by {site}",
        version=release,
        as_of=day,
        homepage=description.get("homepage"),
        note_en=description.get("note_en"),
        note_zh=description.get("note_zh"),
        dataflow=rows[0]["source"],
        observations=(),
    )
    return SiteRelease(data_set, source, path)


def plan_releases(database: str, name: str, releases: tuple[SiteRelease, ...], wait_s: float) -> ReleasePlan:
    """Return which releases of a site are stored, and which that were stored are withdrawn.

    A release that this store imported itself is not stored again; where its values differ, this store's hold.
    """
    stored, own = list[SiteRelease](), list[SameRelease]()
    with psycopg.connect(database, options="-c search_path=lode,public") as connection:
        for release in releases:
            row = connection.execute(OWN, (release.data_set, release.source.version)).fetchone()
            if row is None:
                stored.append(release)
            else:
                own.append(SameRelease(release.data_set, release.source.version, _different(connection, row[0], release.path)))
        live: dict[str, list[str]] = dict(connection.execute(TAKEN, (f"{name}{MARK}",)).fetchall())
        current = {
            source: {stored_release.source.version for stored_release in stored if stored_release.source.name == source}
            for source in live
        }
        withdrawn = [
            _withdrawal(connection, source, tuple(sorted(current[source])), wait_s)
            for source in sorted(live)
            if set(live[source]) - current[source]
        ]
    return ReleasePlan(tuple(stored), tuple(own), tuple(withdrawn))


def _different(connection: psycopg.Connection[Any], vintage: int, path: Path) -> int:
    """Return the number of values of a file that a release of the store has otherwise, or not at all."""
    size = len(DIMENSIONS) + 1
    ours = {row[:size]: row[size:] for row in connection.execute(OBSERVATIONS, (vintage,))}
    different = 0
    for reading in read_release(path):
        for key, observation in reading.observations:
            cell = (*(getattr(key, name) for name in DIMENSIONS), observation.period)
            different += ours.get(cell) != (
                observation.value,
                observation.value_raw,
                observation.bound,
                observation.obs_status,
                observation.conf_status,
            )
    return different


def _withdrawal(connection: psycopg.Connection[Any], source: str, current: tuple[str, ...], wait_s: float) -> ImportJob:
    stored_source = read_stored_source(connection, source)
    assert stored_source is not None
    return ImportJob(
        stored_source,
        Path("removed"),
        lambda _: (),
        Boundaries(()),
        partial=True,
        wait_s=wait_s,
        removes_statistics=True,
        keeps_releases=current,
    )
