"""Rules of a site: the built-in rules and the operator's own, read again when the operator's files change."""

from functools import lru_cache
from pathlib import Path

from lodebase.errors import BadSetting
from lodebase.settings import Settings
from lodedata import rules
from lodedata.messages import msg
from lodedata.rules import RuleSet, RulesRefused


def load_rulebook(settings: Settings) -> RuleSet:
    """Return all rules. Raises BadSetting if the operator's rules are invalid."""
    return _read(settings.rules, _stamp(settings.rules))


def _stamp(folder: Path | None) -> tuple[tuple[str, int], ...]:
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()))


@lru_cache(maxsize=4)
def _read(folder: Path | None, _stamp: tuple[tuple[str, int], ...]) -> RuleSet:
    try:
        return rules.load_rules(folder)
    except RulesRefused as refused:
        raise BadSetting(
            msg(
                "LODE_RULES=%(folder)s: %(reason)s; `lode rules check` lists all",
                folder=folder,
                reason=refused,
            )
        ) from None
