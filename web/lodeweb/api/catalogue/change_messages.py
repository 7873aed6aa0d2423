"""Messages about changes of records: the kind of change, and the old and new value of each field as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from lodebase.download.tables_ import RELATIONS, Relation
from lodebase.history.changelog import ChangeEntry, Difference
from lodebase.history.price_moves import PriceMove
from lodebase.history.release_changes import LoadedRelease, ObservationCount
from lodebase.query.collections_ import find_collection
from lodedata.messages import join_facts, join_texts
from lodedata.statistics.series import label
from lodeweb.http.representation import links
from lodeweb.i18n import labels
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.numbers import number

MAX_VALUE_CHARACTERS = 200
"""Maximum length of a value in characters; an outline can have a million."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A changed field: its title, its old and its new value."""

    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """A change of a part of a record."""

    title: str
    kind: str
    rows: list[ChangeRow]


@dataclass(frozen=True, slots=True)
class Line:
    """The change of a record in a version; ``into`` is the address of the record that it was merged into."""

    version: int
    committed_at: datetime
    collection: str
    collection_title: str
    identity: str
    name: str
    kind: str
    change: str
    address: str
    rows: list[ChangeRow]
    parts: list[PartLine]
    into: str | None


def write_change_line(change: ChangeEntry, lang: Language) -> Line:
    """Return a change in a language; for a new or removed record, with the values that are not null."""
    if change.release is not None:
        return _release_line(change, change.release, lang)
    collection = find_collection(change.collection)
    as_of = str(change.version - 1) if change.change in ("merged", "withdrawn") else None
    relations = {relation.name: relation for relation in RELATIONS[collection.name]}
    return Line(
        change.version,
        change.committed_at,
        collection.name,
        labels.find_collection_title(collection),
        change.identity,
        labels.record_name(change.names, change.identity),
        kind(change.change),
        change.change,
        links.record_address(change.identity, as_of),
        [_build_row(change.collection, difference, lang) for difference in _choose_stated(change.fields)],
        [
            PartLine(
                _write_title(relations[part.table], lang),
                kind(part.change),
                [_build_part_row(relations[part.table], difference, lang) for difference in _choose_stated(part.fields)],
            )
            for part in change.parts
        ],
        None if change.into is None else links.record_address(change.into),
    )


def _release_line(change: ChangeEntry, release: LoadedRelease, lang: Language) -> Line:
    """Return the change of a release of statistics: its prices beyond a threshold, else its observations or rows."""
    lines = [PartLine(_write_price_title(price, lang), _write_price_text(price, lang), []) for price in change.prices]
    lines += [
        PartLine(_write_series_title(observation, lang), _describe_observations(observation), [])
        for observation in release.observations
        if not change.prices
    ]
    rows = gettext(
        "%(new)s new rows, %(changed)s changed rows",
        new=number(release.rows_loaded),
        changed=number(release.rows_updated),
    )
    return Line(
        change.version,
        change.committed_at,
        change.collection,
        gettext("Statistics"),
        change.identity,
        labels.record_name(change.names, change.identity),
        kind(change.change),
        change.change,
        release.values,
        [],
        lines or [PartLine(gettext("File"), str(rows), [])],
        None,
    )


def _write_series_title(observation_count: ObservationCount, lang: Language) -> str:
    return " · ".join(
        (label("indicator", observation_count.indicator, lang), label("commodity", observation_count.commodity, lang))
    )


def _write_price_title(price_move: PriceMove, lang: Language) -> str:
    return f"{label('indicator', 'price', lang)} · {label('commodity', price_move.commodity, lang)}"


def _write_price_text(price_move: PriceMove, lang: Language) -> str:
    """Return a price with its period and its move, such as ``12,345 US dollars per tonne (2026-05), +6.2 % on 2026-04``."""
    now = f"{number(price_move.price)} {label('unit', price_move.unit, lang)} ({price_move.period})"
    if price_move.change_percent is None:
        return now
    move = f"{'+' if price_move.change_percent > 0 else ''}{number(price_move.change_percent, 3)}"
    return join_facts([now, gettext("%(percent)s %% on %(period)s", percent=move, period=price_move.period_before)], lang)


def _describe_observations(observation_count: ObservationCount) -> str:
    added = gettext("%(count)s added", count=number(observation_count.added))
    corrected = gettext("%(count)s corrected", count=number(observation_count.corrected))
    return join_texts(
        [text for text, count in ((added, observation_count.added), (corrected, observation_count.corrected)) if count],
        get_language(),
    )


def kind(change: str) -> str:
    """Return the label of a kind of change, in the page's language."""
    titles = {
        "added": gettext("added"),
        "changed": gettext("changed"),
        "merged": gettext("merged into another record"),
        "withdrawn": gettext("withdrawn"),
    }
    return str(titles[change])


def _choose_stated(fields: Iterable[Difference]) -> Iterable[Difference]:
    return (field for field in fields if field.old not in (None, []) or field.new not in (None, []))


def _build_row(name: str, difference: Difference, lang: Language) -> ChangeRow:
    if difference.field == "geometry":
        return ChangeRow(
            gettext("Position"),
            *(_shorten_text(labels.format_position(value) or "") for value in (difference.old, difference.new)),
        )
    field = find_collection(name).field(difference.field)
    assert field is not None
    return ChangeRow(
        labels.title_field(field, lang),
        *(_shorten_text(labels.format_value_text(field, value, lang)) for value in (difference.old, difference.new)),
    )


def _build_part_row(relation: Relation, difference: Difference, lang: Language) -> ChangeRow:
    column = next(column for column in relation.columns if column.name == difference.field)
    return ChangeRow(column.title(lang), _write_plain(difference.old), _write_plain(difference.new))


def _write_title(relation: Relation, lang: Language) -> str:
    return relation.child.title.in_language(lang)


def _write_plain(value: Any) -> str:
    return "" if value is None else _shorten_text(value if isinstance(value, str) else orjson.dumps(value).decode())


def _shorten_text(text: str) -> str:
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…"
