"""The sources that Lode reads: one folder each, with source.yml, and reader.py where a mapping is not sufficient.

This module loads descriptions only; readers are in ``sources.readers``.
"""

import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from lodedata import starter
from lodedata.errors import UnknownSource
from lodedata.geography import tianditu
from lodedata.mapping import MappingRefused, Source, load
from lodedata.mapping.model import SOURCE_NAME
from lodedata.messages import msg
from lodedata.statistics.table_spec import StatisticsSource

STARTER = "lode-starter"
DIVISIONS = "china-divisions"
"""The source whose files are those of an installed Python package."""
WITH_FILES = (
    *(DIVISIONS, STARTER, "standard-conditions-lists", "china-recycled-metals", "us-cpi-annual", "lode-organisations"),
)
"""Sources whose files Lode ships or installs; a new store begins with them, boundaries first."""

WORKBOOKS = ("project-ledger", "condition-list-workbook")
"""Sources whose files are workbooks that people fill in; the desk imports them without a mapping."""


def names() -> tuple[str, ...]:
    """Return the names of all sources; boundaries come first, so that the others are checked against them."""
    source_names = sorted(
        entry.name.replace("_", "-") for entry in files(__name__).iterdir() if (entry / "source.yml").is_file()
    )
    return tuple(sorted(source_names, key=lambda name: name != "natural-earth"))


def find_shipped_folder(name: str) -> Path | None:
    """Return the folder of a source's files if Lode ships or installs them, else None."""
    if name not in WITH_FILES:
        return None
    if name == DIVISIONS:
        return tianditu.find_tianditu_folder()
    return starter.get_register_folder() if name == STARTER else Path(str(files(__name__) / name.replace("-", "_") / "data"))


@lru_cache(maxsize=64)
def load_source(name: str) -> Source:
    """Return the description of a source. Raises UnknownSource."""
    entry = files(__name__) / name.replace("-", "_") / "source.yml"
    if not entry.is_file() or "_" in name:
        raise UnknownSource(msg("There is no source %(name)r. Choose one of %(choices)s.", name=name, choices=list(names())))
    described = load(Path(str(entry)))
    if described.name != name:
        raise MappingRefused(
            msg("%(entry)s: is named %(described)r, its folder says %(name)r", entry=entry, described=described.name, name=name)
        )
    return described


def require_own(mapping: Source, path: object) -> None:
    """Raise MappingRefused for a user's mapping that has the name of a source of Lode, or no tables."""
    if mapping.name in names():
        raise MappingRefused(
            msg(
                "%(mapping)s: the name %(source)r belongs to a source of Lode; give your table another.",
                mapping=path,
                source=mapping.name,
            )
        )
    if mapping.rank is not None or mapping.repeats != "never" or mapping.sure_joins:
        raise MappingRefused(
            msg(
                "%(mapping)s: `rank`, `repeats` and `sure_joins` are for sources of Lode; take them out of the mapping.",
                mapping=path,
            )
        )
    if not mapping.tables and not isinstance(mapping, StatisticsSource):
        raise MappingRefused(msg("%(mapping)s: has no `tables`; `lode import --suggest FILE` writes them.", mapping=path))


def require_foreign(name: str) -> None:
    """Raise MappingRefused for a name that another Lode can't have as a source."""
    if not re.fullmatch(SOURCE_NAME, name):
        raise MappingRefused(
            msg(
                '"%(source)s" is not a name of a source. Give 2 to 63 lower-case letters, digits and hyphens with `--as`, '
                "such as henan.",
                source=name,
            )
        )
    if name in names():
        raise MappingRefused(msg("The name %(source)r belongs to a source of Lode. Choose another with `--as`.", source=name))


def recognise(folder: Path) -> str | None:
    """Return the source of a folder's files by the folder's name, else by the files that a source declares."""
    if folder.name in names():
        return folder.name
    for name in names():
        if any(any(folder.glob(pattern)) for pattern in load_source(name).recognise):
            return name
    return None
