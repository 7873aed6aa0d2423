"""``lode check``: checks of the store that an operator runs after imports."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import choose_terminal_language, echo, echo_json, json_option
from lodebase.errors import CheckFailed
from lodebase.series.national_sums import NationalSum, find_doubts, read_national_figures, sum_data
from lodedata.messages import Label, Message, msg
from lodedata.vocab import label


@click.group(cls=CommandGroup)
def check() -> None:
    """Check the figures of the store."""


@check.command()
@json_option
@click.option("--table", is_flag=True, help="Print all sums as a table in Markdown.")
@click.option(
    "--before",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of an earlier `lode check figures --json`, whose sums the table has too.",
)
def figures(as_json: bool, table: bool, before: Path | None) -> None:
    """Print held figures, and the capacities of countries above 1.5 times their output, with their records.

    Exit status 1 if the sum of a country is above the bound and no capacity in it is marked as doubtful.
    """
    with open_owner_engine() as engine:
        national_figures = read_national_figures(engine)
    sums, held = national_figures.sums, national_figures.held
    if as_json:
        echo_json({"held": held, "sums": list(map(sum_data, sums))}, indent=1)
    elif table:
        echo("\n".join(_write_table(sums, {} if before is None else _read_shares(json.loads(before.read_text("utf-8"))))))
    else:
        echo("\n".join(_write_doubt_lines(find_doubts(sums), held)))
    unmarked = sum(sum_.is_unmarked for sum_ in sums)
    if unmarked:
        raise CheckFailed(
            msg("%(number)s sums are above the bound and not marked; `lode resolve run` marks them.", number=unmarked)
        )


def _write_doubt_lines(doubted: Iterable[NationalSum], held: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Yield the doubts with their records, a line each."""
    for row in held:
        yield _translate_text(_describe_held(row))
    for national_sum in doubted:
        yield _translate_text(_sum_message(national_sum))
        for phase in national_sum.doubted:
            reason = label("figure-doubt", phase["why"])
            name = (
                f"{Label(phase['name_en'], phase['name_zh']).in_language(choose_terminal_language())} ({phase['project_id']})"
            )
            yield _translate_text(
                msg(
                    "  %(name)s: %(tpa)s t/a of %(product)s, %(source)s: %(reason)s",
                    name=name,
                    tpa=f"{phase['tpa']:,.0f}",
                    product=label("product", phase["product"]),
                    source=phase["source"],
                    reason=reason,
                )
            )
    if not held and not doubted:
        yield _translate_text(msg("no figure is in doubt"))


def _describe_held(row: Mapping[str, Any]) -> Message:
    unit = f"{row['unit'] or ''} {row['basis'] or ''}".strip()
    return msg(
        "%(name)s (%(record)s): %(value)s %(unit)s of %(code)s, %(source)s: %(reason)s",
        name=Label(row["name_en"], row["name_zh"]),
        record=row["record_id"],
        value=f"{row['reported']:,g}",
        unit=unit,
        code=label("commodity" if row["figure"] == "grade" else "product", row["code"]),
        source=row["source"],
        reason=label("figure-doubt", row["held"]),
    )


def _sum_message(national_sum: NationalSum) -> Message:
    if national_sum.output is None:
        message = msg("%(stage)s, %(area)s: %(counted)s of %(reported)s t/a count; the output is not known")
    else:
        message = msg(
            "%(stage)s, %(area)s: %(counted)s of %(reported)s t/a count; the output was %(output)s t in %(year)s",
            output=f"{national_sum.output.tonnes:,.0f}",
            year=national_sum.output.year,
        )
    return message.filled(
        stage=national_sum.of.label,
        area=label("country", national_sum.area),
        counted=f"{national_sum.counted_tpa:,.0f}",
        reported=f"{national_sum.reported_tpa:,.0f}",
    )


def _read_shares(earlier: Mapping[str, Any]) -> dict[tuple[str, str, str], float]:
    """Return the sums of an earlier result, in per cent of the output."""
    return {
        (row["commodity"], row["stage"], row["area"]): row["counted_percent"]
        for row in earlier["sums"]
        if row["counted_percent"] is not None
    }


def _write_table(sums: Sequence[NationalSum], before: Mapping[tuple[str, str, str], float]) -> Iterable[str]:
    heads = [
        *(msg("Stage"), msg("Country"), msg("Output (t)"), msg("Year"), msg("As reported (t/a)")),
        *(msg("In ore or concentrate (t/a)"), msg("Counted (t/a)")),
        *((msg("Before (%%)"),) if before else ()),
        *(msg("Comparable (%%)"), msg("Counted (%%)"), msg("Left out")),
    ]
    yield f"| {' | '.join(map(_translate_text, heads))} |"
    yield f"| --- | --- |{' ---: |' * (len(heads) - 2)}"
    for sum_ in sums:
        output = sum_.output
        cells = [
            sum_.of.label.in_language(choose_terminal_language()),
            label("country", sum_.area).in_language(choose_terminal_language()),
            "" if output is None else f"{output.tonnes:,.0f}",
            "" if output is None else output.year,
            f"{sum_.reported_tpa:,.0f}",
            f"{sum_.unlike_tpa:,.0f}" if sum_.unlike_tpa else "",
            f"{sum_.counted_tpa:,.0f}",
            *((_format_percent(before.get((sum_.of.commodity, sum_.of.stage, sum_.area))),) if before else ()),
            _format_percent(sum_.comparable_percent),
            _format_percent(sum_.coverage_percent),
            str(len(sum_.doubted) or ""),
        ]
        yield f"| {' | '.join(cells)} |"


def _format_percent(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _translate_text(message: Message) -> str:
    return message.in_language(choose_terminal_language())
