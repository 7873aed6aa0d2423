"""Labels of codes that no vocabulary of their own holds, by the column that has them: for pages and files alike."""

from collections.abc import Mapping
from functools import lru_cache

from lodedata.figures.grade_basis import METAL, NOT_STATED
from lodedata.messages import Label, Translatable, msg
from lodedata.vocab import load_vocabulary

ESTIMATE_CLASSES = ("resource-category", "reserve-category")
"""Vocabularies of the classes of estimates."""
UNDIVIDED = msg("Undivided tonnage")
"""The label of a tonnage without a class."""
LABELS: Mapping[str, Translatable] = {
    "exact": msg("exact"),
    "approximate": msg("approximate"),
    "generalised": msg("generalised"),
    "ore": msg("ore"),
    "product": msg("product"),
    METAL: msg("metal"),
    "concentrate": msg("concentrate"),
    NOT_STATED: msg("not stated"),
}
"""A chemical formula is its own label."""
LABELLED = ("position_method", "size_basis", "figure_grade_basis", "grade_basis", "contained_basis")
CLASSED = ("figure_class", "category")


@lru_cache(maxsize=1)
def estimate_classes() -> Mapping[str, Label]:
    """Return the labels of the classes of resources and reserves by code."""
    terms = [term for name in ESTIMATE_CLASSES for term in load_vocabulary(name).terms.values()]
    return {term.code: Label(term.label_en, term.label_zh) for term in terms}


def label_estimate_class(code: str) -> Translatable:
    """Return the label of a class of resources or reserves, that of an undivided tonnage for any other code."""
    return estimate_classes().get(code, UNDIVIDED)


def build_column_labels() -> Mapping[str, Mapping[str, Translatable]]:
    """Return the labels of codes by column."""
    classes = {**estimate_classes(), "endowment": UNDIVIDED}
    return {**dict.fromkeys(LABELLED, LABELS), **dict.fromkeys(CLASSED, classes)}
