"""The spatial index of a GeoPackage as the tables of SQLite's R*Tree module hold it, made of all points at once."""

from dataclasses import dataclass

import numpy as np

from lodedata.write.pieces import Array

CHILDREN = 51
"""Of a node: what the module fills one with."""
CELL = np.dtype([("id", ">i8"), ("west", ">f4"), ("east", ">f4"), ("south", ">f4"), ("north", ">f4")])
NODE = np.dtype([("depth", ">u2"), ("count", ">u2"), ("cells", CELL, CHILDREN)])
EDGES = ("west", "east", "south", "north")
ROOT = 1


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes by their number from 1, the root's; of each but that its parent, of each row its leaf, in the order of rows."""

    nodes: Array
    parents: Array
    rows: Array
    leaves: Array


def tree(rows: Array, x: Array, y: Array) -> Tree:
    """A packed tree of points, sorted into tiles of as many as a leaf holds (STR: Leutenegger and others, 1997)."""
    order = _tiled(x, y)
    cells = np.empty(len(rows), CELL)
    cells["id"] = rows[order]
    for edge, values in zip(EDGES, (x, x, y, y), strict=True):
        cells[edge] = _outward(values[order], up=edge in ("east", "north"))
    levels = [_nodes(cells)]
    while len(levels[0]) > 1:
        levels.insert(0, _nodes(_boxes(levels[0])))
    # numbers go down the levels, from the root's on
    firsts = np.cumsum([ROOT, *map(len, levels)])
    parents = [np.zeros(1, "i8")]
    for depth, (above, below) in enumerate(zip(levels, levels[1:], strict=False)):
        above["cells"]["id"] += np.where(np.arange(CHILDREN) < above["count"][:, None], firsts[depth + 1], 0)
        parents.append(firsts[depth] + np.arange(len(below)) // CHILDREN)
    levels[0]["depth"] = len(levels) - 1
    leaves = np.empty(len(rows), "i8")
    leaves[order] = firsts[len(levels) - 1] + np.arange(len(rows)) // CHILDREN
    # joined they would have the order of bytes of this machine
    return Tree(np.concatenate(levels).astype(NODE), np.concatenate(parents), rows, leaves)


def _tiled(x: Array, y: Array) -> Array:
    slices = max(1, round((len(x) / CHILDREN) ** 0.5))
    by_x = np.argsort(x, kind="stable")
    which = np.empty(len(x), "i8")
    which[by_x] = np.arange(len(x)) * slices // max(len(x), 1)
    return np.lexsort((y, which))


def _outward(values: Array, up: bool) -> Array:
    """The nearest single that is not inside, as the module rounds."""
    made = values.astype("f4")
    beyond = made < values if up else made > values
    return np.where(beyond, np.nextafter(made, np.float32(np.inf if up else -np.inf)), made)


def _nodes(cells: Array) -> Array:
    """As many nodes as hold the cells, the last one with fewer; one without any where there are none."""
    count = max(1, -(-len(cells) // CHILDREN))
    nodes = np.zeros(count, NODE)
    padded = np.zeros(count * CHILDREN, CELL)
    padded[: len(cells)] = cells
    nodes["cells"] = padded.reshape(count, CHILDREN)
    nodes["count"] = CHILDREN
    nodes["count"][-1] = len(cells) - (count - 1) * CHILDREN
    return nodes


def _boxes(nodes: Array) -> Array:
    """What holds each node in the one above it; its number is put in when those are known."""
    made = np.empty(len(nodes), CELL)
    made["id"] = np.arange(len(nodes))
    unused = np.arange(CHILDREN) >= nodes["count"][:, None]
    for edge in EDGES:
        least = edge in ("west", "south")
        cells = np.where(unused, np.float32(np.inf if least else -np.inf), nodes["cells"][edge])
        made[edge] = cells.min(axis=1) if least else cells.max(axis=1)
    return made
