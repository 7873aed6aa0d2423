"""The revision of the store and the one that this code needs, read without loading Alembic."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

import lodebase
from lodebase.errors import NotMigrated
from lodedata.messages import msg


@dataclass(frozen=True, slots=True)
class RevisionState:
    """The revision of the store, None if it has no tables yet, and the one that this code needs."""

    at: str | None
    wanted: str

    @property
    def current(self) -> bool:
        """Return whether the store is at the revision that this code needs."""
        return self.at == self.wanted


def find_migrations() -> Path:
    """Return the folder of the migrations: in the package when installed, otherwise at the root of the repository."""
    inside = Path(lodebase.__file__).parent / "migrations"
    return inside if inside.is_dir() else Path(lodebase.__file__).parents[2] / "migrations"


def read_wanted_revision() -> str:
    """Return the revision of the last migration; a file ``NNNN_title.py`` is named for its revision, ``NNNN_title``."""
    return max(path.stem for path in (find_migrations() / "versions").glob("[0-9]*_*.py"))


def state(connection: Connection) -> RevisionState:
    """Return the revision of the store and the one that this code needs."""
    version_table = connection.scalar(text("SELECT to_regclass('lode.alembic_version')"))
    at = None if version_table is None else connection.scalar(text("SELECT version_num FROM lode.alembic_version"))
    return RevisionState(at, read_wanted_revision())


def require_current(engine: Engine) -> None:
    """Raise NotMigrated unless the store is at the revision that this code needs."""
    with engine.connect() as connection:
        require_current_state(state(connection))


def require_current_state(revision_state: RevisionState) -> None:
    """Raise NotMigrated unless the state is that of a store at the revision that this code needs."""
    if revision_state.at is None:
        raise NotMigrated(msg("The store has no tables of Lode yet. Run `lode db upgrade`."))
    if not revision_state.current:
        raise NotMigrated(
            msg(
                "The store has version %(found)s, but this program needs %(wanted)s. Run `lode db upgrade`.",
                found=revision_state.at,
                wanted=revision_state.wanted,
            )
        )
