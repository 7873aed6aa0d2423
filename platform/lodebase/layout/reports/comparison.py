"""Comparison of two reports: differences in inputs, rules, findings and surroundings."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

BASIS = ("data_version", "rules_on", "rules_sha256", "checksum")
NOT_INPUTS = ("on",)
"""Inputs that are listed with the basis."""
OF_FINDING = ("result", "standing", "figure", "threshold", "unit", "text_en", "text_zh", "clause_en", "clause_zh")
OF_SITE = ("id", "name_en", "name_zh", "distance_km", "accuracy_m", "groups", "sources")
OF_ZONE = ("id", "zone_kind", "code", "name_en", "name_zh", "state", "edge_km")
OF_ORE = ("id", "kind", "name_en", "name_zh", "distance_km", "size_class", "sources")

Body = Mapping[str, Any]


def compare(first: Body, second: Body) -> dict[str, Any]:
    """Return the differences between two reports as they are stored; a list without differences is empty.

    Sites and places are identified by their ids, so a site that was merged into another one counts as removed. If either report
    lists only the nearest sites, those farther away are not compared, and ``cut`` is true.
    """
    # a report of today has tuples where a stored one has lists
    first, second = (orjson.loads(orjson.dumps(one)) for one in (first, second))
    return {
        "same": first["checksum"] == second["checksum"],
        "basis": [_pair(name, first[name], second[name]) for name in BASIS],
        "inputs": _inputs(first["inputs"], second["inputs"]),
        "results": [
            _pair(name, tally, second["summary"]["counted_rules"][name])
            for name, tally in first["summary"]["counted_rules"].items()
        ],
        "findings": _changes(_rules(first), _rules(second), OF_FINDING, _finding),
        "measures": _changes(_measured(first), _measured(second), OF_FINDING, _figure),
        "neighbours": _changes(first["neighbours"]["sites"], second["neighbours"]["sites"], OF_SITE, _site),
        "zones": _changes(first["zones"]["found"], second["zones"]["found"], OF_ZONE, _zone),
        "ore": _changes(first["feedstock"]["places"], second["feedstock"]["places"], OF_ORE, _ore),
        "cut": any(one["neighbours"]["more"] or one["feedstock"]["more"] for one in (first, second)),
    }


def _pair(name: str, before: Any, after: Any) -> dict[str, Any]:
    return {"name": name, "before": before, "after": after, "changed": before != after}


def _inputs(before: Body, after: Body) -> list[dict[str, Any]]:
    names = [name for name in (*before, *(one for one in after if one not in before)) if name not in NOT_INPUTS]
    pairs = [_pair(name, before.get(name), after.get(name)) for name in names]
    return [one for one in pairs if one["changed"]]


def _rules(body: Body) -> list[Body]:
    return [one for one in body["findings"] if one["kind"] != "measure"]


def _measured(body: Body) -> list[Body]:
    return [one for one in body["findings"] if one["kind"] == "measure"]


def _changes(
    before: Iterable[Body], after: Iterable[Body], fields: tuple[str, ...], compared: Callable[[Body], Any]
) -> dict[str, list[dict[str, Any]]]:
    """Return what was added, removed and changed, by id; ``seen`` returns the part of an item that is compared."""
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    return {
        "added": [_select(one, fields) for name, one in new.items() if name not in old],
        "removed": [_select(one, fields) for name, one in old.items() if name not in new],
        "changed": [
            {"id": name, "before": _select(old[name], fields), "after": _select(one, fields)}
            for name, one in new.items()
            if name in old and compared(old[name]) != compared(one)
        ],
    }


def _select(one: Body, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: one[name] for name in names if name in one} | {"id": one["id"]}


def _finding(one: Body) -> Any:
    return one["result"], one["standing"], one["figure"], one["threshold"]


def _figure(one: Body) -> Any:
    return one["text_en"]


def _site(one: Body) -> Any:
    return one["groups"], one["distance_km"], one["accuracy_m"]


def _zone(one: Body) -> Any:
    return one["state"], one["edge_km"]


def _ore(one: Body) -> Any:
    return one["distance_km"], one["size_class"]
