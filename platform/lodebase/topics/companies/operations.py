"""Operations on companies: several side by side."""

from lodebase.operations.formats import CSV, HTML, JSON
from lodebase.operations.operation import Operation
from lodebase.operations.workbooks import WORKBOOK
from lodebase.topics.companies.comparison import (
    CompanyComparison,
    ComparedProduct,
    ComparisonParameters,
    compare_companies,
)
from lodedata.messages import msg

COMPARE = Operation(
    "companies.compare",
    "/api/organisations/compare",
    msg("Comparison of companies"),
    msg("Organisations side by side: identifiers, seat, parents, projects, and capacity by share in each product, a model"),
    ComparisonParameters,
    run=compare_companies,
    result=CompanyComparison,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: list(result.rows()),
    row=ComparedProduct,
    varies_by=("version",),
    page="/organisations/compare",
    command=True,
)
OPERATIONS = (COMPARE,)
