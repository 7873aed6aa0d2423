"""The operation that draws a picture of the map, for programs that request it by its address."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Self

from pydantic import Field, SkipValidation
from sqlalchemy import select

from lodebase.db.schema import tables
from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS, Choice, WholeNumber
from lodebase.operations.formats import PDF, PNG, SVG, OperationFormat
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NOTHING
from lodebase.operations.row_parameters import RowParameters
from lodebase.query import version_views
from lodebase.query.collections_ import COLLECTIONS, Collection, find_collection
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import list_taken_parameters
from lodebase.query.parameters.parameter import PLACED
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.records import provenance
from lodebase.topics.pictures.drawing import draw_map
from lodebase.topics.pictures.extent import read_matched_extent
from lodebase.topics.pictures.frame import MAX_SIDE, MIN_HEIGHT, MIN_WIDTH, WORLD, build_frame, widen_box, write_world_file
from lodebase.topics.pictures.marks import read_marks
from lodebase.topics.pictures.outlines import draw_ground, list_ground_notes
from lodebase.topics.pictures.picture import MapPicture, PictureSource
from lodebase.topics.pictures.polygons import read_polygons
from lodebase.typesetting.raster import render_pdf, render_png
from lodedata.messages import msg

USUAL_COLLECTION = "deposits"
USUAL_WIDTH = 1_200
MAX_SCALE = 4
MAX_PIXELS = 25_000_000
"""The most pixels of the map in a file, as the process that serves requests holds them all."""
FRAME_FILTERS = ("bbox", "bbox-crs")
"""Filters that the frame shows, so that the title need not name them."""
COLLECTION = Choice(PLACED, msg("The collection whose records are drawn."), USUAL_COLLECTION)
WORLD_FILE = OperationFormat("world", "text/plain", "file", ("pgw",), suffix=".pgw")
SHOWN_PNG = replace(PNG, suffix="")
"""PNG that a browser shows."""


class PictureParameters(RowParameters):
    """The filters of a collection, and the size of the picture."""

    needs_radius: ClassVar[bool] = True
    drawn: Annotated[str, COLLECTION] = Field(USUAL_COLLECTION, alias="collection")
    width: Annotated[
        int, WholeNumber(MIN_WIDTH, MAX_SIDE, msg("The width of the map in pixels at scale 1; by default 1200."))
    ] = USUAL_WIDTH
    height: Annotated[
        int | None,
        WholeNumber(
            MIN_HEIGHT,
            MAX_SIDE,
            msg("The height of the map without the legend, in pixels at scale 1; by default what its records or bbox need."),
        ),
    ] = None
    scale: Annotated[
        int, WholeNumber(1, MAX_SCALE, msg("How many pixels the file has for one of the map, 1 to 4; by default 1."))
    ] = 1
    filters: Annotated[tuple[tuple[str, str], ...], SkipValidation] = ()
    """The filters as the request has them, for the title."""

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Return the parameters of a request. Raises BadQuery, also for a picture of too many pixels."""
        parameters = super().parse(values)
        pixels = parameters.width * (parameters.height or 0) * parameters.scale**2
        if pixels > MAX_PIXELS:
            sentence = msg(
                "The picture would have %(pixels)s million pixels. Reduce width, height or scale, to %(most)s million at most.",
                pixels=f"{pixels / 1e6:,.0f}",
                most=f"{MAX_PIXELS / 1e6:g}",
            )
            raise BadQuery("scale", str(values.get("scale", ""))[:MAX_QUOTED_CHARACTERS], sentence)
        names = set(list_taken_parameters(cls.find_collection(values), ("filter",))) - set(FRAME_FILTERS)
        pairs = values.pairs() if isinstance(values, Arguments) else ((name, str(value)) for name, value in values.items())
        return parameters.model_copy(update={"filters": tuple(pair for pair in pairs if pair[0] in names and pair[1].strip())})

    @classmethod
    def find_collection(cls, values: Mapping[str, object]) -> Collection:
        """Return the collection that the parameters name. Raises BadQuery."""
        name: str = COLLECTION.validate(values.get("collection") or USUAL_COLLECTION, "collection")
        return find_collection(name)

    @classmethod
    def names(cls, _in_path: Mapping[str, object] = NOTHING) -> tuple[str, ...]:
        """Return the names of the parameters of all collections; those of the collection are checked when it is known."""
        filters = (list_taken_parameters(COLLECTIONS[name], cls.groups) for name in PLACED)
        return (*dict.fromkeys(name for names in filters for name in names), *cls._list_own_names())


def read_map_picture(services: OperationServices, parameters: PictureParameters) -> MapPicture:
    """Return what the picture shows. Raises BadQuery for a version that does not exist."""
    query = parameters.resolve_query(services.find_version)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection) if query.as_of is None else query.as_of
        committed_at = connection.scalar(
            select(tables.dataset_version.c.committed_at).where(tables.dataset_version.c.version == version)
        )
        imported = provenance.read_imported_sources(connection)
        settled, earlier = version_views.settle_query_version(connection, query.same_rows())
        extent = read_matched_extent(connection, settled, earlier)
        condition = query.find(BoxCondition)
        extent_box = WORLD if extent.box is None else widen_box(extent.box)
        box = extent_box if condition is None else condition.box
        most = MAX_PIXELS / parameters.scale**2
        frame = build_frame(box, parameters.width, parameters.height, most, is_filter=condition is not None)
        day = committed_at.date() if committed_at else None
        polygons = read_polygons(connection, settled, frame, day, earlier)
        marks = read_marks(connection, settled, frame, day, earlier)
        counts = provenance.count_records_by_source(connection, settled, earlier)
    ground = draw_ground(services.settings, frame)
    return MapPicture(
        dataset_version=version,
        committed_at=committed_at,
        collection=query.collection,
        filters=parameters.filters,
        scale=parameters.scale,
        frame=frame,
        polygons=tuple(polygons),
        marks=tuple(marks),
        matched=extent.records,
        without_position=extent.records - extent.located,
        sources=tuple(
            PictureSource(row["title_en"], row["title_zh"], row["licence_name"]) for row in imported if row["name"] in counts
        ),
        ground=ground,
        ground_notes=list_ground_notes(ground, services.settings),
        is_approved=services.settings.map_approval is not None,
    )


def write_svg(picture: MapPicture, language: str) -> bytes:
    """Return a picture as SVG."""
    return draw_map(picture, language).svg.encode()


def write_png(picture: MapPicture, language: str) -> bytes:
    """Return a picture as PNG."""
    drawing = draw_map(picture, language)
    return render_png(drawing.svg, drawing.width, picture.scale)


def write_pdf(picture: MapPicture, language: str) -> bytes:
    """Return a picture as PDF, a page as large as the drawing."""
    drawing = draw_map(picture, language)
    return render_pdf(drawing.svg, drawing.width, drawing.title, language)


def write_world(picture: MapPicture, _language: str) -> bytes:
    """Return the world file of the PNG of a picture."""
    return write_world_file(picture.frame, picture.scale).encode()


MAP_IMAGE = Operation(
    "pictures.map",
    "/api/map/image",
    msg("The map as a picture"),
    msg("The map of the records that match, as a picture with legend, scale, north arrow, sources and licences"),
    PictureParameters,
    run=read_map_picture,
    result=MapPicture,
    formats=(SHOWN_PNG, SVG, PDF, WORLD_FILE),
    writers={SHOWN_PNG: write_png, SVG: write_svg, PDF: write_pdf, WORLD_FILE: write_world},
    varies_by=("version", "ground"),
    cost="heavy",
    file_name="lode-map",
)
OPERATIONS = (MAP_IMAGE,)
