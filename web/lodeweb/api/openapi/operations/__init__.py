"""Operations of the API: one module for each topic."""

from collections.abc import Mapping

from lodeweb.api.openapi.api_operation import ApiOperation
from lodeweb.api.openapi.operations import (
    by_products,
    catalogue,
    estimates,
    layout,
    lists,
    processes,
    records,
    recovery,
    recycling,
    rights,
    schedule,
    statistics,
)

OPERATIONS: Mapping[str, ApiOperation] = {
    **catalogue.OPERATIONS,
    **records.OPERATIONS,
    **by_products.OPERATIONS,
    **estimates.OPERATIONS,
    **recovery.OPERATIONS,
    **layout.OPERATIONS,
    **lists.OPERATIONS,
    **processes.OPERATIONS,
    **recycling.OPERATIONS,
    **rights.OPERATIONS,
    **schedule.OPERATIONS,
    **statistics.OPERATIONS,
}
"""The operations by endpoint; one that is missing here is described by the docstring of its view."""
