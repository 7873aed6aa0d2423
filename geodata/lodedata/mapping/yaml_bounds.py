"""Bounds of a YAML document: aliases may neither lead back to themselves nor multiply what they name."""

import yaml

MAX_YAML_BYTES = 4 * 2**20
MAX_NODES = 200_000
"""Most nodes of a document whose aliases are written out; the largest mapping has fewer than 10,000."""


class Unbounded(ValueError):
    """Raised for a document that leads back to itself, or is too large with its aliases written out."""


def require_bounded(document: yaml.Node | None) -> None:
    """Raise Unbounded for a loop of aliases, and for more nodes than a mapping has."""
    if document is not None and _count_nodes(document, {}) > MAX_NODES:
        raise Unbounded


def _count_nodes(node: yaml.Node, sizes: dict[int, int]) -> int:
    """Return the number of nodes below a node, aliases written out; 0 is the count of a node that is not yet done."""
    count = sizes.get(id(node))
    if count is not None:
        if count == 0:
            raise Unbounded
        return count
    sizes[id(node)] = 0
    parts = []
    if isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
    elif isinstance(node, yaml.SequenceNode):
        parts = node.value
    sizes[id(node)] = 1 + sum(_count_nodes(part, sizes) for part in parts)
    return sizes[id(node)]
