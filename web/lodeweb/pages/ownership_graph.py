"""The graph of owners and holdings of an organisation: places of boxes and lines, in units of the SVG that the page draws."""

from collections.abc import Sequence
from dataclasses import dataclass

BOX_WIDTH, BOX_HEIGHT = 200, 46
GAP, ROW = 16, 104
MAX_BOXES = 6
"""The most boxes of a row; the list under the graph has all."""
MAX_LETTERS = 26


@dataclass(frozen=True, slots=True)
class GraphBox:
    """A box with its name, address, and the line about its share and date; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    name: str
    address: str
    about: str

    @property
    def short_name(self) -> str:
        """The name as far as it fits; a Chinese character takes two letters."""
        width = 0
        for at, letter in enumerate(self.name):
            width += 2 if letter > "\u2e7f" else 1
            if width > MAX_LETTERS:
                return self.name[:at].rstrip() + "…"
        return self.name


@dataclass(frozen=True, slots=True)
class OwnershipGraph:
    """Boxes above, the organisation itself, and boxes below, with the size of the whole."""

    width: float
    height: float
    above: tuple[GraphBox, ...]
    self_box: GraphBox
    below: tuple[GraphBox, ...]
    left_out: int


def place_boxes(name: str, above: Sequence[tuple[str, str, str]], below: Sequence[tuple[str, str, str]]) -> OwnershipGraph:
    """Return the graph of a name with those above and below it, each a name, an address and a line about it."""
    widest = max(min(len(above), MAX_BOXES), min(len(below), MAX_BOXES), 1)
    width = widest * (BOX_WIDTH + GAP) + GAP
    top = ROW if above else 8
    return OwnershipGraph(
        width=width,
        height=top + BOX_HEIGHT + (ROW if below else 8),
        above=_row(above, 8, width),
        self_box=GraphBox((width - BOX_WIDTH) / 2, top, name, "", ""),
        below=_row(below, top + ROW - 8, width),
        left_out=sum(max(len(row) - MAX_BOXES, 0) for row in (above, below)),
    )


def _row(listed: Sequence[tuple[str, str, str]], y: float, width: float) -> tuple[GraphBox, ...]:
    shown = listed[:MAX_BOXES]
    begin = (width - len(shown) * BOX_WIDTH - (len(shown) - 1) * GAP) / 2
    return tuple(GraphBox(begin + n * (BOX_WIDTH + GAP), y, *one) for n, one in enumerate(shown))
