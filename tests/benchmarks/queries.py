"""The benchmark queries: the form for each system, and the bound of the time, in one table."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal
from urllib.parse import quote

Values = Mapping[str, Any]
Places = Sequence[tuple[float, float]]
"""Longitude and latitude each."""


@dataclass(frozen=True, slots=True)
class World:
    """Positions of queries: around those of the bundled register, and around rows of the store."""

    register: Places
    rows: Places


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound: a multiple of the median of raw SQL, or milliseconds at the median or at p95."""

    most: float
    of: Literal["raw", "ms", "ms at p95"]


@dataclass(frozen=True, slots=True)
class BenchmarkQuery:
    """A query: its template for each system, None for a system that does not support it; values differ each time."""

    what: str
    values: Callable[[Random, World], Values]
    must: Bound
    lode: str
    raw: str | None = None
    tipg: str | None = None
    pygeoapi: str | None = None
    times: int = 100
    pages: int = 1
    """Number of pages that are read in sequence; a raw statement returns them all at once."""
    again: bool = False
    """Whether it is sent once before, and again with the entity tag of the response."""
    listed: bool = False
    """Whether it lists features, of which all systems must return the same number."""


def box(side: float) -> Callable[[Random, World], Values]:
    """Return a function that makes boxes of a size in degrees, each near a position of the register."""

    def made(chance: Random, world: World) -> Values:
        lon, lat = chance.choice(world.register)
        west = min(max(lon + chance.uniform(-0.3, 0.3) - side / 2, -180), 180 - side)
        south = min(max(lat + chance.uniform(-0.3, 0.3) - side / 2, -90), 90 - side)
        edges = {"west": west, "south": south, "east": west + side, "north": south + side}
        return {name: round(edge, 4) for name, edge in edges.items()} | {"metal": chance.choice(METALS)}

    return made


def point(chance: Random, world: World) -> Values:
    """Return a position near one of the register."""
    lon, lat = chance.choice(world.register)
    lon, lat = lon + chance.uniform(-0.3, 0.3), lat + chance.uniform(-0.3, 0.3)
    return {"lon": round(min(max(lon, -180), 180), 4), "lat": round(min(max(lat, -90), 90), 4)}


def metal(chance: Random, world: World) -> Values:
    """Return one of a few metals."""
    return {"metal": chance.choice(METALS)}


def search_term(chance: Random, world: World) -> Values:
    """Return a search term: the beginning of a name, a name with an error, or one of a million similar names."""
    typed = chance.choice((*SEARCH_TERMS, f"deposit {chance.randrange(10**6)}", f"矿床{chance.randrange(5000)}"))
    return {"q": quote(typed[: chance.randint(min(2, len(typed)), len(typed))])}


def other_form(chance: Random, world: World) -> Values:
    """Return a name in another form: pinyin in one word or of a part, initials, Cyrillic, joined, the end of a token, none."""
    typed = chance.choice((*OTHER_FORMS, f"deposit{chance.randrange(10**6)}", f"kuangchuang{chance.randrange(5000)}"))
    return {"q": quote(typed)}


def tile(*zooms: int) -> Callable[[Random, World], Values]:
    """Return a function that makes tiles of some zoom levels with a row on them."""

    def made(chance: Random, world: World) -> Values:
        lon, lat = chance.choice(world.rows)
        z = chance.choice(zooms)
        x, y = _tile(lon, lat, z)
        return {"z": z, "x": x, "y": y}

    return made


def _tile(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return column and row of the web-mercator tile of a position (OGC 17-083r4, annex D)."""
    side, turned = 1 << z, math.asinh(math.tan(math.radians(min(max(lat, -85.05), 85.05))))
    return min(int((lon + 180) / 360 * side), side - 1), int((1 - turned / math.pi) / 2 * side)


METALS = ("copper", "lithium", "nickel", "tin")
SEARCH_TERMS = (
    *("Dexing", "德兴", "dx", "Escondida", "escondda", "jinchuan", "金川", "jinchaun", "Chuquicamata", "El Teniente"),
    *(
        "Greenbushes",
        "greenbush",
        "Salar de Atacama",
        "Norilsk",
        "Weipa",
        "个旧",
        "gejiu",
        "copper",
        "锂",
        "Zambia",
        "Antofagasta",
    ),
)
OTHER_FORMS = (
    *("dexingtongkuang", "tongkuang", "zi jin shan", "zijinshan", "dxtk", "yltk", "Норильск", "Удокан", "Талнах", "Эрдэнэт"),
    *("oyutolgoi", "elteniente", "lasbambas", "ondida", "quicamata", "bushes", "Escondida mine", "Dexing smelter", "qwrtzpl"),
    *("10.1130/0091-7613", "-24.27, -69.07", "24.27 S 69.07 W", "德兴铜业", "智利埃斯康迪达"),
    *("m90jnybfqm8s", "ICMM00949", "usgs-major-deposits 1274"),
)

ITEMS = "/api/collections/deposits/items"
TILES = "/api/collections/deposits/tiles/WebMercatorQuad"
FACETS = "/api/collections/deposits/facets"
TIPG = "/collections/bench.deposit"
TIPG_ITEMS = f"{TIPG}/items?f=geojson"
PYGEOAPI = "/collections/deposits/items?f=json"
BOX = "bbox={west},{south},{east},{north}"
FEATURES = "SELECT ST_AsGeoJSON(t.*) FROM bench.deposit t"
IN_BOX = "geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)"
SPOT = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)"
# the box finds by the index, and the distance on the ellipsoid decides
# a doubtful position is near nothing, on both sides
NEAR = f"""{FEATURES} WHERE position_doubtful IS NOT TRUE
AND geom && ST_Envelope(ST_Buffer({SPOT}::geography, 505000)::geometry)
AND ST_DWithin(geom::geography, {SPOT}::geography, 500000) ORDER BY ST_Distance(geom::geography, {SPOT}::geography) LIMIT 100"""
# the plane finds by the index, the distance on the ellipsoid orders: among as many neighbours as Lode takes near the equator
NEAREST = f"""WITH near AS MATERIALIZED (
  SELECT * FROM bench.deposit WHERE position_doubtful IS NOT TRUE ORDER BY geom <-> {SPOT} LIMIT 40)
SELECT ST_AsGeoJSON(t.*) FROM (
  SELECT near.*, round(ST_Distance(geom::geography, {SPOT}::geography)::numeric / 1000, 3) AS distance_km FROM near
  ORDER BY ST_Distance(geom::geography, {SPOT}::geography), id LIMIT 20) t"""
TILE = """SELECT ST_AsMVT(m, 'deposits') FROM (
  SELECT id, name_en, name_zh, main_commodity, commodity_group, country, occurrence_type, size_class, mine_status,
    ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) AS geom
  FROM bench.deposit WHERE geom && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)) m"""


def _lists(
    what: str, values: Callable[[Random, World], Values], limit: int, parameters: str = "", where: str = "", peers: bool = True
) -> BenchmarkQuery:
    """Return a query of a list: its filter as query parameters and as a condition. For 1,000 features HTTP may add a fifth."""
    filters = f"&{parameters}" if parameters else ""
    return BenchmarkQuery(
        f"{what}, limit {limit:,}",
        values,
        Bound(1.2 if limit >= 1000 else 2.5, "raw"),
        lode=f"{ITEMS}?limit={limit}{filters}",
        raw=f"{FEATURES}{' WHERE ' if where else ''}{where} LIMIT {limit}",
        tipg=f"{TIPG_ITEMS}&limit={limit}{filters}" if peers else None,
        pygeoapi=f"{PYGEOAPI}&limit={limit}{filters}" if peers else None,
        listed=True,
    )


def _tiles(what: str, times: int, *zooms: int) -> BenchmarkQuery:
    tipg = f"{TIPG}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}"
    must = Bound(20, "ms at p95")
    return BenchmarkQuery(what, tile(*zooms), must, f"{TILES}/{{z}}/{{y}}/{{x}}", raw=TILE, tipg=tipg, times=times)


def _own(
    what: str, values: Callable[[Random, World], Values], lode: str, most_ms: float, again: bool = False
) -> BenchmarkQuery:
    """Return a query that only Lode supports."""
    return BenchmarkQuery(what, values, Bound(most_ms, "ms"), lode, again=again)


MAIN, ANY = "main_commodity = %(metal)s", "commodities && ARRAY[%(metal)s]"
SMALL_LISTS = _lists("bbox 2x2 degrees", box(2), 100, BOX, IN_BOX)
LISTS = (
    SMALL_LISTS,
    _lists("bbox 20x20 degrees", box(20), 1000, BOX, IN_BOX),
    _lists("bbox 20x20 degrees and main commodity", box(20), 1000, f"{BOX}&main_commodity={{metal}}", f"{IN_BOX} AND {MAIN}"),
    _lists("bbox 20x20 degrees and commodity", box(20), 1000, f"{BOX}&commodity={{metal}}", f"{IN_BOX} AND {ANY}", peers=False),
    _lists("main commodity", metal, 1000, "main_commodity={metal}", MAIN),
    _lists("commodity", metal, 1000, "commodity={metal}", ANY, peers=False),
    _lists("all", metal, 100),
    _lists("all", metal, 1000),
)
"""The queries that are also measured with ten times the rows."""
NEAREST_20 = BenchmarkQuery(
    "nearest 20", point, Bound(3, "raw"), f"{ITEMS}?nearest={{lon}},{{lat}}&limit=20", raw=NEAREST, listed=True
)
OTHERS = (
    BenchmarkQuery(
        "100,000 features",
        metal,
        Bound(0.7, "raw"),
        lode=f"{ITEMS}?limit=10000",
        raw=f"{FEATURES} LIMIT 100000",
        tipg=f"{TIPG_ITEMS}&limit=10000&offset={{offset}}",
        pygeoapi=f"{PYGEOAPI}&limit=10000&offset={{offset}}",
        times=5,
        pages=10,
        listed=True,
    ),
    BenchmarkQuery(
        "near, 500 km, limit 100", point, Bound(3, "raw"), f"{ITEMS}?near={{lon}},{{lat}}&radius_km=500", raw=NEAR, listed=True
    ),
    NEAREST_20,
    _own("search", search_term, "/api/search?q={q}", 30),
    BenchmarkQuery("search, other forms of a name", other_form, Bound(300, "ms at p95"), "/api/search?q={q}"),
    _own("facets of all", metal, FACETS, 50),
    _own("facets, filtered by a box of 20x20 degrees", box(20), f"{FACETS}?{BOX}", 250),
    _own("facets, filtered by a commodity", metal, f"{FACETS}?commodity={{metal}}", 250),
    _own("304, the tag of bbox 2x2 degrees", box(2), f"{ITEMS}?{BOX}", 2, again=True),
    _tiles("tile z2", 15, 2),
    _tiles("tile z5", 30, 5),
    _tiles("tile z8", 60, 8),
    _tiles("200 random tiles, z0 to z14", 200, *range(15)),
)
OF_SHAPES = (
    SMALL_LISTS,
    LISTS[1],
    NEAREST_20,
    replace(_tiles("tiles z0 to z4", 60, *range(5)), raw=None),
    replace(_tiles("tiles z5 to z11", 100, *range(5, 12)), raw=None),
)
"""The queries that are also measured on rows of other shapes."""
