"""Parts of record pages about drill holes: those of a deposit, and the log of a hole."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from lodebase.query.collections_ import Collection
from lodebase.topics.drilling.store import DEPOSIT_RADIUS_M, read_of_deposit


def build_drilling_parts(
    connection: Connection, collection: Collection, identity: str, properties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parts of a record's page about drill holes, by the kind of record."""
    if collection.name == "drill-holes":
        return {"drill_log": f"/drill-holes/{identity}"}
    if collection.name == "deposits":
        return {"drill_holes": read_of_deposit(connection, identity), "drill_holes_km": DEPOSIT_RADIUS_M // 1000}
    return {}
