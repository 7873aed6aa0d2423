"""What the class of an estimate covers: all of a deposit, or one class of several."""

UNDIVIDED = "endowment"
"""The category of a tonnage that its source does not divide into classes (EarthResourceML Endowment)."""
TOTALS = frozenset({UNDIVIDED, "measured-indicated-inferred-mineral-resource"})
"""Classes that leave out no ore of a deposit which is known well enough to be classified."""
_RESOURCES = ("measured", "indicated", "inferred")
_RESERVES = ("proved", "probable")


def list_single_classes(category: str) -> frozenset[str]:
    """Return the single classes that a class combines; itself if it is none of them."""
    return frozenset(name for name in (*_RESOURCES, *_RESERVES) if name in category.split("-")) or frozenset({category})


def adds_ore(category: str, to: str) -> bool:
    """Return whether a class holds ore that another one leaves out; reserves are the mineable part of resources."""
    if to in TOTALS or category in TOTALS:
        return False
    missing = list_single_classes(category) - list_single_classes(to)
    return bool(missing - set(_RESERVES)) if list_single_classes(to) & set(_RESOURCES) else bool(missing)
