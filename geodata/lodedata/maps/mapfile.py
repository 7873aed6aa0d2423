"""A map file of MapServer with the placed records of a site in the colours of the map: WFS 2.0 and WMS 1.3 on the store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lodedata.kinds import Kind
from lodedata.kinds.shared import IDENTITY
from lodedata.maps.qgis_project import CRS_OF_SERVER, DECIMALS, SITE
from lodedata.messages import Label, msg
from lodedata.write.content import format_caption
from lodedata.write.vector import styles

MAX_MAP_PIXELS = 4096
"""The width and height of the largest picture."""
PLACED_ONLY = msg("Only records with a position; the API has all.")
TYPES = {"point": "POINT", "polygon": "POLYGON"}
GML_TYPES = {"integer": "Long", "number": "Real", "boolean": "Boolean"}
"""Types by which MapServer describes fields; others are texts. GDAL ignores a description with MapServer's type of dates."""
SYMBOLS: Mapping[str, str] = {
    "circle": "TYPE ELLIPSE POINTS 1 1 END",
    "square": "TYPE VECTOR POINTS 0 1 0 0 1 0 1 1 0 1 END",
    "triangle": "TYPE VECTOR POINTS 0 1 0.5 0 1 1 0 1 END",
}
HEAD = """MAP
  NAME "lode"
  EXTENT -180 -90 180 90
  UNITS DD
  SIZE 1200 600
  MAXSIZE {pixels}
  IMAGETYPE png
  FONTSET "fonts.txt"
  PROJECTION "init=epsg:4326" END
  OUTPUTFORMAT NAME "png" DRIVER "AGG/PNG" MIMETYPE "image/png" IMAGEMODE RGBA TRANSPARENT ON END
  OUTPUTFORMAT
    NAME "geojson" DRIVER "OGR/GEOJSON" MIMETYPE "application/geo+json"
    FORMATOPTION "STORAGE=stream" FORMATOPTION "FORM=SIMPLE" FORMATOPTION "LCO:COORDINATE_PRECISION={decimals}"
  END
  LEGEND LABEL FONT "sans" SIZE 10 COLOR 0 0 0 END END"""
"""The beginning of the map file; the file fonts.txt next to it names the font of legends."""


@dataclass(frozen=True, slots=True)
class MapfileOptions:
    """The address of the site, the service of libpq (pg_service.conf), and the language of titles; None for each."""

    root: str
    service: str
    lang: str | None = None


def write_mapfile(kinds: Sequence[Kind], options: MapfileOptions) -> str:
    """Return the map file of the kinds with positions; it has the name of the service, and no password."""
    # the last layer is drawn over the others
    order = sorted(filter_placed(kinds), key=lambda kind: list(TYPES).index(str(kind.geometry)), reverse=True)
    lines = [HEAD.format(pixels=MAX_MAP_PIXELS, decimals=DECIMALS)]
    lines += [f'  SYMBOL NAME "{name}" {shape} FILLED TRUE END' for name, shape in SYMBOLS.items()]
    site = {
        "ows_title": format_caption(SITE, options.lang),
        "ows_srs": " ".join(CRS_OF_SERVER),
        "ows_enable_request": "*",
        "ows_encoding": "UTF-8",
        "ows_accessconstraints": f"{format_caption(msg('Sources and licences'), options.lang)}: {options.root}/api/sources",
        "ows_contactorganization": format_caption(SITE, options.lang),
        "ows_service_onlineresource": options.root,
        "ows_geometry_precision": str(DECIMALS),
        "wfs_getfeature_formatlist": "geojson",
        "wfs_compute_number_matched": "true",
        "wfs_namespace_uri": f"{options.root}/api/collections",
        "wfs_namespace_prefix": "lode",
    }
    lines += ["  WEB", *_write_metadata(site), "  END"]
    for kind in order:
        lines += _write_layer(kind, options)
    return "\n".join([*lines, "END", ""])


def filter_placed(kinds: Sequence[Kind]) -> list[Kind]:
    """Return the kinds whose records have positions."""
    return [kind for kind in kinds if kind.geometry in TYPES]


def _write_layer(kind: Kind, options: MapfileOptions) -> Iterator[str]:
    yield f"  LAYER\n    NAME {_quote(kind.collection)}\n    STATUS OFF\n    TYPE {TYPES[str(kind.geometry)]}"
    yield f"    CONNECTIONTYPE POSTGIS\n    CONNECTION {_quote(f'service={options.service}')}"
    # MapServer 8.4 gives a row without a geometry that of the row before; the order makes pages continue each other
    rows = f'SELECT * FROM "lode"."{kind.name}_layer" WHERE geom IS NOT NULL ORDER BY id'
    yield f"    DATA {_quote(f'geom FROM ({rows}) AS listed USING UNIQUE id USING srid=4326')}"
    yield '    PROJECTION "init=epsg:4326" END\n    EXTENT -180 -90 180 90'
    yield f"    TEMPLATE {_quote(kind.collection)}"
    address = f"{options.root}/api/collections/{kind.collection}"
    yield from _write_metadata(
        {
            "ows_title": format_caption(Label(kind.title_en, kind.title_zh), options.lang),
            "ows_abstract": " ".join(
                format_caption(text, options.lang) for text in (Label(kind.description_en, kind.description_zh), PLACED_ONLY)
            ),
            "ows_extent": "-180 -90 180 90",
            "ows_metadataurl_type": "other",
            "ows_metadataurl_format": "application/json",
            "ows_metadataurl_href": address,
            "gml_include_items": ",".join(field.name for field in (IDENTITY, *kind.served)),
            "wms_include_items": "all",
            "gml_featureid": IDENTITY.name,
            **{f"gml_{field.name}_type": GML_TYPES.get(field.type, "Character") for field in (IDENTITY, *kind.served)},
            "wfs_use_default_extent_for_getfeature": "false",
        }
    )
    yield from _write_classes(kind, options)
    yield "  END"


def _write_classes(kind: Kind, options: MapfileOptions) -> Iterator[str]:
    point = kind.geometry == "point"
    coloured = point and any(field.name == styles.GROUP for field in kind.served)
    if coloured:
        yield f"    CLASSITEM {_quote(styles.GROUP)}"
        for value, (colour, label) in styles.group_colours(options.lang).items():
            yield f"    CLASS NAME {_quote(label)} EXPRESSION {_quote(value)} {_write_point(kind, colour)} END"
    caption = format_caption(Label(kind.title_en, kind.title_zh), options.lang)
    plain = _write_point(kind, styles.PLAIN) if point else f'STYLE OUTLINECOLOR "#{styles.PLAIN}" WIDTH 1 END'
    yield f"    CLASS NAME {_quote(caption)} {plain} END"


def _write_point(kind: Kind, colour: str) -> str:
    mark = styles.MARKS.get(kind.collection, "circle")
    return f'STYLE SYMBOL "{mark}" SIZE 8 COLOR "#{colour}" OUTLINECOLOR "#FFFFFF" WIDTH 0.7 END'


def _write_metadata(texts: Mapping[str, str]) -> list[str]:
    return ["    METADATA", *(f"      {_quote(name)} {_quote(text)}" for name, text in texts.items()), "    END"]


def _quote(text: str) -> str:
    """Return a text in the quotes of a map file."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
