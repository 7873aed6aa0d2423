"""Operations on statistics: commodities at a glance."""

from lodebase.operations.formats import CSV, HTML, JSON
from lodebase.operations.operation import Operation
from lodebase.operations.workbooks import WORKBOOK
from lodebase.topics.stats.commodities import CommodityFigures, CommodityOverview, OverviewParameters, show_commodities
from lodedata.messages import msg

OVERVIEW = Operation(
    "stats.overview",
    "/api/statistics/overview",
    msg("Statistics"),
    msg("World output, leading countries, concentration and price of each commodity and stage, by the newest edition"),
    OverviewParameters,
    run=show_commodities,
    result=CommodityOverview,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.commodities,
    row=CommodityFigures,
    varies_by=("version", "day"),
    page="/statistics",
    command=True,
)
OPERATIONS = (OVERVIEW,)
