"""Values that a page passes to its scripts."""

import orjson


def embed_json(value: object) -> str:
    """Return JSON for a script element, escaped so that it can't end the element."""
    return orjson.dumps(value).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
