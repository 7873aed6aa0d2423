"""The page of the database."""

from collections.abc import Iterator

from lodebase.db.description import describe_tables
from lodebase.db.schema import history_tables
from reference_pages.texts import ROOT, ReferenceTexts, TextError, code, table

SCRIPTS = ("migrations/versions", "platform/lodebase/db/functions")


def store_page(texts: ReferenceTexts) -> Iterator[str]:
    """Yield the guardrails, then a line for each table."""
    yield from ("## Guardrails", "", "Rules that the database enforces for every program that writes to it.", "")
    _check_enforced(texts)
    guardrails = ((g["text"], ", ".join(map(code, g["held_by"]))) for g in texts.guardrails())
    yield from table(("rule", "enforced by"), guardrails)
    yield from ("## Tables", "", "`lode db describe TABLE` prints the columns and constraints of each.", "")
    yield from table(("table", "what it holds"), ((code(each.table), each.text) for each in describe_tables()))
    with_history = ", ".join(code(t.name) for t in history_tables.VERSIONED)
    yield from ("## lode_history", "", f"The schema of earlier rows. It has a table for each of {with_history}.", "")
    yield from ("Each has the columns of its table and `until_version`, the dataset version at which the row ended.", "")


def _check_enforced(texts: ReferenceTexts) -> None:
    """Raises TextError if a guardrail names something that no migration and no function file makes."""
    scripts = "".join(path.read_text("utf-8") for folder in SCRIPTS for path in sorted((ROOT / folder).rglob("*.sql")))
    for name in (name for guardrail in texts.guardrails() for name in guardrail["held_by"]):
        if name not in scripts:
            raise TextError(f"no migration and no function file makes {name!r}, which a guardrail names")
