"""Values that a page hands to its scripts."""

import orjson


def embedded(value: object) -> str:
    """JSON that can stand in a script element: what could end it is escaped."""
    return orjson.dumps(value).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
