"""Operations on the history of the data: its versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from lodebase.db.schema import source_tables
from lodebase.history import dataset_state
from lodebase.history.dataset_state import DataVersion
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodedata.messages import Label, msg

MAX_VERSIONS = 1_000


@dataclass(frozen=True, slots=True)
class DataVersions:
    """The latest versions of the data, and the titles of the sources that they name."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    source_titles: Mapping[str, Label] = field(metadata=NOT_IN_DATA)
    versions: tuple[DataVersion, ...]


def list_versions(services: OperationServices, _parameters: NoParameters) -> DataVersions:
    """Return the latest versions of the data."""
    with open_reading(services.engine) as connection:
        return DataVersions(
            read_dataset_version(connection),
            _read_source_titles(connection),
            dataset_state.read_data_versions(connection, MAX_VERSIONS),
        )


def _read_source_titles(connection: Connection) -> Mapping[str, Label]:
    source = source_tables.source.c
    rows = connection.execute(select(source.name, source.title_en, source.title_zh))
    return {row.name: Label(row.title_en, row.title_zh) for row in rows}


VERSIONS = Operation(
    "history.versions",
    "/api/versions",
    msg("Versions of the data"),
    msg("The versions of the data, latest first: time, import, what it changed, and the edition"),
    NoParameters,
    run=list_versions,
    result=DataVersions,
    # the edition depends on names that left the data, too
    varies_by=("version", "day"),
    page="/versions",
)
OPERATIONS = (VERSIONS,)
