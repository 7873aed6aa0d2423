"""Operations of the API: one module for each topic."""

from collections.abc import Mapping

from lodeweb.adapter.api_description import described_operations
from lodeweb.adapter.api_operation import ApiOperation
from lodeweb.api.openapi.operations import (
    catalogue,
    estimates,
    processes,
    records,
    rights,
)

OPERATIONS: Mapping[str, ApiOperation] = {
    **catalogue.OPERATIONS,
    **records.OPERATIONS,
    **estimates.OPERATIONS,
    **processes.OPERATIONS,
    **rights.OPERATIONS,
    **described_operations(),
}
"""The operations by endpoint; one that is missing here is described by the docstring of its view."""
