"""Capacities with a word for what they are of: ``200 (copper)``, or ``1,000 (bauxi`` in a cell of twelve characters.

A cut word is read only where one known word alone begins with it: ``(alumi`` is alumina or aluminum, and is not read.
"""

import re
from dataclasses import replace

from lodedata.cells import number
from lodedata.figures.capacity_basis import find_stated_basis, set_capacity_basis
from lodedata.figures.units import parse_unit
from lodedata.mapping.reading import Reading, RowCells
from lodedata.records import Phase, Project, Quantity
from lodedata.vocab import load_vocabulary

COMMODITY, CAPACITY, UNITS = "#site+commodity", "#site+capacity", "units"
WORDED_COLUMNS = (COMMODITY, CAPACITY, UNITS)
WORDED = re.compile(r"(?P<figure>[\d,.]+) \((?P<word>[a-z ]+)(?P<closed>\))?", re.IGNORECASE)
MATERIALS_NAMED = (
    *("aluminum", "alumina", "bauxite", "cobalt", "copper", "copper concentrate", "copper content", "gold", "lithium"),
    *("metal", "metal content", "nickel", "ore", "concentrate", "silver", "tin", "zinc"),
)
"""The materials that cells name, and those that a cut name could be."""
_UNIT_OF_WORD = re.compile(r"([^,()]+?)\s*\(([^)]*)\)")
MIN_LETTERS = 4
"""A shorter cut word could be any."""


def add_worded_capacity(reading: Reading, cells: RowCells) -> Reading:
    """Return the reading with the capacity of a cell that has a word; unchanged where the word is not clear."""
    written = WORDED.fullmatch(cells.get(CAPACITY) or "")
    word = _match_material(written["word"], written["closed"] is not None) if written is not None else None
    unit_text = _choose_unit(cells.get(UNITS) or "", word) if word is not None else None
    named_unit = parse_unit(unit_text, "rate") if unit_text is not None else None
    project = reading.records[0] if reading.records else None
    if written is None or word is None or named_unit is None or not isinstance(project, Project) or not project.phases:
        return reading
    capacity = Quantity(number(written["figure"].replace(",", "")), unit_text or "", None, named_unit.factor)
    phase = _assign_product(replace(project.phases[0], capacity=capacity), cells.get(COMMODITY) or "", word)
    problems = tuple(problem for problem in reading.problems if problem.column != CAPACITY)
    return replace(reading, records=(replace(project, phases=(phase,)),), problems=problems)


def _assign_product(phase: Phase, commodity: str, word: str) -> Phase:
    """Return the phase with the product of the commodity that a word names, such as the ore of copper."""
    named = f"{commodity}: {word.removesuffix(' content')}"
    term = load_vocabulary("product").find(named) or load_vocabulary("product").find(word)
    product = term.code if term is not None and not word.endswith("content") else phase.product
    return set_capacity_basis(replace(phase, product=product, product_reported=f"{commodity}: {word}"), find_stated_basis(word))


def _match_material(written: str, closed: bool) -> str | None:
    text = written.lower()
    if closed:
        return text if text in MATERIALS_NAMED else None
    begun = [word for word in MATERIALS_NAMED if word.startswith(text)]
    return begun[0] if len(begun) == 1 and len(text) >= MIN_LETTERS else None


def _choose_unit(text: str, word: str) -> str | None:
    """Return the unit of a word: ``t/yr`` of ``t/yr (copper), kg/yr (gold)``; the text itself if it is one unit."""
    labelled = {
        name.strip(): unit_text.strip() for unit_text, names in _UNIT_OF_WORD.findall(text) for name in names.split(",")
    }
    first = text.partition(",")[0]
    return labelled.get(word) or (None if "(" in first else first or None)
