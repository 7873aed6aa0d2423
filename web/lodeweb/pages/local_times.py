"""Times on pages, in the time zone of the site."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from lodeweb.http.database import get_site


def format_local_time(at: datetime, seconds: bool = False) -> Markup:
    """Return an element with a time in the zone of the setting LODE_TIME_ZONE, to the minute, with its offset from UTC.

    A time without a zone is one of UTC.
    """
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    local = aware.astimezone(ZoneInfo(get_site().settings.time_zone))
    zone = f"UTC{local.isoformat()[-6:]}" if local.utcoffset() else "UTC"
    shown = f"{local:%Y-%m-%d %H:%M:%S}" if seconds else f"{local:%Y-%m-%d %H:%M}"
    return Markup('<time datetime="{}">{} {}</time>').format(aware.isoformat(), shown, zone)
