"""Commands that list: sources, runs, the quarantine, settings, vocabularies."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from lodebase import settings as settings_module
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import choose_terminal_language, echo, echo_json, json_option, print_rows, say
from lodebase.db import engine as engines
from lodebase.db.store import open_upgraded_store
from lodebase.desk import trail
from lodebase.errors import NotFound
from lodebase.ingest import quarantine as refused_rows
from lodebase.ingest.linking import lineage
from lodebase.ingest.removal import remove_source
from lodebase.query.reading import open_reading
from lodebase.records.source_checks import format_check_days, read_source_checks
from lodebase.settings import Settings
from lodebase.settings_table import list_all_settings
from lodedata import sources as known_sources
from lodedata import vocab as vocabularies
from lodedata.mapping.column_usage import describe_drop_reason
from lodedata.messages import ENGLISH, in_language, msg


@click.command()
@click.option("--remove", metavar="NAME", help="Withdraw all records of a source as a new version; the history keeps them.")
@click.option("--yes", is_flag=True, help="Do not ask before a source is removed.")
@json_option
def sources(remove: str | None, yes: bool, as_json: bool) -> None:
    """List the sources that can be read, what was read of them, and when they are to be checked again."""
    settings = settings_module.load()
    if remove is not None:
        _remove(settings, remove, yes, as_json)
        return
    with open_upgraded_store(settings) as store:
        read = {row["name"]: row for row in lineage.read_imported_sources(store.importer)}
        engine = engines.create_checked_engine(store.addresses.importer, "lode", pool_size=1)
        with open_reading(engine) as connection:
            checks = read_source_checks(connection)
        engine.dispose()
    today = datetime.now(UTC).date()
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys([*known_sources.names(), *read]):
        there, check = read.get(name), checks.get(name)
        source = known_sources.load_source(name) if name in known_sources.names() else None
        rows.append(
            {
                "name": name,
                "records": there["records"] if there else 0,
                "in_scope": there["in_scope"] if there else 0,
                "licence": source.licence.id if source else (there or {}).get("licence"),
                **format_check_days(check),
                "overdue": check is not None and check.is_overdue(today),
                "version": source.version if source else (there or {}).get("version"),
                "title": source.title_en if source else (there or {}).get("title_en"),
            }
        )
    print_rows(rows, as_json)


def _remove(settings: Settings, name: str, yes: bool, as_json: bool) -> None:
    """Remove a source after a confirmation, and print how many rows it had."""
    with open_upgraded_store(settings) as store:
        if not yes:
            click.confirm(
                in_language(msg("Withdraw all records of %(source)s?", source=name), choose_terminal_language()), abort=True
            )
        summary = remove_source(store.importer, name, settings.import_wait_s)
        trail.note_command(store.importer, "remove-source", name, {"rows": summary.read})
    if as_json:
        echo_json(summary.as_data())
        return
    say(
        msg(
            "%(source)s: %(rows)s rows were withdrawn in version %(version)s; earlier versions have their records",
            source=name,
            rows=f"{summary.read:,}",
            version=summary.dataset_version,
        )
    )


@click.command()
@click.argument("number", required=False, type=click.IntRange(1, 2**31 - 1))
@click.option("--limit", default=50, show_default=True, help="Number of rows, newest first.")
@json_option
def runs(number: int | None, limit: int, as_json: bool) -> None:
    """List the latest imports, or the columns of the one with NUMBER: filled, used and dropped cells, with the reasons."""
    with open_upgraded_store(settings_module.load()) as store:
        if number is not None:
            _print_run(lineage.run(store.importer, number), as_json)
            return
        rows = lineage.read_import_runs(store.importer, limit)
    columns = [
        "id",
        "source",
        "state",
        "read",
        "loaded",
        "updated",
        "unchanged",
        "out_of_scope",
        "quarantined",
        "gone",
        "seconds",
        "message",
    ]
    print_rows(rows, as_json, columns)


def _print_run(run: dict[str, Any], as_json: bool) -> None:
    """Print an import and the usage of its columns."""
    if as_json:
        echo_json(run, indent=2)
        return
    columns = run.pop("columns")
    print_rows([run], as_json, [name for name in run if name not in ("path", "started_at")])
    echo("")
    rows = [
        {
            **{name: column[name] for name in ("table", "column", "filled", "used", "dropped")},
            "reasons": "; ".join(
                in_language(describe_drop_reason(drop), choose_terminal_language()) for drop in column["reasons"]
            ),
        }
        for column in columns
    ]
    print_rows(rows, as_json)


@click.group(cls=CommandGroup)
def quarantine() -> None:
    """Look at refused rows, export them, and import them corrected.

    `lode import NAME FILE --corrected` reads an exported and corrected file, for your own table
    `lode import --mapping MAPPING FILE --corrected`.
    """


@quarantine.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Count refused rows by source and rule."""
    with open_upgraded_store(settings_module.load()) as store:
        print_rows(refused_rows.counts(store.importer), as_json)


@quarantine.command()
@click.argument("number", type=int)
@json_option
def show(number: int, as_json: bool) -> None:
    """Show one refused row by its number: the raw row, every reason and its place in the file."""
    with open_upgraded_store(settings_module.load()) as store:
        open_rows = list(refused_rows.read_open_refused_rows(store.importer, identity=number))
    if not open_rows:
        raise NotFound(msg("there is no row %(number)s in quarantine; `lode quarantine rows SOURCE` lists them", number=number))
    row = open_rows[0]
    if as_json:
        print_rows(
            [
                {
                    "id": row.id,
                    "source": row.source,
                    "key": row.key,
                    "locator": row.locator,
                    "reasons": row.reasons,
                    "raw": row.raw,
                }
            ],
            True,
        )
        return
    echo(f"{row.source}: {row.locator} (key {row.key})")
    for sentence, chinese in zip(row.sentences("en"), row.sentences("zh"), strict=True):
        echo(f"  {sentence}\n  {chinese}")
    echo_json(row.raw, indent=2)


@quarantine.command()
@click.argument("source")
@json_option
def rows(source: str, as_json: bool) -> None:
    """List the refused rows of a source with their first reason."""
    with open_upgraded_store(settings_module.load()) as store:
        open_rows = list(refused_rows.read_open_refused_rows(store.importer, source))
    lang = ENGLISH if as_json else choose_terminal_language()
    print_rows([{"id": r.id, "locator": r.locator, "key": r.key, "reason": r.sentences(lang)[0]} for r in open_rows], as_json)


@quarantine.command()
@click.argument("source")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def export(source: str, file: Path, as_json: bool) -> None:
    """Write the refused rows of SOURCE to FILE as CSV, to be corrected and imported again."""
    with open_upgraded_store(settings_module.load()) as store:
        count = refused_rows.export(store.importer, source, file)
    if as_json:
        echo_json({"source": source, "rows": count, "file": str(file)})
    else:
        how = source if source in known_sources.names() else "--mapping MAPPING"
        singular = msg("1 row written to %(file)s; correct it and run `lode import %(how)s %(file)s --corrected`")
        more = msg("%(count)s rows written to %(file)s; correct them and run `lode import %(how)s %(file)s --corrected`")
        say((singular if count == 1 else more).filled(count=count, file=file, how=how))


@click.command()
@json_option
def settings(as_json: bool) -> None:
    """Print every setting with its value, origin and meaning; secrets are masked."""
    all_settings = list_all_settings(settings_module.load())
    rows = [{"variable": s.variable, "value": s.value, "origin": s.origin, "meaning": s.meaning} for s in all_settings]
    if as_json:
        print_rows(rows, True)
        return
    for row in rows:
        echo(f"{row['variable']}={row['value']}  ({row['origin']})\n    {row['meaning']}")


@click.command()
@click.argument("name", required=False)
@click.argument("word", required=False)
@json_option
def vocab(name: str | None, word: str | None, as_json: bool) -> None:
    """List the vocabularies, the terms of one, or the term that WORD names there."""
    if name is None:
        vocabulary_sources = vocabularies.list_sources()
        listed = [
            {
                "name": n,
                "terms": len(vocabularies.load_vocabulary(n)),
                "title_en": vocabulary_sources[n]["title_en"],
                "title_zh": vocabulary_sources[n]["title_zh"],
            }
            for n in vocabularies.names()
        ]
        print_rows(listed, as_json)
        return
    vocabulary = vocabularies.load_vocabulary(name)
    terms = list(vocabulary)
    if word is not None:
        scopes = {""} | ({t.extra["country"] for t in vocabulary} if name == "division" else set())
        terms = [t for scope in sorted(scopes) if (t := vocabulary.find(word, scope)) is not None]
        if not terms:
            raise NotFound(
                msg(
                    "%(word)r is not a code, label or alias of the vocabulary %(name)s; `lode vocab %(name)s` lists its terms",
                    word=word,
                    name=name,
                )
            )
    columns = ("code", "label_en", "label_zh", "broader", "uri")
    print_rows([{c: getattr(t, c) for c in columns} | {"aliases": list(t.aliases)} for t in terms], as_json, columns)
