"""The packed front end: which hashed file a logical name stands for."""

import json
from functools import lru_cache
from pathlib import Path

from lodebase.errors import LodeError

FOLDER = Path(__file__).parents[1] / "static" / "dist"


class NotPacked(LodeError):
    """The front end has not been packed yet."""


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """The hashed files by logical name. Raises NotPacked."""
    path = FOLDER / "manifest.json"
    if not path.is_file():
        raise NotPacked("The front end is not packed; run `make assets`.")
    found: dict[str, str] = json.loads(path.read_text())
    return found


def url(name: str) -> str:
    """The address of a packed file on our own origin."""
    return f"/static/dist/{manifest()[name]}"
