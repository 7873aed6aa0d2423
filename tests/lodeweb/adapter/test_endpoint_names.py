"""Names of endpoints that stand in code outside declarations: a number that may only fall."""

import ast
from collections import Counter
from pathlib import Path

from flask import Flask

import lodebase
import lodeweb
from lodebase.topics.registry import declared_operations

MAX_NAMES = 61
"""How many there are. The goal is 0; lower it when a topic moves to declared operations."""


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


def test_the_names_of_endpoints_outside_declarations_only_fall(app: Flask) -> None:
    endpoints = {name for name in app.view_functions if "." in name} - set(declared_operations())
    found = names_in_code(endpoints)
    assert found.total() <= MAX_NAMES, f"{found.total()} names, more than {MAX_NAMES}: declare the operation instead. {found}"
    assert found.total() == MAX_NAMES, f"lower MAX_NAMES to {found.total()}"


def test_the_name_of_a_declared_operation_is_in_its_declaration_only() -> None:
    declared = set(declared_operations())
    found = names_in_code(declared)
    assert found.total() == len(declared) and all("/topics/" in name for name in found), found
