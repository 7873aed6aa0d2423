"""``lode import``: sources, a folder of sources, or a user's own table."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
import psycopg

from lodebase import settings as settings_module
from lodebase.cli.output import (
    build_usage_error,
    choose_terminal_language,
    echo,
    echo_json,
    json_option,
    say,
    show_import_progress,
    show_ticking_line,
)
from lodebase.cli.tables import print_preview, print_tables
from lodebase.db import engine as engines
from lodebase.db.boundaries import read_boundaries
from lodebase.db.store import Store, open_upgraded_store
from lodebase.desk import trail
from lodebase.desk.decisions.judgements import Judgement, JudgementRow
from lodebase.desk.decisions.site_judgements import store_site_judgements
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import DatabaseAway, DiskFull, FetchFailed, ImportRefused, LodeError
from lodebase.ingest import quarantine
from lodebase.ingest.fetch import fetch
from lodebase.ingest.jobs.progress import ImportProgress
from lodebase.ingest.jobs.space import give_back, require_space
from lodebase.ingest.linking.uncompared import compare_left
from lodebase.ingest.lode_site import SiteRecords, fetch_site, read_site
from lodebase.ingest.removal import withdraw_run
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.ingest.site_statistics import ReleasePlan, plan_releases
from lodebase.ingest.stored_records import find_stored
from lodebase.ingest.worldview import add_view_to_source, build_view_reader
from lodebase.resolve.pairs import ResolutionProgress
from lodebase.settings import Settings
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Source, Tally, load
from lodedata.mapping.confined import read_confined
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.messages import Message, in_language, msg
from lodedata.read import Hints
from lodedata.sources import readers
from lodedata.statistics.table_spec import StatisticsSource

SHOWN_REASONS = 5
BOUNDARIES = ("natural-earth", sources.DIVISIONS)
"""Sources whose zones later imports are checked against."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of a run."""

    dry_run: bool
    corrected: bool
    check_space: bool
    may_lose_rows: bool


@click.command("import")
@click.argument("name", required=False)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--all", "folder", type=click.Path(path_type=Path), help="A folder of folders, one for each source.")
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="The mapping of your own table; then NAME is the table's file."
)
@click.option("--suggest", is_flag=True, help="Print a commented mapping for your own table; then NAME is the table's file.")
@click.option("--sheets", is_flag=True, help="List the tables of a file with their first rows; then NAME is the file.")
@click.option("--preview", is_flag=True, help="Print the first records as they would be stored; with --mapping.")
@click.option("--sheet", "part", help="The sheet or layer of your own table, by name or number, in place of the mapping's.")
@click.option("--header-row", type=click.IntRange(1), help="The number of the first line with column names, from 1.")
@click.option("--header-lines", type=click.IntRange(1), help="How many lines the header has.")
@click.option("--encoding", help="Encoding of the file: utf-8, gb18030, cp1252 or cp1251, where it is not detected correctly.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--corrected", is_flag=True, help="PATH is an exported and corrected quarantine file of NAME.")
@click.option("--yes", is_flag=True, help="Import a file that lacks more than a fifth of the rows of its source.")
@click.option("--from-lode", "site", metavar="URL", help="Read the public records and statistics of another Lode.")
@click.option("--as", "own_name", metavar="SOURCE", help="With --from-lode: the name of the source here; by default the host.")
@click.option("--all-records", is_flag=True, help="With --from-lode: request also the records that did not change.")
@click.option("--undo", type=click.IntRange(1, 2**31 - 1), help="Withdraw what the import of this number changed.")
@click.option("--skip-space-check", is_flag=True, help="Import even if the disk seems to have too little free space.")
@json_option
def import_(
    name: str | None,
    path: Path | None,
    folder: Path | None,
    mapping: Path | None,
    suggest: bool,
    sheets: bool,
    preview: bool,
    part: str | None,
    header_row: int | None,
    header_lines: int | None,
    encoding: str | None,
    dry_run: bool,
    corrected: bool,
    yes: bool,
    site: str | None,
    own_name: str | None,
    all_records: bool,
    undo: int | None,
    skip_space_check: bool,
    as_json: bool,
) -> None:
    """Read a source into the store.

    \b
    lode import NAME PATH           a source from its folder or file
    lode import NAME                the same, fetched from its publisher
    lode import --all DIR           every source in a folder of folders
    lode import --mapping M FILE    your own table, as the mapping M says
    lode import --suggest FILE      write a mapping for your own table
    lode import --sheets FILE       list the tables of a file
    lode import --from-lode URL     the public records and statistics of another Lode
    lode import --undo RUN          withdraw an import of `lode runs`

    All rows are accounted for: read = loaded + updated + unchanged + out of scope + quarantined. The same file again
    changes nothing.
    """
    hints = Hints(part, encoding, None, header_row, header_lines)
    if suggest or sheets or preview:
        _look(name, mapping, hints, suggest, preview, as_json)
        return
    settings = settings_module.load()
    if undo is not None:
        _undo(settings, undo, dry_run, as_json)
        return
    options = Options(dry_run, corrected, not skip_space_check, yes)
    if site is not None:
        _import_from_lode(settings, site, own_name, all_records, options, as_json)
        return
    jobs = _plan_all(folder) if folder is not None else iter([_choose_import(name, path, mapping, hints, settings, corrected)])
    with open_upgraded_store(settings) as store:
        # records of many sources are compared once, after the last of them
        failed, summaries = _run_all(store, settings, jobs, options, compare=folder is None)
        if folder is not None and not dry_run:
            _compare_left(store, settings)
    if as_json:
        echo_json([summary.as_data() for summary in summaries])
    if failed:
        sys.exit(2)


def _choose_import(
    name: str | None, path: Path | None, mapping: Path | None, hints: Hints, settings: Settings, corrected: bool
) -> "Planned":
    """Return the import of one source or of a user's own table. Raise UsageError if neither is named."""
    if name is None:
        if mapping is not None:
            raise build_usage_error(msg("name the table's file: lode import --mapping MAPPING FILE"))
        raise build_usage_error(msg("name a source, or a folder with --all; `lode sources` lists what can be read"))
    return (
        _plan_source(name, path, settings, corrected) if mapping is None else _plan_own(mapping, Path(name), corrected, hints)
    )


def _import_from_lode(
    settings: Settings, address: str, name: str | None, all_records: bool, options: Options, as_json: bool
) -> None:
    """Import the public records of another Lode and the judgements of its people on them."""
    counted = ImportProgress()
    with tempfile.TemporaryDirectory(prefix="lode-site-") as temporary, open_upgraded_store(settings) as store:
        with show_import_progress(counted, address):
            stored = None if all_records else partial(find_stored, store.importer)
            site = fetch_site(address, name, Path(temporary), lambda count: setattr(counted, "rows", count), stored)
        plan = plan_releases(store.importer, site.source.name, site.releases, settings.import_wait_s)
        planned = [
            (site.source, site.path, "lode"),
            *((site_release.source, site_release.path, "lode") for site_release in plan.stored),
        ]
        failed, summaries = _run_all(store, settings, planned, options, compare=True)
        if not failed and not options.dry_run:
            _store_judgements(store, site)
            for job in plan.withdrawn:
                run(store.importer, job)
    _report_releases(plan)
    say(msg("  %(n)s records requested; the others did not change", n=f"{site.requested:,}"))
    if as_json:
        echo_json([summary.as_data() for summary in summaries])
    if failed:
        sys.exit(2)


def _report_releases(plan: ReleasePlan) -> None:
    """Print which statistics of another Lode this store has already, and which were withdrawn there."""
    for same in plan.own:
        if same.different:
            say(
                msg(
                    "  review: %(n)s values of %(source)s, %(release)s, differ in the other Lode; "
                    "the values of this store are used",
                    n=f"{same.different:,}",
                    source=same.data_set,
                    release=same.release,
                )
            )
    for job in plan.withdrawn:
        say(msg("  %(source)s: releases that the other Lode no longer has are withdrawn", source=job.source.name))


def _store_judgements(store: Store, site_records: SiteRecords) -> None:
    name = site_records.source.name
    judgements = [
        Judgement(
            JudgementRow(name, judged_pair.a),
            JudgementRow(name, judged_pair.b),
            judged_pair.verdict,
            judged_pair.relation,
            judged_pair.reason,
        )
        for judged_pair in site_records.judged
    ]
    engine = engines.create_checked_engine(store.addresses.owner, "lode", pool_size=1)
    try:
        with open_write_transaction(engine, operator=trail.describe_operator()) as connection:
            done = store_site_judgements(connection, name, judgements)
    finally:
        engine.dispose()
    if done.new or done.withdrawn:
        say(msg("  judgements of %(source)s: %(new)s new, %(gone)s withdrawn", source=name, new=done.new, gone=done.withdrawn))
    for conflict in done.conflicts:
        say(
            msg(
                "  review: %(source)s and the reviewers of this site disagree on its records %(a)s and %(b)s; "
                "the source says %(verdict)s",
                source=name,
                a=conflict.a.key,
                b=conflict.b.key,
                verdict=conflict.verdict,
            )
        )


def _undo(settings: Settings, number: int, dry_run: bool, as_json: bool) -> None:
    """Withdraw an import, and print how many rows are as before it."""
    with open_upgraded_store(settings) as store:
        summary = withdraw_run(store.importer, number, settings.import_wait_s, settings.review_to, dry_run)
        if not dry_run:
            trail.note_command(store.importer, "withdraw-import", summary.source, {"import": number, **summary.counts()})
    if as_json:
        echo_json(summary.as_data())
        return
    done = msg(
        "%(source)s: import %(number)s is withdrawn in version %(version)s: %(restored)s rows are as before it, %(out)s are "
        "out of scope; earlier versions have its records",
        source=summary.source,
        number=number,
        version=summary.dataset_version,
        restored=f"{summary.updated:,}",
        out=f"{summary.out_of_scope:,}",
    )
    say(msg("%(sentence)s (dry run, nothing was changed)", sentence=done) if dry_run else done)


def _look(name: str | None, mapping: Path | None, hints: Hints, suggest: bool, preview: bool, as_json: bool) -> None:
    """Print what a file holds, without a store: a suggested mapping, its first records, or its tables."""
    if name is None:
        raise build_usage_error(msg("name the file, such as lode import --suggest FILE"))
    if suggest:
        echo(write_mapping_suggestion(Path(name), hints), nl=False)
    elif preview:
        if mapping is None:
            raise build_usage_error(msg("name the mapping: lode import --mapping MAPPING FILE --preview"))
        source, path, _ = _plan_own(mapping, Path(name), False, hints)
        print_preview(source, path, as_json)
    else:
        print_tables(Path(name), hints, as_json)


Planned = tuple[Source, Path, str]
"""A source, the path it is read from, and how: ``source``, ``mapping``, ``corrected`` or ``lode``."""


def _plan_all(folder: Path) -> Iterator[Planned]:
    if not folder.is_dir():
        raise ImportRefused(
            msg("%(folder)s is not a folder; name the folder that has one folder for each source.", folder=folder)
        )
    folders: dict[str, Path] = {}
    for entry in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        name = sources.recognise(entry) if entry.is_dir() else None
        if not entry.is_dir():
            say(msg("%(name)s: is a file and no folder of a source, left alone", name=entry.name))
        elif name is None:
            say(msg("%(name)s: holds the files of no known source, left alone", name=entry.name))
        elif sources.load_source(name).only_by_name:
            say(
                msg(
                    "%(name)s: is read only by its name, as its joins with other sources are not measured yet: "
                    "lode import %(source)s %(folder)s",
                    name=entry.name,
                    source=name,
                    folder=entry,
                )
            )
        elif name in folders:
            say(
                msg(
                    "%(name)s: holds %(source)s once more, left alone; %(first)s is read",
                    name=entry.name,
                    source=name,
                    first=folders[name].name,
                )
            )
        else:
            folders[name] = entry
    if not folders:
        raise ImportRefused(msg("%(folder)s: holds no folder of a known source; `lode sources` lists them.", folder=folder))
    return ((sources.load_source(name), folders[name], "source") for name in sources.names() if name in folders)


def _plan_source(name: str, path: Path | None, settings: Settings, corrected: bool) -> Planned:
    source = sources.load_source(name)
    _require_correctable(source, corrected)
    if corrected:
        if path is None:
            raise build_usage_error(msg("name the corrected file: lode import NAME FILE --corrected"))
        return source, path, "corrected"
    if path is not None:
        if not path.exists():
            raise ImportRefused(msg("%(path)s: there is no such file or folder.", path=path))
        return source, path, "source"
    shipped = sources.find_shipped_folder(name)
    if shipped is not None:
        return source, shipped, "source"
    return source, _fetch_source(source, settings), "source"


def _plan_own(mapping: Path, path: Path, corrected: bool, hints: Hints) -> Planned:
    source = load(mapping).with_hints(hints)
    sources.require_own(source, mapping)
    _require_correctable(source, corrected)
    if not path.exists():
        raise ImportRefused(msg("%(path)s: there is no such file.", path=path))
    return source, path, "corrected" if corrected else "mapping"


def _require_correctable(source: Source, corrected: bool) -> None:
    if corrected and isinstance(source, StatisticsSource):
        raise ImportRefused(msg("%(source)s holds statistics; correct its own file and import it again.", source=source.name))


def _fetch_source(source: Source, settings: Settings) -> Path:
    if not source.fetch:
        raise FetchFailed(
            msg(
                "%(source)s has no address to fetch it from; get it at %(homepage)s and name the folder.",
                source=source.name,
                homepage=source.homepage,
            )
        )
    folder = settings.home / "downloads" / source.name
    for what in source.fetch:
        say(msg("fetching %(address)s", address=what.url))
        fetch(what, folder, _build_byte_display())
        if sys.stderr.isatty():
            say("")
    return folder


def _build_byte_display() -> Callable[[int, int | None], None]:
    def show(have: int, whole: int | None) -> None:
        if sys.stderr.isatty():
            of = f" of {whole / 1e6:.1f}" if whole else ""
            click.echo(f"\r\033[K{have / 1e6:.1f}{of} MB", nl=False, err=True)

    return show


def _compare_left(store: Store, settings: Settings) -> None:
    """Compare the records that imports have left with those of other sources, and say what came of it."""
    progress = ResolutionProgress()
    with show_ticking_line(progress.line):
        done = compare_left(store.importer, settings.review_to, settings.import_wait_s, progress)
    if done is not None:
        say(done.line())


def _run_all(
    store: Store, settings: Settings, planned: Iterable[Planned], options: Options, compare: bool
) -> tuple[bool, list[Summary]]:
    """Run each planned import; report a refused one and begin the next."""
    failed = False
    summaries = []
    against: Boundaries | None = None
    for source, path, how in planned:
        # boundaries are taken anew after they were imported, and once otherwise
        if against is None:
            against = read_boundaries(store.importer, settings.boundaries, settings.worldview)
            if not against and source.name not in BOUNDARIES:
                say(msg("positions are not checked against countries: import natural-earth first"))
        job = ImportJob(
            add_view_to_source(source, settings.worldview),
            path,
            build_view_reader(source, _build_reader(source, path, how), settings.worldview, settings.boundaries),
            against,
            dry_run=options.dry_run,
            # a check shows how many rows would be gone
            may_lose_rows=options.may_lose_rows or options.dry_run,
            wait_s=settings.import_wait_s,
            accept=settings.review_to,
            compare=compare,
            # one file of several says nothing of the rows of the others
            partial=how == "corrected" or (path.is_file() and len(source.tables) > 1),
        )
        progress = ImportProgress()
        try:
            if options.check_space:
                require_space(store, source.name, path)
            with show_import_progress(progress, source.name):
                summary = _run(store, job, progress)
        except LodeError as error:
            say(Message("lode: %(sentence)s", {"sentence": error}))
            failed = True
            _note(store, source, path, options, {"failed": str(error)})
            continue
        _note(store, source, path, options, summary.counts())
        if source.name in BOUNDARIES:
            against = None
        summaries.append(summary)
        _report(store, summary, options)
        if summary.quarantined and not (summary.loaded or summary.updated or summary.unchanged or summary.out_of_scope):
            none = msg("no row of %(file)s could be loaded.", file=path.name)
            say(Message("lode: %(sentence)s", {"sentence": none}))
            failed = True
    return failed, summaries


def _note(store: Store, source: Source, path: Path, options: Options, detail: Mapping[str, Any]) -> None:
    """Write to the audit trail what was imported, by whom, and what became of it."""
    if options.dry_run:
        return
    try:
        trail.note_command(store.importer, "import", source.name, {"path": str(path), **detail})
    except psycopg.Error as error:
        cause = str(error).strip().splitlines()[0]
        failed = msg("the audit trail could not be written: %(cause)s", cause=cause)
        say(Message("lode: %(sentence)s", {"sentence": failed}))


def _run(store: Store, job: ImportJob, progress: ImportProgress) -> Summary:
    try:
        return run(store.importer, job, progress)
    except DiskFull:
        give_back(store)
        raise
    except DatabaseAway:
        if store.cluster is not None:
            store.cluster.require_disk_space()
        raise


def _build_reader(source: Source, path: Path, how: str) -> Callable[[Tally], Iterable[Reading]]:
    def read(tally: Tally) -> Iterable[Reading]:
        if how == "corrected":
            return quarantine.read_corrected_file(source, path, tally)
        if how == "lode":
            return read_site(path, tally)
        reader = read_confined if how == "mapping" else readers.get_source_reader(source.name)
        return reader(source, path, tally)

    return read


def _report(store: Store, summary: Summary, options: Options) -> None:
    counts = {name: f"{count:,}" for name, count in summary.counts().items() if isinstance(count, int)}
    counted = msg(
        "%(source)s: read %(read)s = loaded %(loaded)s + updated %(updated)s + unchanged %(unchanged)s + out of scope "
        "%(out_of_scope)s + quarantined %(quarantined)s in %(seconds)s s",
        **{**counts, "source": summary.source, "seconds": f"{summary.seconds:.1f}"},
    )
    say(msg("%(sentence)s (dry run, nothing was changed)", sentence=counted) if options.dry_run else counted)
    if summary.gone:
        say(msg("  %(count)s rows are no longer in the source; their records stay, marked", count=f"{summary.gone:,}"))
    width = shutil.get_terminal_size((160, 24)).columns if sys.stderr.isatty() else 400
    for note in summary.notes:
        say(f"  {in_language(note, choose_terminal_language())}"[:width])
    for number, row in enumerate(summary.refused):
        if number == SHOWN_REASONS:
            more = f"{summary.quarantined - SHOWN_REASONS:,}"
            say(msg("  … and %(count)s more; `lode quarantine rows %(source)s` lists them", count=more, source=summary.source))
            break
        say(f"  {in_language(row, choose_terminal_language())}")
