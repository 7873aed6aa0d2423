"""The strip below the map of a picture: title, legend with counts, sources, licences, projection and version."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.filter_texts import describe_filters
from lodebase.topics.pictures.marks import RecordSymbol, find_status_name
from lodebase.topics.pictures.picture import MapPicture
from lodebase.topics.pictures.polygons import PolygonSymbol
from lodebase.topics.pictures.positions import find_group_name
from lodebase.topics.pictures.symbol_drawing import compute_ring_radius, draw_polygons, draw_ring, place_symbol
from lodedata.maps.map_symbols import OTHER, Fill, choose_shape, load_map_symbols
from lodedata.messages import Message, in_language, join_texts, msg
from lodedata.sources.source_texts import translate_source_text
from lodedata.vocab import load_vocabulary

PAD = 12
LINE = 17
ROW = 30
GAP = 6
TITLE_SIZE, LEGEND_SIZE, NOTE_SIZE = 13, 12, 11
SAMPLE_COUNT = 12
"""The count of the sample of a ring."""
POLYGON_WIDTH, POLYGON_HEIGHT = 22, 14
"""The sample of a polygon in pixels."""
LegendSymbol = RecordSymbol | PolygonSymbol | None
"""A symbol of a record, a polygon, or the sample of a ring."""
SHAPES: Mapping[str, Message] = {"mine": msg("mine"), "plant": msg("plant")}
FILLS: Mapping[Fill, Message] = {
    "working": msg("operating"),
    "planned": msg("planned or under construction"),
    "ended": msg("suspended, cancelled or closed"),
    "unknown": msg("status not stated"),
}
RING, RING_OF_GROUPS = msg("number of records"), msg("number of records, by commodity group")
SMALL_POLYGON = msg("too small for an outline")
NOT_APPROVED = msg(
    "This map has no approval number. A map that is published in China has to be reviewed first (LODE_MAP_APPROVAL)."
)
WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
PARTS = re.compile(
    r"(?:[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+)[\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\u300b\u300d\u300f\u3011]*\s*|\s+"
)
"""What a line is broken between; no line begins with a sign that closes (GB/T 15834-2011, 5.1)."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text with its baseline below the map."""

    y: float
    text: str
    size: int
    weight: int


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of the legend at a place below the map, and its text."""

    x: float
    y: float
    width: float
    text: str
    symbol: LegendSymbol


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip: its title, lines and legend, and its height in pixels."""

    title: str
    lines: tuple[TextLine, ...]
    entries: tuple[LegendEntry, ...]
    groups: tuple[str, ...]
    language: str
    height: int

    @property
    def symbols(self) -> list[RecordSymbol]:
        """Return the symbols of records in the legend."""
        return [entry.symbol for entry in self.entries if isinstance(entry.symbol, RecordSymbol)]

    @property
    def polygons(self) -> list[PolygonSymbol]:
        """Return the symbols of polygons in the legend."""
        return [entry.symbol for entry in self.entries if isinstance(entry.symbol, PolygonSymbol)]


def build_strip(picture: MapPicture, language: str) -> Strip:
    """Return the strip of a picture in a language, laid out at the width of its map."""
    width = picture.frame.width
    title = write_title(picture, language)
    lines, y = _lay_lines([title], PAD, width, TITLE_SIZE, 600)
    entries, y = _lay_entries(list(_list_entries(picture, language)), y + 4, width)
    notes, y = _lay_lines(_list_notes(picture, language), y + 4, width, NOTE_SIZE)
    groups = tuple(term.code for term in load_vocabulary("commodity-group") if term.code in picture.mix)
    return Strip(title, (*lines, *notes), tuple(entries), groups, language, round(y + PAD))


def draw_strip(strip: Strip, top: float, names: Mapping[RecordSymbol, str]) -> str:
    """Return the strip from a height on; ``names`` are those under which symbols are defined."""
    parts = [
        f'<text x="{PAD}" y="{top + line.y:.1f}" font-size="{line.size}" font-weight="{line.weight}">{escape(line.text)}</text>'
        for line in strip.lines
    ]
    for entry in strip.entries:
        middle = entry.x + entry.width / 2, top + entry.y
        if isinstance(entry.symbol, RecordSymbol):
            parts.append(place_symbol(entry.symbol, names, *middle))
        elif isinstance(entry.symbol, PolygonSymbol):
            corner = f"M{middle[0] - POLYGON_WIDTH / 2:.1f} {middle[1] - POLYGON_HEIGHT / 2:.1f}"
            parts.append(draw_polygons(f"{corner}h{POLYGON_WIDTH}v{POLYGON_HEIGHT}h-{POLYGON_WIDTH}z", entry.symbol))
        else:
            mix = dict.fromkeys(strip.groups[:3], SAMPLE_COUNT // len(strip.groups[:3]))
            parts.append(draw_ring(*middle, SAMPLE_COUNT, mix, strip.language))
        parts.append(
            f'<text x="{entry.x + entry.width + GAP:.1f}" y="{top + entry.y + 4:.1f}" font-size="{LEGEND_SIZE}">'
            f"{escape(entry.text)}</text>"
        )
    return "".join(parts)


def write_title(picture: MapPicture, language: str) -> str:
    """Return what the picture shows as text: the kind, the filters, and the number of records that match."""
    collection = find_collection(picture.collection)
    colon = msg(": ").in_language(language)
    filters = [f"{stated.title}{colon}{stated.text}" for stated in describe_filters(collection, picture.filters, language)]
    separator = msg("; ").in_language(language)
    if not picture.matched:
        count = msg("no record matches")
    elif picture.matched == 1:
        count = msg("1 record")
    else:
        count = msg("%(n)s records", n=f"{picture.matched:,}")
    return separator.join([collection.title.in_language(language), *filters, count.in_language(language)])


def _list_entries(picture: MapPicture, language: str) -> Iterator[tuple[LegendSymbol, str]]:
    """Yield symbols with their texts of what is on the map."""
    collection = find_collection(picture.collection)
    yield from _list_polygons(picture, collection, language)
    yield from _list_groups(picture, collection, language)
    singles = [mark.symbol for mark in picture.marks if mark.symbol is not None]
    has_status = find_status_name(collection) is not None
    shapes, fills = {symbol.shape for symbol in singles}, {symbol.fill for symbol in singles}
    for shape, text in SHAPES.items():
        if shape in shapes:
            yield _build_sample(shape, OTHER, "unknown"), text.in_language(language)
    for fill, text in FILLS.items():
        if fill in fills and has_status:
            yield _build_sample("deposit" if fill == "unknown" else "plant", "copper", fill), text.in_language(language)
    if any(symbol.is_old for symbol in singles):
        sample = RecordSymbol("plant", "copper", "working", load_map_symbols()["usualSize"], is_old=True)
        yield sample, msg("last known, over five years old").in_language(language)
    classes = load_vocabulary("size-class")
    for size, side in load_map_symbols()["sizes"].items():
        if any(symbol.side == side for symbol in singles):
            yield RecordSymbol("deposit", OTHER, "unknown", side, is_old=False), classes[size].label(language)
    if any(mark.symbol is None for mark in picture.marks):
        has_groups = find_group_name(collection.table) is not None
        yield None, (RING_OF_GROUPS if has_groups else RING).in_language(language)


def _list_groups(picture: MapPicture, collection: Collection, language: str) -> Iterator[tuple[LegendSymbol, str]]:
    """Yield the commodity groups of the marks with their numbers of records; of a kind without commodities the number alone."""
    mix = picture.mix
    if find_group_name(collection.table) is not None:
        for term in load_vocabulary("commodity-group"):
            if term.code in mix:
                yield _build_sample("deposit", term.code), f"{term.label(language)} {mix[term.code]:,}"
    elif collection.geometry == "point":
        text = f"{collection.title.in_language(language)} {sum(mix.values()):,}"
        yield _build_sample(choose_shape(collection.name), OTHER, "unknown"), text


def _list_polygons(picture: MapPicture, collection: Collection, language: str) -> Iterator[tuple[LegendSymbol, str]]:
    """Yield the outlines with their numbers of records, of rights by their kind, and the number of those that are marks."""
    counts = Counter(polygon.symbol.right_kind for polygon in picture.polygons)
    kinds = load_vocabulary("right-kind")
    for code in sorted(counts, key=lambda code: (-counts[code], code or "")):
        title = collection.title.in_language(language) if code is None else kinds[code].label(language)
        yield PolygonSymbol(code), f"{title} {counts[code]:,}"
    states = {polygon.symbol.state for polygon in picture.polygons}
    if "soon" in states:
        yield PolygonSymbol(OTHER, "soon"), msg("ends within a year").in_language(language)
    if "ended" in states:
        yield PolygonSymbol(OTHER, "ended"), msg("not in force").in_language(language)
    if collection.geometry == "polygon" and picture.marks:
        text = f"{SMALL_POLYGON.in_language(language)} {sum(mark.n for mark in picture.marks):,}"
        yield _build_sample(choose_shape(collection.name), OTHER, "unknown"), text


def _build_sample(shape: str, group: str, fill: Fill = "working") -> RecordSymbol:
    return RecordSymbol(shape, group, fill, load_map_symbols()["usualSize"], is_old=False)


def _list_notes(picture: MapPicture, language: str) -> Iterator[str]:
    """Yield what is not shown, the licences with their sources, the base map, the projection, and the version."""
    if picture.without_position:
        text = msg("%(n)s of the records have no position and are not on the map.", n=f"{picture.without_position:,}")
        yield text.in_language(language)
    if picture.frame.has_outside:
        yield msg("Records are shown within the dashed box only.").in_language(language)
    colon = msg(": ").in_language(language)
    if picture.sources:
        yield f"{msg('Licences of the records').in_language(language)}{colon}{_write_licences(picture, language)}"
    notes = [in_language(note, language) for note in picture.ground_notes]
    yield f"{msg('Base map').in_language(language)}{colon}{join_texts(notes, language)}"
    if language == "zh" and not picture.is_approved:
        yield NOT_APPROVED.in_language(language)
    yield msg("Web Mercator (EPSG:3857), WGS 84; the scale is true in the middle of the map.").in_language(language)
    day = picture.committed_at.date().isoformat() if picture.committed_at is not None else "–"
    yield msg("Lode, version %(version)s of the data of %(day)s.", version=picture.dataset_version, day=day).in_language(
        language
    )


def _write_licences(picture: MapPicture, language: str) -> str:
    titles: dict[str, list[str]] = {}
    for source in picture.sources:
        name = translate_source_text(source.licence).in_language(language)
        titles.setdefault(name, []).append(source.title_zh if language == "zh" else source.title_en)
    return msg("; ").in_language(language).join(f"{name} ({join_texts(listed, language)})" for name, listed in titles.items())


def _lay_lines(texts: Iterable[str], y: float, width: int, size: int, weight: int = 400) -> tuple[list[TextLine], float]:
    """Return texts in lines from a height on, and the height below them."""
    lines = [line for text in texts for line in wrap_text(text, size, width - 2 * PAD)]
    laid = [TextLine(y + number * LINE + LINE / 2 + size * 0.36, line, size, weight) for number, line in enumerate(lines)]
    return laid, y + len(lines) * LINE


def _lay_entries(entries: list[tuple[LegendSymbol, str]], y: float, width: int) -> tuple[list[LegendEntry], float]:
    """Return the legend in rows from a height on, and the height below it."""
    laid: list[LegendEntry] = []
    x = float(PAD)
    for symbol, text in entries:
        wide = 4 + _measure_symbol(symbol)
        space = wide + GAP + measure_text(text, LEGEND_SIZE) + 16
        if x > PAD and x + space > width - PAD:
            x, y = float(PAD), y + ROW
        laid.append(LegendEntry(x, y + ROW / 2, wide, text, symbol))
        x += space
    return laid, y + ROW if laid else y


def _measure_symbol(symbol: LegendSymbol) -> float:
    if symbol is None:
        return 2 * compute_ring_radius(SAMPLE_COUNT)
    return POLYGON_WIDTH if isinstance(symbol, PolygonSymbol) else symbol.side


def measure_text(text: str, size: float) -> float:
    """Return about how wide a text is: wide signs an em, others a little over half of one, whatever the typeface."""
    return sum(1.0 if WIDE.match(sign) else 0.57 for sign in text) * size


def wrap_text(text: str, size: float, width: float) -> Iterator[str]:
    """Yield the lines of a text that fit a width; Chinese breaks at any sign, a longer word where the line ends."""
    most = max(int(width / size), 8)
    line = ""
    for word in PARTS.findall(text):
        if line and measure_text((line + word).rstrip(), size) > width:
            yield line.rstrip()
            line = ""
        rest = word
        while measure_text(rest.rstrip(), size) > width:
            yield rest[:most]
            rest = rest[most:]
        line += rest
    if line.strip():
        yield line.rstrip()
