"""The layout check of a file of planned plants."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
from sqlalchemy import Engine

from lodebase import settings as settings_module
from lodebase.cli.output import json_option, print_rows, say
from lodebase.db import engine as engines
from lodebase.db.store import open_upgraded_store
from lodebase.errors import BadCandidate, CandidatesWrong
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.flat import FIELDS, NAMED, PLACE, build_flat_feature, find_column_field
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS, Language
from lodebase.layout.reports.report import LayoutReport, write_report
from lodebase.layout.rulebook import load_rulebook
from lodebase.statistics.figures import Known
from lodedata.messages import msg
from lodedata.read import FileRefused, open_tables
from lodedata.rules import RuleSet
from lodedata.vocab import fold

NEEDED = ("product", "capacity_tpa", "lon", "lat")


@click.command("file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for a report of each row.")
@click.option(
    "--form", type=click.Choice(["json", *REPORT_FORMATS]), default="xlsx", show_default=True, help="Format of the reports."
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the reports.")
@json_option
def file_(file: Path, out: Path | None, form: str, lang: Language, as_json: bool) -> None:
    """Check the planned plants of FILE (CSV or XLSX), one for each row, and print the results.

    Columns: product, capacity_tpa, and lon and lat or place; optionally name, owner, on, project_type, material, origin,
    equity_pct, contract_pct, division and figures such as capital_pct. Chinese headers (产品, 产能, 经度, 纬度 …) known.
    """
    rows: list[dict[str, object]] = []
    wrong, figures = 0, Known()
    chosen = settings_module.load()
    with open_importer_engine() as engine:
        for number, cells in read_planned_rows(file, NEEDED):
            try:
                report = _check(engine, figures, load_rulebook(chosen), cells)
            except BadCandidate as refused:
                wrong += 1
                rows.append({"row": number, "name": cells.get("name"), "problem": refused.in_language(lang)})
                continue
            rows.append({"row": number, **_build_summary_row(report), "problem": None})
            if out is not None:
                _write(report, out, f"{number:04}", form, lang)
    columns = ["row", "name", "met", "not_met", "judgement", "not_enough_data", "nearest_km", "checksum", "problem"]
    print_rows([{column: row.get(column) for column in columns} for row in rows], as_json)
    if out is not None:
        say(msg("%(count)s reports are in %(folder)s", count=len(rows) - wrong, folder=out))
    if wrong:
        raise CandidatesWrong(
            msg("%(wrong)s of %(number)s rows are invalid and were not checked", wrong=wrong, number=len(rows))
        )


@contextmanager
def open_importer_engine() -> Iterator[Engine]:
    """Yield an engine on the store of the environment."""
    with open_upgraded_store(settings_module.load()) as store:
        engine = engines.create_checked_engine(store.addresses.importer, "lode layout", alone=True)
        try:
            yield engine
        finally:
            engine.dispose()


def _check(engine: Engine, figures: Known, rules: RuleSet, cells: dict[str, str]) -> LayoutReport:
    return write_report(engine, figures, read_candidate(engine, build_flat_feature(cells), datetime.now(UTC).date()), rules)


def read_planned_rows(file: Path, needed: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a file of planned plants with their numbers, as fields. Raises FileRefused for unknown columns."""
    table = open_tables(file)[0]
    fields = [find_column_field(column) for column in table.columns]
    if unknown := [column for column, field in zip(table.columns, fields, strict=True) if field is None and fold(column)]:
        raise FileRefused(
            msg(
                "%(file)s: %(unknown)r is not a column of planned plants; use %(choices)s",
                file=file.name,
                unknown=unknown[0],
                choices=", ".join(FIELDS),
            )
        )
    named = {*NAMED} & {*fields}
    if missing := [name for name in needed if name not in fields and not (named and name in PLACE)]:
        raise FileRefused(msg("%(file)s: the column %(missing)s is missing", file=file.name, missing=missing[0]))
    for row in table.rows:
        cells = {name: "" if cell is None else str(cell).strip() for name, cell in zip(fields, row.cells, strict=False) if name}
        if any(cells.values()):
            yield row.number, cells


def _build_summary_row(report: LayoutReport) -> dict[str, object]:
    return {
        "name": report.inputs.name,
        **report.summary.counted_rules,
        "nearest_km": report.summary.nearest_km,
        "checksum": report.checksum[:16],
    }


def _write(report: LayoutReport, out: Path, name: str, form: str, lang: Language) -> None:
    out.mkdir(parents=True, exist_ok=True)
    file = REPORT_FORMATS.get(form)
    data = orjson.dumps(report.as_data(), option=orjson.OPT_INDENT_2) if file is None else file.write(report, lang, None)
    (out / f"{name}{'.json' if file is None else file.suffix}").write_bytes(data)
