"""The estimate of a tract as PDF: what may be left, with every assumption, the model, and the deposits that are known."""

from collections.abc import Iterator

from lodebase.topics.tract.filter_text import CITATION, describe_methods, describe_parameters, describe_share
from lodebase.topics.tract.operations import TractEstimate
from lodebase.typesetting.document import Block, Fields, Heading, Note, Paragraph, PrintedDocument, Rows, typeset
from lodedata.messages import Message, msg, wrap_foreign_text
from lodedata.topics.grade_tonnage.model import Percentiles
from lodedata.topics.undiscovered.simulation import AboveCutOff, AboveFilter, Amounts

MAX_KNOWN = 200
"""Known deposits that are printed; JSON has all."""
MAX_OUTLINE = 1_500
"""Characters of the outline that are printed; JSON has it whole."""
TITLE = msg("Undiscovered resources of a tract")
FOOT = msg("Computed by simulation from numbers that a user gave. It is no finding of ore.")


def write_estimate(found: TractEstimate, language: str) -> bytes:
    """Return the estimate as PDF; the bytes are the same for the same estimate, language and typefaces."""
    blocks = list(_build_blocks(found, language))
    return typeset(PrintedDocument(TITLE.in_language(language), language, FOOT.in_language(language), blocks))


def _build_blocks(found: TractEstimate, language: str) -> Iterator[Block]:
    def written(message: Message) -> str:
        return message.in_language(language)

    yield Fields([(written(name), written(value)) for name, value in _build_head(found)])
    yield Heading(written(msg("What may be left")))
    percent = f"{found.simulation.chance_of_none * 100:.3g}"
    yield Paragraph(written(msg("The chance that there is none is %(percent)s %%.", percent=percent)))
    metal = wrap_foreign_text(found.commodity_label.in_language(language))
    yield _list_amounts(language, metal, found.simulation.ore_t, found.simulation.metal_t)
    if found.simulation.above_cutoff is not None:
        yield Heading(written(msg("Above the cut-off")))
        yield Paragraph(written(describe_cutoff(found.simulation.above_cutoff)))
        yield _list_amounts(language, metal, found.simulation.above_cutoff.ore_t, found.simulation.above_cutoff.metal_t)
    if found.simulation.above_filter is not None:
        yield from _describe_filter(found.simulation.above_filter, language, metal)
    yield Heading(written(msg("What it rests on")))
    for assumption in found.assumptions:
        yield Paragraph(written(assumption))
    yield Heading(written(msg("Grade and tonnage model")))
    yield Paragraph(written(msg("%(n)s deposits used", n=found.model.deposits)))
    yield _list_percentiles(found, language, metal)
    yield Heading(written(msg("Known deposits of the type in the tract")))
    yield from _describe_deposits(found, language)
    yield Heading(written(msg("Outline")))
    outline = found.outline if len(found.outline) <= MAX_OUTLINE else f"{found.outline[:MAX_OUTLINE]} …"
    yield Note(outline)


def _build_head(found: TractEstimate) -> list[tuple[Message, Message]]:
    place = [] if found.place is None else [(msg("Name of a zone"), wrap_foreign_text(f"{found.place_en} ({found.place})"))]
    densities = (
        []
        if found.densities is None
        else [
            (
                msg("from densities per 100,000 km²"),
                wrap_foreign_text(" · ".join(f"{density:g}" for density in found.densities)),
            )
        ]
    )
    return [
        *place,
        (msg("Area"), wrap_foreign_text(f"{found.area_km2:,.4g} km²")),
        (msg("Deposit type"), msg("%(label)s", label=found.label)),
        (msg("Metal"), msg("%(label)s", label=found.commodity_label)),
        (msg("Deposits with a chance of 90, 50 and 10 %%"), wrap_foreign_text(" · ".join(map(str, found.numbers)))),
        *densities,
        (msg("Data version"), wrap_foreign_text(str(found.dataset_version))),
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
        [name.in_language(language), *(f"{getattr(one, field):,.3g}" for _, field in chances), f"{one.mean:,.3g}"]
        for name, one in ((msg("Ore"), ore_t), (metal, metal_t), *more)
    ]
    return Rows([[one.in_language(language) for one in head], *rows], [1.4, 1.0, 1.0, 1.0, 1.0])


def _list_percentiles(found: TractEstimate, language: str, metal: Message) -> Rows:
    def cells(one: Percentiles) -> list[str]:
        return [f"{value:.4g}" for value in (one.reached_by_90_pct, one.reached_by_50_pct, one.reached_by_10_pct)]

    head = [msg("Figure"), *(msg("%(share)s %% of deposits reach", share=share) for share in (90, 50, 10))]
    rows = [
        (msg("%(figure)s (t), observed", figure=msg("Ore")), found.model.ore_t.observed),
        (msg("%(figure)s (t), lognormal", figure=msg("Ore")), found.model.ore_t.fitted),
        (msg("%(figure)s (%%), observed", figure=metal), found.model.grade_pct.observed),
        (msg("%(figure)s (%%), lognormal", figure=metal), found.model.grade_pct.fitted),
    ]
    table = [[name.in_language(language), *cells(one)] for name, one in rows]
    return Rows([[one.in_language(language) for one in head], *table], [1.6, 1.0, 1.0, 1.0])


def _describe_deposits(found: TractEstimate, language: str) -> Iterator[Block]:
    if not found.known:
        yield Paragraph(msg("None that is held here.").in_language(language))
        return
    rows = []
    for one in found.known[:MAX_KNOWN]:
        names = (one.name_zh, one.name_en) if language == "zh" else (one.name_en, one.name_zh)
        name = next((name for name in names if name), msg("unnamed").in_language(language))
        rows.append([name, str(one.discovery_year or "")])
    yield Rows([[msg("Name").in_language(language), msg("Discovery year").in_language(language)], *rows], [3.0, 1.0])
    if len(found.known) > MAX_KNOWN:
        more = msg("JSON has %(count)s more.", count=len(found.known) - MAX_KNOWN)
        yield Note(more.in_language(language))
