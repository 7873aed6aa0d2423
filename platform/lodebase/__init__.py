"""The data at rest: database, queries, rules, jobs. No HTTP. ``lodebase.read`` gives records to notebooks."""

from typing import Any

__all__ = ["read"]


def __getattr__(name: str) -> Any:
    # PEP 562: geopandas and SQLAlchemy are loaded when `read` is used, not by every import of the package
    if name != "read":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lodebase.frame import read  # noqa: PLC0415

    return read
