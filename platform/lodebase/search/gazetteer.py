"""The names of divisions and other zones of the store in memory, and the reading of names of several levels."""

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select

from lodebase.db.schema import tables
from lodebase.query.reading import read_dataset_version
from lodedata.geography.division_names import list_chinese_forms, list_latin_forms, normalise_latin_name
from lodedata.messages import Label
from lodedata.search_terms import transcribe_to_pinyin
from lodedata.vocab import load_vocabulary

SEPARATORS = re.compile(r"[,，、·;；/]+")
BETWEEN_CHARACTERS = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
"""A space within a Chinese name, which separates nothing."""
NOT_LATIN = re.compile(r"[^\x00-\x7f\u00c0-\u024f]")
ORDER = {"prefecture": 0, "county": 1, "division": 3}
"""Kinds of divisions by how well they name the area of a plant."""
AREA_KINDS = ("division", "prefecture", "county")
MIN_ALIKE = 55.0
MIN_SOUND = 70.0
"""Least likeness of names in pinyin; one wrong character of two makes names that are not spelt alike."""
MAX_NEAREST = 5
_known: dict[tuple[str, int], "Gazetteer"] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class NamedZone:
    """A zone with its names, and the codes of the zones that contain it."""

    id: str
    kind: str
    code: str
    name: Label
    country: str | None
    within: tuple[str, ...]
    """Codes of its prefecture, division and country, as far as they are known."""

    @property
    def reference(self) -> str:
        """Return the kind and code by which a planned plant refers to the zone."""
        return f"{self.kind}/{self.code}"


@dataclass(slots=True)
class Gazetteer:
    """Zones by every form of their names."""

    zones: tuple[NamedZone, ...]
    by_form: dict[str, list[NamedZone]] = field(default_factory=dict)
    by_code: dict[str, NamedZone] = field(default_factory=dict)
    shown: dict[str, NamedZone] = field(default_factory=dict)
    """Zones by the forms that are compared with a misspelt name."""

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Gazetteer":
        """Return the gazetteer of rows of zones; of two zones of one kind and code the first counts."""
        distinct = {(row["zone_kind"], row["code"]): row for row in reversed(list(rows))}
        parents = {code: row["parent"] for (kind, code), row in distinct.items() if kind in AREA_KINDS}
        gazetteer = cls(tuple(_build_zone(row, parents) for row in reversed(distinct.values())))
        for zone in gazetteer.zones:
            if zone.kind in AREA_KINDS:
                gazetteer.by_code[zone.code] = zone
            for form in dict.fromkeys(_list_forms(zone)):
                gazetteer.by_form.setdefault(form, []).append(zone)
                if zone.kind in AREA_KINDS:
                    gazetteer.shown.setdefault(form, zone)
        return gazetteer

    def find(self, text: str) -> list[NamedZone]:
        """Return the zones that a text names, best first: `Zibo, Shandong`, `山东淄博`, `淄博市桓台县`, `甘孜州`."""
        parts = [
            name_part
            for name_part in (BETWEEN_CHARACTERS.sub("", part.strip()) for part in SEPARATORS.split(text))
            if name_part
        ]
        zones = self._find_zones_of_parts(parts)
        if not zones and len(parts) == 1 and not NOT_LATIN.search(parts[0]):
            zones = self._find_zones_of_parts(parts[0].split())
        return sorted(zones, key=lambda zone: (text not in (zone.name.en, zone.name.zh), ORDER.get(zone.kind, -1)))

    def nearest(self, text: str) -> list[NamedZone]:
        """Return areas whose names are like a text: those it begins with, those spelt alike, else those that sound alike."""
        plain = SEPARATORS.sub("", BETWEEN_CHARACTERS.sub("", text.strip()))
        zones: dict[str, NamedZone] = {}
        if NOT_LATIN.search(plain):
            for chain, _ in self._find_zone_chains(plain, ()):
                zones.setdefault(chain.reference, chain)
        key = plain if NOT_LATIN.search(plain) else normalise_latin_name(plain)
        for form, _, _ in process.extract(key, self.shown.keys(), scorer=fuzz.ratio, limit=20, score_cutoff=MIN_ALIKE):
            zones.setdefault(self.shown[form].reference, self.shown[form])
        if not zones and NOT_LATIN.search(plain):
            for zone in self._sounding_like(plain):
                zones.setdefault(zone.reference, zone)
        return list(zones.values())[:MAX_NEAREST]

    def _sounding_like(self, chinese: str) -> list[NamedZone]:
        """Return areas whose names sound like a Chinese name and share a character, most characters and prefectures first."""
        forms = process.extract(
            transcribe_to_pinyin(chinese)[0], self.shown.keys(), scorer=fuzz.ratio, limit=50, score_cutoff=MIN_SOUND
        )
        alike = [
            (shared, ORDER[zone.kind], -score, zone)
            for form, score, _ in forms
            for zone in self.by_form[form]
            if zone.kind in ORDER and (shared := -len(set(chinese) & set(zone.name.in_language("zh"))))
        ]
        return [zone for *_, zone in sorted(alike, key=itemgetter(0, 1, 2))]

    def _find_zones_of_parts(self, parts: Sequence[str]) -> list[NamedZone]:
        """Return the zones that one part names and that lie in what each other part names."""
        read = [self._read(part) for part in parts]
        matches: dict[str, NamedZone] = {}
        for number, zones in enumerate(read):
            for zone in zones:
                others = (other for n, other in enumerate(read) if n != number)
                if all(any(container.code in zone.within for container in other) for other in others):
                    matches.setdefault(zone.reference, zone)
        return list(matches.values())

    def _read(self, part: str) -> list[NamedZone]:
        if not NOT_LATIN.search(part):
            return self.by_form.get(normalise_latin_name(part), []) if normalise_latin_name(part) else []
        return [zone for zone, rest in self._find_zone_chains(part, ()) if not rest]

    def _find_zone_chains(self, text: str, above: tuple[str, ...]) -> Iterator[tuple[NamedZone, str]]:
        """Yield each zone that the text names level by level with the text that follows; the longest names first."""
        for length in range(len(text), 1, -1):
            for zone in self.by_form.get(text[:length], ()):
                if all(code in zone.within for code in above):
                    rest = text[length:]
                    if rest:
                        yield from self._find_zone_chains(rest, (*above, zone.code))
                    yield zone, rest


def read_gazetteer(connection: Connection) -> Gazetteer:
    """Return the gazetteer of the store's current version, which is read once for each version."""
    key = (str(connection.engine.url), read_dataset_version(connection))
    if key not in _known:
        zone = tables.zone.c
        query = (
            select(zone.id, zone.zone_kind, zone.code, zone.name_en, zone.name_zh, zone.country, zone.parent)
            .where(zone.zone_kind != "country", zone.valid_to.is_(None), zone.geom.is_not(None))
            .order_by(zone.zone_kind, zone.code, zone.id)
        )
        gazetteer = Gazetteer.of([dict(row) for row in connection.execute(query).mappings()])
        with _lock:
            if len(_known) > 4:
                _known.clear()
            _known[key] = gazetteer
    return _known[key]


def _build_zone(row: Mapping[str, Any], parents: Mapping[str, str | None]) -> NamedZone:
    within: list[str] = []
    code = row["parent"]
    while code is not None and code not in within:
        within.append(code)
        code = parents.get(code)
    if row["country"] is not None and row["country"] not in within:
        within.append(row["country"])
    name = Label(row["name_en"] or row["name_zh"], row["name_zh"] or row["name_en"])
    return NamedZone(row["id"], row["zone_kind"], row["code"], name, row["country"], tuple(within))


def _list_forms(zone: NamedZone) -> Iterator[str]:
    en, zh = zone.name.in_language("en"), zone.name.in_language("zh")
    if zone.kind not in AREA_KINDS:
        yield from (zh, normalise_latin_name(en))
        return
    terms = load_vocabulary("division").terms
    if zone.kind == "division" and zone.code in terms:
        yield normalise_latin_name(terms[zone.code].label_en)
        yield from list_chinese_forms(terms[zone.code].label_zh)
    if NOT_LATIN.search(zh):
        yield from list_chinese_forms(zh)
    yield from list_latin_forms(en, zh if NOT_LATIN.search(zh) else "")
