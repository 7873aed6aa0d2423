"""Tables and summary of a comparison of two reports in the language of the reader, for the page and the command."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lodebase.layout.findings import RESULTS
from lodebase.layout.reports.report_inputs import declared_rows
from lodebase.layout.reports.report_labels import STATES
from lodebase.layout.reports.report_text import capacity_by_status, localized, record_name, term
from lodedata.messages import Message, literal, msg
from lodedata.rules.standing import LABELS

Part = Mapping[str, list[dict[str, Any]]]
Row = tuple[str, str, str, str]
TITLES: Mapping[str, Message] = {
    "basis": msg("Basis of the two reports"),
    "inputs": msg("Changed inputs"),
    "results": msg("Counted rules by result"),
    "findings": msg("Changed findings by rule"),
    "measures": msg("Changed measures"),
    "neighbours": msg("Changed sites of the same product"),
    "zones": msg("Changed zones"),
    "ore": msg("Changed ore deposits and mines in reach"),
}
COLUMNS = (msg("Item"), msg("Change"), msg("Before"), msg("After"))
CHANGES: Mapping[str, Message] = {
    "added": msg("added"),
    "removed": msg("removed"),
    "changed": msg("changed"),
    "unchanged": msg("unchanged"),
}
BASIS: Mapping[str, Message] = {
    "data_version": msg("Data version"),
    "rules_on": msg("Date of the rules"),
    "rules_sha256": msg("Rules files (SHA-256)"),
    "checksum": msg("Report (SHA-256)"),
}
SAME = msg("Nothing has changed: the two reports are the same.")
CUT = msg("A report lists only the nearest sites, ore deposits and mines; those farther away are not compared.")
HEX = 64


def tables(
    found: Mapping[str, Any], first: Mapping[str, Any], second: Mapping[str, Any], language: str
) -> Iterator[tuple[str, list[Row]]]:
    """Yield the parts of a comparison of two reports with their rows: item, change, before, after.

    Parts without changes are left out, except the basis and the results.
    """
    yield "basis", [_pair(BASIS[one["name"]], one, language) for one in found["basis"]]
    yield "results", [_pair(RESULTS[one["name"]], one, language) for one in found["results"]]
    if found["inputs"]:
        yield "inputs", list(_inputs(found, first, second, language))
    for part, shown in _SHOWN.items():
        rows = list(_rows(found[part], shown, language, part))
        if rows:
            yield part, rows


def summary(found: Mapping[str, Any], language: str) -> str:
    """Return a summary of the changes in one sentence."""
    if found["same"]:
        return SAME.in_language(language)
    sites, rules = ({change: len(rows) for change, rows in found[part].items()} for part in ("neighbours", "findings"))
    return msg(
        "Sites of the same product: %(sites)s. Rules: %(rules)s.",
        sites=msg("%(added)s added, %(removed)s removed, %(changed)s changed", **sites),
        rules=msg("%(added)s added, %(removed)s removed, %(changed)s with another result or legal status", **rules),
    ).in_language(language)


def _inputs(found: Mapping[str, Any], first: Mapping[str, Any], second: Mapping[str, Any], language: str) -> Iterator[Row]:
    """Yield the inputs that differ as the form names them, or by their names in the API if the form has none of them."""
    before, after = declared_rows(first, language), declared_rows(second, language)
    titles = [title for title in dict.fromkeys((*before, *after)) if before.get(title) != after.get(title)]
    for title in titles:
        change = "added" if title not in before else "removed" if title not in after else "changed"
        yield title, CHANGES[change].in_language(language), before.get(title, ""), after.get(title, "")
    if not titles:
        yield from (_pair(literal(one["name"]), one, language) for one in found["inputs"])


def _pair(title: Message, one: Mapping[str, Any], language: str) -> Row:
    change = CHANGES["changed" if one["changed"] else "unchanged"]
    return title.in_language(language), change.in_language(language), _short(one["before"]), _short(one["after"])


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == HEX:
        return value[:16] + "…"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return "" if value is None else str(value)


def _rows(part: Part, shown: "Shown", language: str, name_of: str) -> Iterator[Row]:
    for change in ("added", "removed", "changed"):
        for one in part[change]:
            before = one["before"] if change == "changed" else None if change == "added" else one
            after = one["after"] if change == "changed" else None if change == "removed" else one
            title = _title(after or before or one, name_of, language)
            old, new = ("" if each is None else shown(each, language) for each in (before, after))
            yield title, CHANGES[change].in_language(language), old, new


def _title(one: Mapping[str, Any], part: str, language: str) -> str:
    if part == "findings":
        return f"{one['id']}: {localized(one, 'clause', language)}"
    return str(one["id"]) if part == "measures" else record_name(one, language)


def _finding(one: Mapping[str, Any], language: str) -> str:
    return msg("%(result)s (%(standing)s)", result=RESULTS[one["result"]], standing=LABELS[one["standing"]]).in_language(
        language
    )


def _measure(one: Mapping[str, Any], language: str) -> str:
    return localized(one, "text", language)


def _site(one: Mapping[str, Any], language: str) -> str:
    return _at(one["distance_km"], literal(capacity_by_status(one["groups"], language)), language)


def _zone(one: Mapping[str, Any], language: str) -> str:
    return _at(one["edge_km"], STATES[one["state"]], language)


def _ore(one: Mapping[str, Any], language: str) -> str:
    size = term("size-class", one["size_class"], language)
    return _at(one["distance_km"], literal(size), language) if size else _km(one["distance_km"]).in_language(language)


def _at(km: float, what: Message, language: str) -> str:
    return msg("%(distance)s; %(what)s", distance=_km(km), what=what).in_language(language)


def _km(km: float) -> Message:
    return msg("%(distance)s km", distance=f"{km:,.1f}")


Shown = Callable[[Mapping[str, Any], str], str]
_SHOWN: Mapping[str, Shown] = {"findings": _finding, "measures": _measure, "neighbours": _site, "zones": _zone, "ore": _ore}
