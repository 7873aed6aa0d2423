"""The discovery curve of the deposits that match filters."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from lodebase.field_types import Choice, Code, Description
from lodebase.operations.formats import CSV, HTML, JSON
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.row_parameters import RowParameters
from lodebase.operations.workbooks import WORKBOOK
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.discoveries.store import FINDS_BY, read_finds
from lodedata.messages import Label, Message, msg
from lodedata.topics.discoveries.curve import Decade, count_decades
from lodedata.vocab import load_vocabulary

NOTE = msg(
    "Metal is that of the largest single estimate of each deposit, of any class and source, as reported last: it is what is "
    "known of the find today, not what was known then. Deposits without a year of discovery are in no decade; deposits without "
    "a figure add a find and no metal. No source here states at what depth a deposit was found, so there is no depth. The "
    "years of massive sulfides of the USGS are those of the first production in all four cases that were compared with other "
    "sources: the finds were earlier."
)
GROUPS = {"country": "country", "deposit_model": "deposit-model", "commodity": "commodity"}
"""The vocabulary of each choice of groups."""


class CurveParameters(RowParameters):
    """The filters of deposits, the metal, and the groups."""

    collection: ClassVar[str] = "deposits"
    of: Annotated[
        Annotated[str, Code("commodity")] | None,
        Description(msg("The metal whose amounts are added; by default the one commodity that the filter names.")),
    ] = None
    by: Annotated[str, Choice(tuple(FINDS_BY), msg("Whether the curve is divided by country, deposit_model or commodity."))] = (
        "none"
    )


@dataclass(frozen=True, slots=True)
class DecadeRow:
    """The finds of a group in a decade, with amounts of metal in tonnes."""

    group: str | None
    label: Label | None
    decade: int
    deposits: int
    with_metal: int
    metal_t: float | None
    mean_metal_t: float | None
    median_metal_t: float | None
    deposits_so_far: int
    metal_so_far_t: float | None


@dataclass(frozen=True, slots=True)
class DiscoveryCurve:
    """The curve of some deposits, and how many of them are in no decade or have no figure."""

    dataset_version: int
    metal: str | None
    metal_label: Label | None
    by: str
    deposits: int
    with_year: int
    without_year: int
    without_metal: int | None
    """Deposits with a year but without a figure of the metal; None if no metal is named."""
    metal_without_year_t: float | None
    """The metal of deposits that are in no decade."""
    first_year: int | None
    last_year: int | None
    note: Message
    decades: tuple[DecadeRow, ...]


def draw_curve(services: OperationServices, parameters: CurveParameters) -> DiscoveryCurve:
    """Return the discovery curve of the deposits that match, at the version that ``as_of`` names."""
    metal = parameters.of or _find_named_metal(parameters)
    query = parameters.resolve_query(services.find_version)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection) if query.as_of is None else query.as_of
        finds = read_finds(connection, query, metal, parameters.by)
    dated = [find for find in finds if find.year is not None]
    years = [find.year for find in dated if find.year is not None]
    return DiscoveryCurve(
        version,
        metal,
        _label("commodity", metal),
        parameters.by,
        len(finds),
        len(dated),
        len(finds) - len(dated),
        None if metal is None else sum(find.metal_t is None for find in dated),
        None if metal is None else sum(find.metal_t or 0 for find in finds if find.year is None),
        min(years, default=None),
        max(years, default=None),
        NOTE,
        tuple(_build_row(decade, parameters.by, metal is not None) for decade in count_decades(finds)),
    )


def _find_named_metal(parameters: CurveParameters) -> str | None:
    chosen = parameters.query.selections
    named = chosen.get("commodities") or chosen.get("main_commodity") or ()
    return named[0] if len(named) == 1 else None


def _build_row(decade: Decade, by: str, has_metal: bool) -> DecadeRow:
    return DecadeRow(
        decade.group,
        _label(GROUPS[by], decade.group) if by in GROUPS else None,
        decade.decade,
        decade.deposits,
        decade.with_metal,
        decade.metal_t,
        decade.mean_metal_t,
        decade.median_metal_t,
        decade.deposits_so_far,
        decade.metal_so_far_t if has_metal else None,
    )


def _label(name: str, code: str | None) -> Label | None:
    if code is None:
        return None
    term = load_vocabulary(name)[code]
    return Label(term.label_en, term.label_zh)


CURVE = Operation(
    "discoveries.curve",
    "/api/discoveries/curve",
    msg("Discovery curve"),
    msg("Deposits and metal found by decade, with running totals and the mean size of finds"),
    CurveParameters,
    run=draw_curve,
    result=DiscoveryCurve,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.decades,
    row=DecadeRow,
    varies_by=("version",),
    cost="heavy",
    page="/discoveries/curve",
    command=True,
    process=True,
)
OPERATIONS = (CURVE,)
