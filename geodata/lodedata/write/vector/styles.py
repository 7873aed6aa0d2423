"""Styles of files by commodity group: QML of QGIS, OGC SLD 1.0, and colours for KML."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from lodedata.messages import Label
from lodedata.vocab import load_vocabulary
from lodedata.write.content import FileContent, format_caption

MARKS: Mapping[str, str] = {"deposits": "circle", "discoveries": "triangle", "projects": "square"}
GROUP = "commodity_group"
PLAIN = "374151"


def list_style_classes(content: FileContent) -> Mapping[str, tuple[str, str]]:
    """Return colour (six hexadecimal digits) and label by value of the commodity group; empty if the file lacks the field."""
    if all(column.name != GROUP for column in content.table.columns):
        return {}
    colours = group_colours(content.lang)
    # with a language the values themselves are labels
    return colours if content.lang is None else {label: (colour, label) for colour, label in colours.values()}


def group_colours(lang: str | None) -> Mapping[str, tuple[str, str]]:
    """Return colour and label of each commodity group by code."""
    terms = load_vocabulary("commodity-group")
    return {
        term.code: (term.extra["colour"].lstrip("#"), format_caption(Label(term.label_en, term.label_zh), lang))
        for term in terms
    }


def write_qml_style(content: FileContent) -> str:
    """Return the style as QML of QGIS."""
    head = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">'
    body = write_qgis_renderer(content.name, content.table.geometry == "point", list_style_classes(content))
    return f'{head}<qgis version="3.22" styleCategories="Symbology">{body}</qgis>'


def write_qgis_renderer(name: str, point: bool, style_classes: Mapping[str, tuple[str, str]]) -> str:
    """Return the renderer of a collection in QGIS: points by colour and label of their commodity group, or one symbol."""
    mark = MARKS.get(name, "circle")
    if not style_classes or not point:
        symbol = _write_point(mark, PLAIN, "0") if point else _fill("0")
        return f'<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0"><symbols>{symbol}</symbols></renderer-v2>'
    categories = "".join(
        f'<category value={quoteattr(value)} symbol="{n}" label={quoteattr(label)} render="true"/>'
        for n, (value, (_, label)) in enumerate(style_classes.items())
    )
    symbols = "".join(_write_point(mark, colour, str(n)) for n, (colour, _) in enumerate(style_classes.values()))
    return (
        f'<renderer-v2 type="categorizedSymbol" attr="{GROUP}" symbollevels="0" enableorderby="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def write_sld_style(content: FileContent) -> str:
    """Return the style as OGC SLD 1.0."""
    mark, style_classes = MARKS.get(content.name, "circle"), list_style_classes(content)
    point = content.table.geometry == "point"
    rules = "".join(
        f"<Rule><Title>{escape(label)}</Title><ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>{GROUP}</ogc:PropertyName>"
        f"<ogc:Literal>{escape(value)}</ogc:Literal></ogc:PropertyIsEqualTo></ogc:Filter>{_write_symbol(mark, colour, point)}"
        "</Rule>"
        for value, (colour, label) in style_classes.items()
    )
    rules = rules or f"<Rule>{_write_symbol(mark, PLAIN, point)}</Rule>"
    return (
        '<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc">'
        f"<NamedLayer><Name>{content.name}</Name><UserStyle><FeatureTypeStyle>{rules}</FeatureTypeStyle></UserStyle>"
        "</NamedLayer></StyledLayerDescriptor>"
    )


def _write_point(mark: str, colour: str, name: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (0, 2, 4))
    props = {"name": mark, "color": f"{red},{green},{blue},220", "outline_color": "255,255,255,255", "size": "2.2"}
    properties = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in props.items())
    layer = f'<layer class="SimpleMarker" enabled="1" pass="0" locked="0">{properties}</layer>'
    return f'<symbol type="marker" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">{layer}</symbol>'


def _fill(name: str) -> str:
    props = {"color": "184,178,160,90", "outline_color": "55,65,81,255", "outline_width": "0.3", "style": "solid"}
    properties = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in props.items())
    layer = f'<layer class="SimpleFill" enabled="1" pass="0" locked="0">{properties}</layer>'
    return f'<symbol type="fill" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">{layer}</symbol>'


def _write_symbol(mark: str, colour: str, point: bool) -> str:
    fill = f'<Fill><CssParameter name="fill">#{colour}</CssParameter></Fill>'
    if point:
        shape = f"<Mark><WellKnownName>{mark}</WellKnownName>{fill}</Mark><Size>7</Size>"
        return f"<PointSymbolizer><Graphic>{shape}</Graphic></PointSymbolizer>"
    stroke = f'<Stroke><CssParameter name="stroke">#{colour}</CssParameter></Stroke>'
    return f"<PolygonSymbolizer>{stroke}</PolygonSymbolizer>"
