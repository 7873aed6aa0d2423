"""How records and base map look, declared once for the page of the map and for pictures that are drawn without one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from lodedata.vocab import load_vocabulary

DECLARED = Path(__file__).with_name("map_symbols.json")
OTHER = "other"
"""The group of commodities that are of no other one."""
Fill = Literal["working", "planned", "ended", "unknown"]


@dataclass(frozen=True, slots=True)
class SymbolPaint:
    """The colours of the parts of a symbol, and its letter."""

    letter: str
    body: str
    edge: str
    text: str
    slash: bool


@cache
def load_map_symbols() -> Mapping[str, Any]:
    """Return the declaration: outlines in a box of 24 by 24, sides in pixels by size class, colours."""
    symbols: dict[str, Any] = json.loads(DECLARED.read_text(encoding="utf-8"))
    return symbols


def choose_shape(collection: str, facility_types: Sequence[str] = ()) -> str:
    """Return the shape of a record: that of its collection, and of a project whether it mines."""
    if collection != "projects":
        return {"deposits": "deposit", "discoveries": "discovery"}.get(collection, "overlay")
    mines = tuple(load_map_symbols()["mineTypes"])
    return "mine" if any(facility_type.startswith(mines) for facility_type in facility_types) else "plant"


def choose_fill(collection: str, status: str | None) -> Fill:
    """Return how the symbol of a record is filled: by what its status counts as."""
    if status:
        term = load_vocabulary("status").find(status)
        fill: Fill = "unknown" if term is None else load_map_symbols()["fills"].get(term.extra["counts_as"], "unknown")
        return fill
    return "working" if collection == "discoveries" else "unknown"


def choose_side(size_class: str | None) -> int:
    """Return the side of a symbol in pixels by the size class of its record."""
    symbols = load_map_symbols()
    side: int = symbols["sizes"].get(size_class or "", symbols["usualSize"])
    return side


def choose_paint(group: str, fill: Fill, is_old: bool = False) -> SymbolPaint:
    """Return the colours of a symbol; an old status is grey, with the letter of its group."""
    terms, symbols = load_vocabulary("commodity-group"), load_map_symbols()
    term = terms[group if group in terms else OTHER]
    colour = symbols["grey"] if is_old else term.extra["colour"]
    letter = term.extra["symbol"]
    if fill == "working":
        return SymbolPaint(letter, colour, "#ffffff", "#ffffff", slash=False)
    if fill == "unknown":
        return SymbolPaint(letter, lighten_colour(colour, symbols["unknownTint"]), colour, colour, slash=False)
    return SymbolPaint(letter, "#ffffff", colour, colour, slash=fill == "ended")


def lighten_colour(colour: str, share: float) -> str:
    """Return a colour such as #c25008 brought nearer to white by a share from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{int(part + (255 - part) * share + 0.5):02x}" for part in parts)
