"""Names of endpoints are in declarations and at views alone, in no list that somebody has to update."""

import ast
from collections import Counter
from pathlib import Path

from flask import Flask

import lodebase
import lodeweb
from lodebase.topics.registry import find_declared_operations


def names_in_code(endpoints: set[str]) -> Counter[str]:
    """Count the texts in code that are the name of an endpoint, by module."""
    found: Counter[str] = Counter()
    for package in (lodebase, lodeweb):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            texts = [node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)]
            number = sum(isinstance(text, str) and text in endpoints for text in texts)
            if number:
                found[f"{package.__name__}/{path.relative_to(root)}"] = number
    return found


def test_no_name_of_an_endpoint_is_outside_declarations(app: Flask) -> None:
    endpoints = {name for name in app.view_functions if "." in name} - set(find_declared_operations())
    assert not names_in_code(endpoints), "declare an operation, or say it at the view: describe_as, open_to_all, serves_sign_in"


def test_the_name_of_a_declared_operation_is_in_its_declaration_only() -> None:
    declared = set(find_declared_operations())
    found = names_in_code(declared)
    assert found.total() == len(declared) and all("/topics/" in name for name in found), found
