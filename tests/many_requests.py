"""Settings for sites that get more requests of a test, and more at once, than a client may send."""

from collections.abc import Mapping

MANY_REQUESTS: Mapping[str, str] = {
    "LODE_CLIENT_SHARE": "1",
    "LODE_RATE_LIMIT": "10000000/minute",
    "LODE_RATE_LIMIT_TILES": "10000000/minute",
    "LODE_RATE_LIMIT_DOWNLOADS": "10000000/minute",
    "LODE_RATE_LIMIT_LAYOUT": "10000000/minute",
}
"""Requests are counted as ever, which costs what it costs; no limit is reached."""
