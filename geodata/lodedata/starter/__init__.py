"""The starter register that ships: YAML files of records, each value with its source."""

from importlib.resources import files
from pathlib import Path


def get_register_folder() -> Path:
    """Return the folder of the register's files."""
    return Path(str(files(__name__)))
