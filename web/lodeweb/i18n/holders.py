"""Public names of holders of mining rights."""

from collections.abc import Mapping
from typing import Any

from lodedata.rights.natural_persons import SEPARATOR
from lodedata.vocab import load_vocabulary
from lodeweb.i18n.language import get_language


def name_holder(row: Mapping[str, Any], name: str = "holder") -> str:
    """Return the names of bodies, and "natural person" for holders whose names are not public."""
    withheld = row.get(f"{name}_kind") in ("natural-person", "mixed")
    person = load_vocabulary("holder-kind")["natural-person"].label(get_language()) if withheld else None
    return SEPARATOR.join(filter(None, (row.get(name), person)))
