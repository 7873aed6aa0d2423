"""A check that connections have the settings that Lode requests: a pooler of transactions drops those of a connection."""

from sqlalchemy import URL, text

from lodebase.db import engine as engines
from lodebase.errors import DatabaseUnfit
from lodedata.messages import msg

CURRENT_SETTINGS = text(
    "SELECT current_user, replace(current_setting('search_path'), ' ', ''), current_setting('jit'), "
    "current_setting('TimeZone'), current_setting('statement_timeout') <> '0'"
)


def require(url: URL, variable: str, statement_timeout_s: float) -> None:
    """Raise DatabaseUnfit if a connection lacks a setting; ``variable`` is the setting of Lode that has the address."""
    engine = engines.create_checked_engine(url, "lode", statement_timeout_s, pool_size=1)
    try:
        with engine.connect() as connection:
            role, search_path, jit, time_zone, is_limited = connection.execute(CURRENT_SETTINGS).one()
    finally:
        engine.dispose()
    current_settings = {"search_path": search_path, "jit": jit, "TimeZone": time_zone}
    wanted = {"search_path": engines.SEARCH_PATH, "jit": "off", "TimeZone": "UTC"}
    missing = [name for name, value in wanted.items() if current_settings[name] != value]
    if statement_timeout_s and not is_limited:
        missing.append("statement_timeout")
    if missing:
        raise DatabaseUnfit(
            msg(
                "The connections of %(variable)s lack %(names)s: a pooler such as PgBouncer drops these settings. Give them to "
                "the role %(role)s with ALTER ROLE ... SET, as docs/operate/topologies.md, section A pooler, describes.",
                variable=variable,
                names=", ".join(missing),
                role=role,
            )
        )
