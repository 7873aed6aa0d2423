"""The announcement that the site will stop, from the process that stops it to those that serve it: a file."""

import os
from pathlib import Path

VARIABLE = "LODE_STOPPING_FILE"
"""Environment variable of the serving processes that names the file."""


def announced() -> bool:
    """Return whether this site will stop."""
    path = os.environ.get(VARIABLE)
    return path is not None and Path(path).exists()
