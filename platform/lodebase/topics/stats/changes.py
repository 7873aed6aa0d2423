"""Changes of statistics by version of the data: releases that were loaded, and the values that their observations revise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from sqlalchemy import Connection, text

from lodebase.db.schema.statistics_tables import NEWEST_FIRST
from lodebase.field_types import DEFAULT_LIMIT, Code, Description, FieldType, Limit, Skip
from lodebase.history.release_changes import VALUES_ADDRESS, LoadedRelease, list_releases
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.models.source_name import SourceName
from lodebase.topics.stats.series_labels import label_of
from lodedata.messages import Label, Message, msg
from lodedata.statistics.periods import format_sdmx_period
from lodedata.statistics.series import DIMENSIONS

MAX_VERSION_CHARACTERS = 40
ADDED = """
  FROM lode.vintage v JOIN lode.import_run r ON r.id = v.first_run
  JOIN lode.observation o ON o.vintage = v.id JOIN lode.series s ON s.id = o.series
  WHERE r.dataset_version > :since AND r.dataset_version <= :until AND v.withdrawn_run IS NULL
    AND v.source = coalesce(:source, v.source) AND s.indicator = coalesce(:indicator, s.indicator)
    AND s.commodity = coalesce(:commodity, s.commodity)
"""
COUNT = text(f"SELECT count(*) {ADDED}")
OBSERVATIONS = text(
    f"SELECT r.dataset_version AS version, s.*, o.period, o.value, o.value_raw, v.release, before.value_raw AS previous_raw,"
    f" before.release AS previous_release FROM (SELECT v.id AS vintage, o.series, o.period {ADDED}"
    " ORDER BY r.dataset_version, o.period DESC, o.series, v.id LIMIT :most OFFSET :skip) chosen"
    " JOIN lode.vintage v ON v.id = chosen.vintage JOIN lode.import_run r ON r.id = v.first_run"
    " JOIN lode.series s ON s.id = chosen.series"
    " JOIN lode.observation o ON o.vintage = v.id AND o.series = chosen.series AND o.period = chosen.period"
    " LEFT JOIN LATERAL (SELECT b.value_raw, w.release FROM lode.observation b JOIN lode.vintage w ON w.id = b.vintage"
    "   WHERE b.series = o.series AND b.period = o.period AND w.released_on < v.released_on AND w.withdrawn_run IS NULL"
    f"   ORDER BY {NEWEST_FIRST.format(v='w')} LIMIT 1) before ON true"
    " ORDER BY r.dataset_version, o.period DESC, o.series, v.id"
)
NOTE = msg(
    "Releases by the version that loaded them, and their observations, the latest periods first; previous_raw is the value of "
    "the release before. Observations that a later import of the same release corrected are counted, not listed."
)


def _parse_version(value: str) -> str:
    if not value or len(value) > MAX_VERSION_CHARACTERS or not value.isprintable():
        raise ValueError
    return value


VERSION = FieldType(
    _parse_version,
    {"type": "string", "maxLength": MAX_VERSION_CHARACTERS},
    msg('"%(value)s" is not a version of the data. Enter its number, or a day such as 2026-03-31.'),
    msg("Enter the number of a version, or a day such as 2026-03-31."),
    msg("A version of the data, by number, day or time; what was loaded after it is returned."),
)

UNTIL = Description(msg("The last version whose changes are returned; by default the latest."))


class ChangesParameters(Parameters):
    """The versions between which changes are returned, and filters of releases and observations."""

    since: Annotated[str, VERSION] = "0"
    until: Annotated[str, VERSION, UNTIL] | None = None
    source: SourceName | None = None
    indicator: Annotated[str, Code("statistical-indicator")] | None = None
    commodity: Annotated[str, Code("commodity")] | None = None
    limit: Annotated[Limit, Description(msg("The number of observations; releases are never left out."))] = DEFAULT_LIMIT
    skip: Annotated[Skip, Description(msg("The number of observations that a page begins after."))] = 0


@dataclass(frozen=True, slots=True)
class LoadedObservation:
    """An observation of a release, and the printed value of the release before where it had one."""

    version: int
    key: str
    indicator: str
    commodity: str
    label: Label
    stage: str
    area: str
    period: str
    value: float | None
    value_raw: str
    unit: str
    unit_mult: int
    release: str
    previous_raw: str | None
    previous_release: str | None


@dataclass(frozen=True, slots=True)
class StatisticsChanges:
    """Releases that were loaded, changed or withdrawn between two versions, and observations of those that were loaded.

    ``next`` is the address of the next observations, None after the last ones.
    """

    dataset_version: int = field(metadata=NOT_IN_DATA)
    since: int
    until: int
    note: Message
    releases: tuple[LoadedRelease, ...]
    observations_matched: int
    observations: tuple[LoadedObservation, ...]
    next: str | None


def find_changes(services: OperationServices, parameters: ChangesParameters) -> StatisticsChanges:
    """Return what was loaded after a version. Raises BadQuery for a version that does not exist."""
    since = 0 if parameters.since == "0" else services.find_version(parameters.since)
    last = None if parameters.until is None else services.find_version(parameters.until)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        until = version if last is None else last
        chosen = {"source": parameters.source, "indicator": parameters.indicator, "commodity": parameters.commodity}
        values = {**chosen, "since": since, "until": until}
        releases = list_releases(connection, since, until, parameters.source)
        matched = connection.scalar(COUNT, values) or 0
        observations = _read_observations(connection, {**values, "most": parameters.limit, "skip": parameters.skip})
    end = parameters.skip + len(observations)
    # the next page is of the same versions, whatever is loaded until it is read
    page = {**values, "limit": parameters.limit, "skip": end}
    following = f"{VALUES_ADDRESS}?{urlencode({name: value for name, value in page.items() if value is not None})}"
    return StatisticsChanges(version, since, until, NOTE, releases, matched, observations, following if end < matched else None)


def _read_observations(connection: Connection, values: Mapping[str, Any]) -> tuple[LoadedObservation, ...]:
    return tuple(
        LoadedObservation(
            version=row["version"],
            key=".".join(str(row[name]) for name in DIMENSIONS),
            indicator=row["indicator"],
            commodity=row["commodity"],
            label=label_of("commodity", row["commodity"]),
            stage=row["stage"],
            area=row["area"],
            period=format_sdmx_period(row["freq"], row["period"]),
            value=row["value"],
            value_raw=row["value_raw"],
            unit=row["unit"],
            unit_mult=row["unit_mult"],
            release=row["release"],
            previous_raw=row["previous_raw"],
            previous_release=row["previous_release"],
        )
        for row in connection.execute(OBSERVATIONS, values).mappings()
    )
