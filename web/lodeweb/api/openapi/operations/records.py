"""Operations on the records of a collection: items, downloads, tiles, counts, charts and search by name."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import OF_FILES, OF_ITEMS, OF_ROWS, Parameter
from lodebase.search import lookup, suggestion
from lodebase.statistics.distribution import SCALES
from lodedata.messages import msg
from lodedata.write import FORMATS
from lodeweb.adapter.api_operation import TEXT, ApiOperation, format_parameter, of_json
from lodeweb.api.linked_data.syntaxes import SYNTAXES
from lodeweb.http.representation.negotiation import GEOJSON, HTML

MVT = "application/vnd.mapbox-vector-tile"
FEATURES = {GEOJSON: "features", HTML: "page"}
_JSON_OR_PAGE = format_parameter("json", "html")
_OF = Parameter(
    "of",
    "filter",
    TEXT,
    msg("The commodity whose figures are returned; by default the one with the most estimates."),
)
OPERATIONS: Mapping[str, ApiOperation] = {
    "items.items": ApiOperation(msg("The records that match, in pages"), FEATURES, OF_ITEMS),
    "items.by_post": ApiOperation(msg("The same, with the parameters as a JSON object in the body"), FEATURES, (), sent=True),
    "items.one": ApiOperation(
        msg("One record; also as linked data in Turtle, JSON-LD or RDF/XML"),
        {GEOJSON: "feature", HTML: "page", **{media_type: "page" for _, media_type in SYNTAXES.values()}},
        more=("crs", "profile", "as_of"),
        less=("f",),
        own=(format_parameter("json", "html", *SYNTAXES),),
    ),
    "downloads.download": ApiOperation(
        msg("All records that match, as a file"),
        {form.media_type: "object" if form.media_type == GEOJSON else "file" for form in FORMATS.values()},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
    ),
    "facets.extent": ApiOperation(
        msg("The bounding box of the records that match"), of_json("object"), OF_ROWS, less=("nearest",)
    ),
    "facets.of_collection": ApiOperation(
        msg("The number of matching records by value of a field"),
        of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _JSON_OR_PAGE,
            Parameter(
                "facets",
                "filter",
                TEXT,
                msg("The fields to count by, separated by commas."),
            ),
            Parameter(
                "facet_limit",
                "filter",
                {"type": "integer", "minimum": 1},
                msg("The maximum number of values of each field."),
            ),
        ),
    ),
    "charts.grade_tonnage": ApiOperation(
        msg("Grade and tonnage: of each record the largest single estimate that has both"),
        of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_JSON_OR_PAGE, _OF),
    ),
    "charts.contained": ApiOperation(
        msg("Contained metal by class, each class separately"),
        of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_JSON_OR_PAGE, _OF),
    ),
    "charts.distributed": ApiOperation(
        msg("The number of records by interval of a figure"),
        of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _JSON_OR_PAGE,
            Parameter(
                "figure",
                "filter",
                {"type": "string", "enum": list(SCALES)},
                msg("The figure by which records are counted."),
            ),
        ),
        needs=("figure",),
    ),
    "search.suggestions": ApiOperation(
        msg("Records, zones and terms by any of their names, best first"),
        of_json("object"),
        less=("f",),
        own=(
            _JSON_OR_PAGE,
            Parameter(
                "q",
                "filter",
                {"type": "string", "minLength": 1, "maxLength": lookup.LONGEST},
                msg(
                    "A name or the beginning of one in any script, its pinyin or initials; the id of a record, a key of a "
                    "source, a DOI, or a position such as 24.27 S 69.07 W."
                ),
            ),
            Parameter(
                "limit",
                "page",
                {"type": "integer", "minimum": 1, "maximum": lookup.MOST, "default": suggestion.DEFAULT},
                msg("The maximum number of suggestions."),
            ),
            Parameter(
                "kind",
                "filter",
                {"type": "array", "items": {"type": "string", "enum": list(suggestion.KINDS)}},
                msg("The kinds to find."),
            ),
        ),
        needs=("q",),
    ),
    "areas.read": ApiOperation(
        msg("The area of the polygons in the text or file of the body, for within"),
        of_json("object"),
        less=("f",),
        own=(
            _JSON_OR_PAGE,
            Parameter("name", "filter", TEXT, msg("The file's name.")),
        ),
        file=True,
    ),
    "tiles.grids": ApiOperation(msg("The tile matrix sets"), of_json("object"), less=("f",), own=(_JSON_OR_PAGE,)),
    "tiles.grid": ApiOperation(msg("The Web Mercator tile matrix set"), of_json("object"), less=("f",), own=(_JSON_OR_PAGE,)),
    "tiles.tilesets": ApiOperation(
        msg("The tilesets"),
        of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_JSON_OR_PAGE,),
        suffix=".collection.vector.getTileSetsList",
    ),
    "tiles.tileset": ApiOperation(
        msg("The tileset, or as TileJSON"),
        of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(format_parameter("json", "tilejson", "style", "html"),),
        suffix=".collection.vector.getTileSet",
    ),
    "tiles.tile": ApiOperation(
        msg("A vector tile"),
        {MVT: "tile"},
        OF_ROWS,
        less=("nearest", "f"),
        own=(format_parameter("mvt"),),
        suffix=".collection.vector.getTile",
    ),
}
