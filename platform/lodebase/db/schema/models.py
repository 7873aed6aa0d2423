"""The models of all tables of the store, from all modules."""

from types import ModuleType

from sqlalchemy import MetaData

from lodebase.db.schema import (
    backup_tables,
    decision_tables,
    desk_tables,
    history_tables,
    identity_tables,
    internal_tables,
    layout_tables,
    matches,
    mirror_tables,
    organisation_tables,
    prepared_tables,
    recovery_tables,
    right_tables,
    source_tables,
    statistics_tables,
    subscription_tables,
    tables,
    vocabulary_tables,
)

MODULES: tuple[ModuleType, ...] = (
    tables,
    source_tables,
    vocabulary_tables,
    prepared_tables,
    history_tables,
    internal_tables,
    matches,
    backup_tables,
    identity_tables,
    decision_tables,
    desk_tables,
    subscription_tables,
    layout_tables,
    statistics_tables,
    organisation_tables,
    right_tables,
    recovery_tables,
    mirror_tables,
)
METADATA: MetaData = tables.metadata
