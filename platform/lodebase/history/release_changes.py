"""Releases of statistics by the version of the data that loaded, changed or withdrew them, with counts of observations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy import Connection, text

from lodedata.messages import Label

VALUES_ADDRESS = "/api/statistics/changes"
# A release whose import was withdrawn and repeated is of the run that loaded it last; its first run added it all the same.
RELEASES = text("""
SELECT r.dataset_version AS version, d.committed_at, v.source, s.title_en, s.title_zh, v.release, v.released_on,
  CASE WHEN v.withdrawn_run = r.id THEN 'withdrawn'
    WHEN v.first_run = r.id OR NOT EXISTS (
      SELECT FROM lode.import_run e WHERE e.source = r.source AND e.release = r.release AND e.id < r.id AND e.state = 'done'
        AND e.loaded + e.updated > 0) THEN 'added'
    ELSE 'changed' END AS change,
  r.loaded, r.updated, CASE WHEN v.withdrawn_run = r.id THEN NULL ELSE r.observation_counts END AS counts
FROM lode.import_run r JOIN lode.dataset_version d ON d.version = r.dataset_version
JOIN lode.vintage v ON v.withdrawn_run = r.id OR v.source = r.source AND v.release = r.release
JOIN lode.source s ON s.name = v.source
WHERE r.state = 'done' AND r.dataset_version > :since AND r.dataset_version <= :until
  AND (r.loaded > 0 OR r.updated > 0 OR v.withdrawn_run = r.id) AND v.source = coalesce(:source, v.source)
ORDER BY r.dataset_version, v.source, v.release, r.id
""")

ReleaseChange = Literal["added", "changed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class ObservationCount:
    """The observations of an indicator and a commodity that an import added, and those that it corrected."""

    indicator: str
    commodity: str
    added: int
    corrected: int


@dataclass(frozen=True, slots=True)
class LoadedRelease:
    """An import of a release of statistics, or its withdrawal: rows of the file that were new and updated.

    ``observations`` counts them by indicator and commodity; it is empty for a withdrawal, and for imports that did not count.
    ``values`` is the address of the observations, with the values that they revise.
    """

    version: int
    committed_at: datetime
    source: str
    title: Label
    release: str
    released_on: str
    change: ReleaseChange
    rows_loaded: int
    rows_updated: int
    observations: tuple[ObservationCount, ...]
    values: str

    @property
    def identity(self) -> str:
        """Return the name of the source and that of the release."""
        return f"{self.source}/{self.release}"


def list_releases(connection: Connection, since: int, until: int, source: str | None = None) -> tuple[LoadedRelease, ...]:
    """Return what was loaded after a version and up to another, of all sources or one, by version and source."""
    parameters = {"since": since, "until": until, "source": source}
    return tuple(_release(dict(row)) for row in connection.execute(RELEASES, parameters).mappings())


def _release(row: Mapping[str, Any]) -> LoadedRelease:
    counts: Sequence[Mapping[str, Any]] = row["counts"] or ()
    chosen = {"since": row["version"] - 1, "until": row["version"], "source": row["source"]}
    return LoadedRelease(
        version=row["version"],
        committed_at=row["committed_at"],
        source=row["source"],
        title=Label(row["title_en"], row["title_zh"]),
        release=row["release"],
        released_on=row["released_on"].isoformat(),
        change=row["change"],
        rows_loaded=row["loaded"],
        rows_updated=row["updated"],
        observations=tuple(ObservationCount(**count) for count in counts),
        values=f"{VALUES_ADDRESS}?{urlencode(chosen)}",
    )
