"""The estimate of a tract as PDF: what may be left, with every assumption, the model, and the deposits that are known."""

from collections.abc import Iterator

from lodebase.topics.tract.filter_text import CITATION, describe_methods, describe_parameters, describe_share
from lodebase.topics.tract.operations import TractEstimate
from lodebase.typesetting.document import Block, Fields, Heading, Note, Paragraph, PrintedDocument, Rows, typeset
from lodedata.messages import Message, msg, wrap_foreign_text
from lodedata.topics.grade_tonnage.model import Percentiles
from lodedata.topics.undiscovered.simulation import AboveCutOff, AboveFilter, Amounts

MAX_PRINTED_DEPOSITS = 200
"""Known deposits that are printed; JSON has all."""
MAX_OUTLINE = 1_500
"""Characters of the outline that are printed; JSON has it whole."""
TITLE = msg("Undiscovered resources of a tract")
FOOT = msg("Computed by simulation from numbers that a user gave. It is no finding of ore.")


def write_estimate(tract_estimate: TractEstimate, language: str) -> bytes:
    """Return the estimate as PDF; the bytes are the same for the same estimate, language and typefaces."""
    blocks = list(_build_blocks(tract_estimate, language))
    return typeset(PrintedDocument(TITLE.in_language(language), language, FOOT.in_language(language), blocks))


def _build_blocks(tract_estimate: TractEstimate, language: str) -> Iterator[Block]:
    def written(message: Message) -> str:
        return message.in_language(language)

    yield Fields([(written(name), written(value)) for name, value in _build_head(tract_estimate)])
    yield Heading(written(msg("What may be left")))
    percent = f"{tract_estimate.simulation.chance_of_none * 100:.3g}"
    yield Paragraph(written(msg("The chance that there is none is %(percent)s %%.", percent=percent)))
    metal = wrap_foreign_text(tract_estimate.commodity_label.in_language(language))
    yield _list_amounts(language, metal, tract_estimate.simulation.ore_t, tract_estimate.simulation.metal_t)
    if tract_estimate.simulation.above_cutoff is not None:
        yield Heading(written(msg("Above the cut-off")))
        yield Paragraph(written(describe_cutoff(tract_estimate.simulation.above_cutoff)))
        yield _list_amounts(
            language, metal, tract_estimate.simulation.above_cutoff.ore_t, tract_estimate.simulation.above_cutoff.metal_t
        )
    if tract_estimate.simulation.above_filter is not None:
        yield from _describe_filter(tract_estimate.simulation.above_filter, language, metal)
    yield Heading(written(msg("What it rests on")))
    for assumption in tract_estimate.assumptions:
        yield Paragraph(written(assumption))
    yield Heading(written(msg("Grade and tonnage model")))
    yield Paragraph(written(msg("%(n)s deposits used", n=tract_estimate.model.deposits)))
    yield _list_percentiles(tract_estimate, language, metal)
    yield Heading(written(msg("Known deposits of the type in the tract")))
    yield from _describe_deposits(tract_estimate, language)
    yield Heading(written(msg("Outline")))
    outline = (
        tract_estimate.outline if len(tract_estimate.outline) <= MAX_OUTLINE else f"{tract_estimate.outline[:MAX_OUTLINE]} …"
    )
    yield Note(outline)


def _build_head(tract_estimate: TractEstimate) -> list[tuple[Message, Message]]:
    place = (
        []
        if tract_estimate.place is None
        else [(msg("Name of a zone"), wrap_foreign_text(f"{tract_estimate.place_en} ({tract_estimate.place})"))]
    )
    densities = (
        []
        if tract_estimate.densities is None
        else [
            (
                msg("from densities per 100,000 km²"),
                wrap_foreign_text(" · ".join(f"{density:g}" for density in tract_estimate.densities)),
            )
        ]
    )
    return [
        *place,
        (msg("Area"), wrap_foreign_text(f"{tract_estimate.area_km2:,.4g} km²")),
        (msg("Deposit type"), msg("%(label)s", label=tract_estimate.label)),
        (msg("Metal"), msg("%(label)s", label=tract_estimate.commodity_label)),
        (msg("Deposits with a chance of 90, 50 and 10 %%"), wrap_foreign_text(" · ".join(map(str, tract_estimate.numbers)))),
        *densities,
        (msg("Data version"), wrap_foreign_text(str(tract_estimate.dataset_version))),
    ]


def _describe_filter(above: AboveFilter, language: str, metal: Message) -> Iterator[Block]:
    yield Heading(msg("Above the economic filter").in_language(language))
    yield Paragraph(describe_share(above).in_language(language))
    recovered = ((msg("Metal recovered"), above.recovered_t),)
    yield _list_amounts(language, metal, above.ore_t, above.metal_t, recovered)
    for method in describe_methods(above):
        yield Paragraph(method.in_language(language))
    yield Fields([(name.in_language(language), value.in_language(language)) for name, value in describe_parameters(above)])
    yield Note(CITATION.in_language(language))


def describe_cutoff(above: AboveCutOff) -> Message:
    """Return a sentence on what reaches the cut-off."""
    return msg(
        "Only deposits with at least %(ore)s t of ore and %(grade)s %% of the metal count, as the user entered; this "
        "is no model of cost. %(share)s %% of the simulated deposits reach it, and in %(none)s %% of the simulated "
        "tracts none does.",
        ore=f"{above.cutoff.min_ore_t:,.0f}",
        grade=f"{above.cutoff.min_grade_pct:g}",
        share=f"{above.share_of_deposits * 100:.3g}",
        none=f"{above.chance_of_none * 100:.3g}",
    )


def _list_amounts(
    language: str, metal: Message, ore_t: Amounts, metal_t: Amounts, more: tuple[tuple[Message, Amounts], ...] = ()
) -> Rows:
    chances = (("95", "reached_by_95_pct"), ("50", "reached_by_50_pct"), ("5", "reached_by_5_pct"))
    head = [msg("Tonnes"), *(msg("chance of %(chance)s %%", chance=chance) for chance, _ in chances), msg("Mean")]
    rows = [
        [name.in_language(language), *(f"{getattr(amounts, field):,.3g}" for _, field in chances), f"{amounts.mean:,.3g}"]
        for name, amounts in ((msg("Ore"), ore_t), (metal, metal_t), *more)
    ]
    return Rows([[message.in_language(language) for message in head], *rows], [1.4, 1.0, 1.0, 1.0, 1.0])


def _list_percentiles(tract_estimate: TractEstimate, language: str, metal: Message) -> Rows:
    def cells(percentiles: Percentiles) -> list[str]:
        return [
            f"{value:.4g}"
            for value in (percentiles.reached_by_90_pct, percentiles.reached_by_50_pct, percentiles.reached_by_10_pct)
        ]

    head = [msg("Figure"), *(msg("%(share)s %% of deposits reach", share=share) for share in (90, 50, 10))]
    rows = [
        (msg("%(figure)s (t), observed", figure=msg("Ore")), tract_estimate.model.ore_t.observed),
        (msg("%(figure)s (t), lognormal", figure=msg("Ore")), tract_estimate.model.ore_t.fitted),
        (msg("%(figure)s (%%), observed", figure=metal), tract_estimate.model.grade_pct.observed),
        (msg("%(figure)s (%%), lognormal", figure=metal), tract_estimate.model.grade_pct.fitted),
    ]
    table = [[name.in_language(language), *cells(percentiles)] for name, percentiles in rows]
    return Rows([[message.in_language(language) for message in head], *table], [1.6, 1.0, 1.0, 1.0])


def _describe_deposits(tract_estimate: TractEstimate, language: str) -> Iterator[Block]:
    if not tract_estimate.known:
        yield Paragraph(msg("None that is held here.").in_language(language))
        return
    rows = []
    for deposit in tract_estimate.known[:MAX_PRINTED_DEPOSITS]:
        names = (deposit.name_zh, deposit.name_en) if language == "zh" else (deposit.name_en, deposit.name_zh)
        name = next((name for name in names if name), msg("unnamed").in_language(language))
        rows.append([name, str(deposit.discovery_year or "")])
    yield Rows([[msg("Name").in_language(language), msg("Discovery year").in_language(language)], *rows], [3.0, 1.0])
    if len(tract_estimate.known) > MAX_PRINTED_DEPOSITS:
        more = msg("JSON has %(count)s more.", count=len(tract_estimate.known) - MAX_PRINTED_DEPOSITS)
        yield Note(more.in_language(language))
