"""The bundled front end: the hashed file of each logical name."""

import json
from functools import lru_cache
from pathlib import Path

from lodebase.errors import LodeError

FOLDER = Path(__file__).parents[1] / "static" / "dist"


class NotPacked(LodeError):
    """The front end has not been bundled yet."""


@lru_cache(maxsize=1)
def read_asset_manifest() -> dict[str, str]:
    """Return the hashed files by logical name. Raises NotPacked."""
    path = FOLDER / "manifest.json"
    if not path.is_file():
        raise NotPacked("The front end is not packed; run `make assets`.")
    document: dict[str, str] = json.loads(path.read_text())
    return document


def build_asset_url(name: str) -> str:
    """Return the address of a bundled file on this site."""
    return f"/static/dist/{read_asset_manifest()[name]}"
