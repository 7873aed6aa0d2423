"""The rules that a site goes by: those that ship and the operator's own, read once for each state of the operator's files."""

from functools import lru_cache
from pathlib import Path

from lodebase.errors import BadSetting
from lodebase.settings import Settings
from lodedata import rules
from lodedata.rules import Known, RulesRefused


def rulebook(settings: Settings) -> Known:
    """The rules that are known. Raises BadSetting where the operator's can't be used."""
    return _read(settings.rules, _stamp(settings.rules))


def _stamp(folder: Path | None) -> tuple[tuple[str, int], ...]:
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()))


@lru_cache(maxsize=4)
def _read(folder: Path | None, _stamp: tuple[tuple[str, int], ...]) -> Known:
    try:
        return rules.known(folder)
    except RulesRefused as refused:
        raise BadSetting(f"LODE_RULES={folder}: {str(refused).splitlines()[0]}; `lode rules check` tells all") from None
