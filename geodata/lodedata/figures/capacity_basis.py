"""What a capacity counts: ore, concentrate, contained metal or the product itself, as its source states it."""

import re
from dataclasses import replace

from lodedata.records import Phase
from lodedata.vocab import load_vocabulary

_GROSS = re.compile(r"\bgross weight of (?:[a-z]+ )?(ore|concentrate|bauxite)\b", re.IGNORECASE)
_GROSS_PRODUCT = re.compile(r"\b(ore|concentrate)s?\b.*\bgross weight\b", re.IGNORECASE)
_CONTENT = re.compile(r"\b(\w+)[ -]content\b", re.IGNORECASE)
_OUTPUT_OF_METAL = re.compile(r"\bmine (?:Cu|Ni|Co|Sn|Li) output\b")


def find_stated_weight(text: str) -> str | None:
    """Return what a text says that a gross weight is of: ``ore`` or ``concentrate``; None if it says no such thing."""
    gross = _GROSS.search(text) or _GROSS_PRODUCT.search(text)
    if gross is None:
        return None
    return "concentrate" if gross[1].lower() == "concentrate" else "ore"


def find_stated_basis(text: str) -> str | None:
    """Return the basis of a capacity (vocabulary ``capacity-basis``) that a text states, None if it states none."""
    if weight := find_stated_weight(text):
        return weight
    if content := _CONTENT.search(text):
        return "Li2O" if content[1] == "Li2O" else "metal"
    return "metal" if _OUTPUT_OF_METAL.search(text) else None


def derive_product_basis(product: str | None) -> str | None:
    """Return the basis that follows from a product alone: tonnes of ore of an ore, of itself for a metal or a compound.

    None for mine output, concentrates, intermediates and alloys, whose capacity may be a gross weight or metal.
    """
    return load_vocabulary("product")[product].extra["basis"] or None if product is not None else None


def choose_product_on_basis(product: str | None, basis: str | None) -> str | None:
    """Return the ore or the concentrate of a mine's product whose capacity is a weight of it; else the product itself."""
    if product is None or basis not in ("ore", "concentrate"):
        return product
    terms = load_vocabulary("product")
    mined = terms[product].broader or product
    narrower = f"{terms[product].extra['commodity']}-{basis}"
    return narrower if narrower in terms and terms[narrower].broader == mined else product


def set_capacity_basis(phase: Phase, basis: str | None) -> Phase:
    """Return a phase with a capacity on a stated basis, else on that of its product, and with the product on that basis."""
    if phase.capacity is None:
        return phase
    basis_name = basis or phase.capacity.basis or derive_product_basis(phase.product)
    term = load_vocabulary("capacity-basis").find(basis_name) if basis_name is not None else None
    capacity = replace(phase.capacity, basis=term.code if term is not None else basis_name)
    return replace(phase, capacity=capacity, product=choose_product_on_basis(phase.product, capacity.basis))
