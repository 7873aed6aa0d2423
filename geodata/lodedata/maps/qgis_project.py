"""A project of QGIS with all collections of a site in the colours of the map, with field titles.

Its layers read OGC API Features; those of a project for QGIS Server read the views of the store.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from lodedata.kinds import Kind
from lodedata.kinds.shared import IDENTITY
from lodedata.messages import Label, msg
from lodedata.vocab import load_vocabulary
from lodedata.write.content import format_caption
from lodedata.write.vector import styles

SITE = msg("Lode: strategic minerals")
PLACED, TABLES = msg("Map"), msg("Tables")
MEDIA_TYPE = "application/x-qgis-project"
VERSION = "3.22.0"
"""The oldest QGIS that reads collections as the project names them."""
MAX_LABELLED_TERMS = 60
"""Terms of the largest vocabulary whose labels QGIS shows in place of codes."""
TYPES: dict[str | None, str] = {"point": "Point", "polygon": "MultiPolygon"}
"""The types of the columns of geometries in the store."""
NUMBERS = {"EPSG:4326": "3452"}
"""The numbers of reference systems in the database of QGIS (srs.db)."""
CRS_OF_SERVER = ("EPSG:4326", "EPSG:3857", "EPSG:4490")
"""The reference systems in which QGIS Server draws maps."""
DECIMALS = 7
"""The decimal places of a coordinate in degrees: a centimetre."""
GEOMETRY = {"point": "Point", "polygon": "Polygon", None: "No geometry"}


@dataclass(frozen=True, slots=True)
class ProjectOptions:
    """The address of the site, and the language of titles; None for each."""

    root: str
    lang: str | None = None
    service: str | None = None
    """The service of libpq (pg_service.conf) whose views the layers read; None for layers by OGC API Features."""

    @property
    def provider(self) -> str:
        """Return the data provider of the layers."""
        return "OAPIF" if self.service is None else "postgres"


def write(kinds: Sequence[Kind], options: ProjectOptions) -> bytes:
    """Return the project as a .qgz archive; the same bytes for the same options."""
    project = io.BytesIO()
    with zipfile.ZipFile(project, "w") as archive:
        zip_info = zipfile.ZipInfo("lode.qgs", (1980, 1, 1, 0, 0, 0))
        archive.writestr(zip_info, write_qgis_project(kinds, options), zipfile.ZIP_DEFLATED)
    return project.getvalue()


def write_qgis_project(kinds: Sequence[Kind], options: ProjectOptions) -> bytes:
    """Return the project as XML."""
    # points are drawn over polygons, and the first layer of the tree over the others
    order = sorted(kinds, key=lambda kind: ("point", "polygon", None).index(kind.geometry))
    title = format_caption(SITE, options.lang)
    root = Xml.Element("qgis", version=VERSION, projectname=title)
    Xml.SubElement(root, "title").text = title
    _add_reference_system(Xml.SubElement(root, "projectCrs"), "EPSG:4326")
    tree = Xml.SubElement(root, "layer-tree-group")
    for caption, chosen in ((PLACED, [k for k in order if k.geometry]), (TABLES, [k for k in order if not k.geometry])):
        group = Xml.SubElement(
            tree, "layer-tree-group", name=format_caption(caption, options.lang), checked="Qt::Checked", expanded="1"
        )
        for kind in chosen:
            _add_tree_layer(group, kind, options)
    canvas = Xml.SubElement(root, "mapcanvas", name="theMapCanvas")
    Xml.SubElement(canvas, "units").text = "degrees"
    _extent(Xml.SubElement(canvas, "extent"))
    layers = Xml.SubElement(root, "projectlayers")
    for kind in order:
        layers.append(_map_layer(kind, options))
    if options.service is not None:
        _publish(root, order, title)
    qgis_project: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return qgis_project


def _add_tree_layer(group: Xml.Element, kind: Kind, options: ProjectOptions) -> None:
    # a project opens with deposits and projects, not with each layer of polygons
    shown = kind.geometry == "point" and kind.merged
    Xml.SubElement(
        group,
        "layer-tree-layer",
        id=_build_identifier(kind),
        name=_format_title(kind, options),
        providerKey=options.provider,
        source=_format_source(kind, options),
        checked="Qt::Checked" if shown else "Qt::Unchecked",
        expanded="1" if shown else "0",
    )


def _map_layer(kind: Kind, options: ProjectOptions) -> Xml.Element:
    layer = Xml.Element("maplayer", type="vector", geometry=GEOMETRY[kind.geometry], hasScaleBasedVisibilityFlag="0")
    texts = {
        "id": _build_identifier(kind),
        "datasource": _format_source(kind, options),
        "layername": _format_title(kind, options),
        "abstract": format_caption(Label(kind.description_en, kind.description_zh), options.lang),
    }
    if options.service is not None:
        texts["shortname"] = kind.collection
    for name, text in texts.items():
        Xml.SubElement(layer, name).text = text
    if options.service is not None and kind.geometry is not None:
        _extent(Xml.SubElement(layer, "extent"))
    Xml.SubElement(layer, "provider", encoding="UTF-8").text = options.provider
    if kind.geometry is not None:
        _add_reference_system(Xml.SubElement(layer, "srs"), "OGC:CRS84" if options.service is None else "EPSG:4326")
        coloured = any(field.name == styles.GROUP for field in kind.served)
        groups = styles.group_colours(options.lang) if coloured else {}
        layer.append(Xml.fromstring(styles.write_qgis_renderer(kind.collection, kind.geometry == "point", groups)))
    _add_metadata(layer, kind, options)
    _add_fields(layer, kind, options)
    return layer


def _publish(root: Xml.Element, kinds: Sequence[Kind], title: str) -> None:
    """Add what QGIS Server publishes: layers by the names of their collections, read only."""
    # the views have no statistics of their extent, which QGIS would compute from all rows at each start
    Xml.SubElement(root, "trust", active="1")
    properties = Xml.SubElement(root, "properties")
    Xml.SubElement(Xml.SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
    Xml.SubElement(properties, "WMSServiceCapabilities", type="bool").text = "true"
    Xml.SubElement(properties, "WMSServiceTitle", type="QString").text = title
    _text_list(properties, "WMSCrsList", CRS_OF_SERVER)
    _text_list(properties, "WFSLayers", map(_build_identifier, kinds))
    precision = Xml.SubElement(properties, "WFSLayersPrecision")
    for kind in kinds:
        Xml.SubElement(precision, _build_identifier(kind), type="int").text = str(DECIMALS)


def _text_list(properties: Xml.Element, name: str, values: Iterable[str]) -> None:
    listed = Xml.SubElement(properties, name, type="QStringList")
    for value in values:
        Xml.SubElement(listed, "value").text = value


def _add_metadata(layer: Xml.Element, kind: Kind, options: ProjectOptions) -> None:
    sub_element = Xml.SubElement(layer, "resourceMetadata")
    address = f"{options.root}/api/collections/{kind.collection}"
    texts = {
        "identifier": address,
        "language": options.lang or "",
        "type": "dataset",
        "title": _format_title(kind, options),
        "abstract": format_caption(Label(kind.description_en, kind.description_zh), options.lang),
    }
    for name, text in texts.items():
        Xml.SubElement(sub_element, name).text = text
    links = Xml.SubElement(sub_element, "links")
    Xml.SubElement(links, "link", name="OGC API Features", type="OGC API Features", url=address)
    Xml.SubElement(
        links,
        "link",
        name=format_caption(msg("Sources and licences"), options.lang),
        type="WWW:LINK",
        url=f"{options.root}/api/sources",
    )


def _add_fields(layer: Xml.Element, kind: Kind, options: ProjectOptions) -> None:
    """Add the titles of fields, and the labels of short vocabularies."""
    aliases = Xml.SubElement(layer, "aliases")
    configuration = Xml.SubElement(layer, "fieldConfiguration")
    for index, field in enumerate((IDENTITY, *kind.served)):
        unit = f" ({field.unit})" if field.unit else ""
        Xml.SubElement(
            aliases, "alias", field=field.name, index=str(index), name=f"{format_caption(field.title, options.lang)}{unit}"
        )
        terms = list(load_vocabulary(field.vocabulary)) if field.vocabulary and field.type == "string" else []
        if 0 < len(terms) <= MAX_LABELLED_TERMS:
            labels = ((term.code, format_caption(Label(term.label_en, term.label_zh), options.lang)) for term in terms)
            _add_value_map(Xml.SubElement(configuration, "field", name=field.name), labels)


def _add_value_map(field: Xml.Element, labels: Iterable[tuple[str, str]]) -> None:
    config = Xml.SubElement(Xml.SubElement(field, "editWidget", type="ValueMap"), "config")
    terms = Xml.SubElement(Xml.SubElement(config, "Option", type="Map"), "Option", name="map", type="List")
    for code, label in labels:
        Xml.SubElement(Xml.SubElement(terms, "Option", type="Map"), "Option", name=label, type="QString", value=code)


def _extent(parent: Xml.Element) -> None:
    """Add the edges of the globe, in degrees."""
    for edge, value in (("xmin", -180), ("ymin", -90), ("xmax", 180), ("ymax", 90)):
        Xml.SubElement(parent, edge).text = str(value)


def _add_reference_system(parent: Xml.Element, code: str) -> None:
    system = Xml.SubElement(parent, "spatialrefsys", nativeFormat="Wkt")
    if code in NUMBERS:
        # without it QGIS takes the system of a project for none, and draws a map in no other
        Xml.SubElement(system, "srsid").text = NUMBERS[code]
    Xml.SubElement(system, "authid").text = code


def _build_identifier(kind: Kind) -> str:
    # QGIS replaces an identifier of less than ten characters
    return f"lode_layer_{kind.name}"


def _format_title(kind: Kind, options: ProjectOptions) -> str:
    return format_caption(Label(kind.title_en, kind.title_zh), options.lang)


def _format_source(kind: Kind, options: ProjectOptions) -> str:
    if options.service is not None:
        stored = TYPES.get(kind.geometry)
        placed = f" srid=4326 type={stored}" if stored else ""
        column = " (geom)" if stored else ""
        table = f'"lode"."{kind.name}_layer"{column}'
        return f"service='{options.service}' key='id' checkPrimaryKeyUnicity='0'{placed} table={table}"
    return f" pagingEnabled='true' restrictToRequestBBOX='1' typename='{kind.collection}' url='{options.root}/api/'"
