"""Requests that schemathesis makes up from our own description: no fault, and nothing that the description does not report."""

import os
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

CASES = int(os.environ.get("LODE_GENERATED_CASES", "3"))
"""For each operation."""
CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance),
    *(response_schema_conformance, unsupported_method),
]
"""Not that valid data is accepted: of a text, a schema can't show which is a filter, a polygon or a code."""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_operation_responds_as_it_is_described(app: Flask) -> None:
    described = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    tried = 0
    for all_operation in described.get_all_operations():
        assert isinstance(all_operation, Ok)
        operation = all_operation.ok()

        @settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            derandomize=CASES < 100,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            response = case.call(headers={"Accept-Encoding": "identity"})
            case.validate_response(response, checks=CHECKS)

        ask()
        tried += 1
    assert tried > 40
