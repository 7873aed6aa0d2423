"""Messages of the map's script, in the page's language."""

from lodedata import licences
from lodeweb.i18n.language import get_language, gettext


def list_map_messages() -> dict[str, str]:
    """Return the messages of the map's script; ``{name}`` is a placeholder."""
    return {
        **_list_record_messages(),
        **_list_figure_messages(),
        **_list_filter_messages(),
        **_list_search_messages(),
        **_list_area_messages(),
        **_list_own_messages(),
        **_list_table_messages(),
        **_list_file_messages(),
        **_list_picture_messages(),
        **_list_state_messages(),
    }


def _list_record_messages() -> dict[str, str]:
    return {
        "accuracy": gettext("Position accuracy"),
        "positionDoubtful": gettext("position doubtful"),
        "discovered": gettext("Discovered"),
        "name": gettext("Name"),
        "record": gettext("Full record"),
        "records": gettext("Records"),
        "source": gettext("Source"),
        "sourceAndMore": gettext("{source} and {n} more"),
        "status": gettext("Status"),
        "lastKnown": gettext("last known: %(status)s, %(year)s", status="{status}", year="{year}"),
        "unknown": gettext("not stated"),
        "undated": gettext("date not stated"),
        "elsewhere": gettext("another source gives %(amount)s", amount="{amount}"),
        "oneOfSeveral": gettext("largest of several classes, not added"),
        "derived": gettext("metal derived from ore and grade"),
        "unnamed": gettext("unnamed"),
        "originalName": gettext("as in the source; no name in this language is held"),
        "metres": gettext("m"),
        "kilometres": gettext("km"),
        "longitude": gettext("Longitude"),
        "latitude": gettext("Latitude"),
        "distance": gettext("Distance"),
    }


def _list_filter_messages() -> dict[str, str]:
    return {
        "company": gettext("Company"),
        "companyName": gettext("Name of a company"),
        "companyNote": gettext("Projects by owner or operator, discoveries by who announced them. Deposits name no company."),
        "withSubsidiaries": gettext("with the companies under it"),
        "age": gettext("Age of the status"),
        "age_any": gettext("any age"),
        "age_false": gettext("stated within five years"),
        "age_true": gettext("last known, over five years old"),
        "any": gettext("any"),
        "branch": gettext("Subtypes of {name}"),
        "clear": gettext("Clear all filters"),
        "developed": gettext("Development"),
        "developed_no": gettext("not developed: no mine has worked"),
        "developed_yes": gettext("developed: a mine works or has worked"),
        "developed_unknown": gettext("development not known: no status"),
        "developedNote": gettext(
            "Deposits by their status and that of the mines linked to them; one that its source calls a prospect or an "
            "occurrence had no mine then. A status over five years old is the last known one; choose its age under Status."
        ),
        "discoveredFrom": gettext("Discovered from year"),
        "discoveredNote": gettext(
            "Filters deposits by discovery year and discoveries by date. Projects have no discovery date."
        ),
        "discoveredTo": gettext("Discovered to year"),
        "drop": gettext("Remove {name}"),
        "everything": gettext("all records"),
        "fill_ended": gettext("suspended, cancelled or closed"),
        "fill_planned": gettext("planned or under construction"),
        "fill_unknown": gettext("status not stated"),
        "fill_working": gettext("operating"),
        "filterValues": gettext("Search this list"),
        "filterValuesOf": gettext("Search the list: {name}"),
        "from": gettext("from"),
        "inView": gettext("Only in the current view"),
        "key": gettext("Legend"),
        "kind": gettext("Kind"),
        "kind_commodity": gettext("Commodity"),
        "kind_country": gettext("Country"),
        "kind_deposit_model": gettext("Deposit model"),
        "kind_division": gettext("First-level division"),
        "located_false": gettext("without a position"),
        "located_true": gettext("with a position"),
        "lowerEnd": gettext("Minimum: {name}"),
        "mainOnly": gettext("as main commodity only"),
        "matched": gettext("{n} records"),
        "nearChip": gettext("within {km} km of a location"),
        "showAll": gettext("all {n} …"),
        "sizeUnknown": gettext("size class not stated"),
        "to": gettext("to"),
        "unlocated": gettext("{n} without a position"),
        "unlocatedShown": gettext("Only records without a position, in the table: show all"),
        "upperEnd": gettext("Maximum: {name}"),
        "without": gettext("without {name}"),
        "withinChip": gettext("within an area"),
        "yearUnknown": gettext("{of}: not known"),
        "yearUntil": gettext("{of}: {year} or earlier"),
    }


def _list_figure_messages() -> dict[str, str]:
    return {
        "capacity": gettext("Capacity"),
        "capacityTpa": gettext("Capacity, t/a"),
        "perYear": gettext("{amount} a year"),
        "basisMetal": gettext("metal"),
        "basisNotStated": gettext("basis not stated"),
        "notBuiltYet": gettext("Not built yet"),
        "hasFigure": gettext("Stated figures"),
        "hasFigureNote": gettext("A capacity of a project; ore, grade or metal of a deposit or discovery."),
        "figure_any": gettext("with or without figures"),
        "figure_true": gettext("with a figure"),
        "figure_false": gettext("without figures"),
        "withoutFigure": gettext("({n} without a figure)"),
        "leftOutWithoutFigure": gettext("({n} left out: no figure)"),
        "amounts": gettext("Ore, metal and grade"),
        "amountsNote": gettext("Compares the leading estimate, which the table and the popup show."),
        "contained": gettext("Contained metal"),
        "containedT": gettext("Contained metal, t"),
        "gradePct": gettext("Grade, per cent"),
        "ore": gettext("Ore"),
        "oreT": gettext("Ore, t"),
    }


def _list_search_messages() -> dict[str, str]:
    return {
        "didYouMean": gettext("Did you mean"),
        "filterBy": gettext("Filter:"),
        "nothingFound": gettext("No matching record or place. You can also enter coordinates."),
    }


def _list_area_messages() -> dict[str, str]:
    return {
        "areaEdit": gettext("Drag a vertex to move it, drag a midpoint to add one, right-click to delete. Press Esc to undo."),
        "areaNothing": gettext("Paste a polygon or choose a file."),
        "areaSimpler": gettext("The outline was simplified by at most {m}."),
        "areaTaken": gettext("Area {area}, {n} vertices."),
        "around": gettext("inside or within {km} km"),
        "certainty_certain": gettext("definitely inside"),
        "certainty_possible": gettext("possibly inside: the position is not accurate enough"),
        "draw_Circle": gettext("Click the centre, then a point on the circle. Press Esc to cancel."),
        "draw_Polygon": gettext("Click each vertex; click the first one again to finish. Press Esc to cancel."),
        "draw_Rectangle": gettext("Click two opposite corners. Press Esc to cancel."),
        "inside_mining-rights": gettext("{n} mining rights in the area"),
        "inside_tailings-facilities": gettext("{n} tailings facilities in the area"),
        "insideAll": gettext("all {n}"),
        "nearNoPosition": gettext("These are not coordinates. Enter longitude, latitude, for example 121.37, -2.53."),
        "nearNoRadius": gettext("Enter a radius greater than 0 km."),
    }


def _list_own_messages() -> dict[str, str]:
    return {
        "base": gettext("Coasts and borders: Natural Earth"),
        "baseFailed": gettext("The layer {name} can't be loaded. The land and borders of this site stay."),
        "ageNotOfChart": gettext("age not of the chart, or not stated"),
        "chartOfAges": gettext("Colours: International Chronostratigraphic Chart (ICS, CGMW)."),
        "geologicAge": gettext("Geologic age"),
        "geologicAges": gettext("Ages of the bedrock"),
        "reportedAs": gettext("reported as {text}"),
        "rock": gettext("Rock"),
        "ground": gettext("Ground layers"),
        "groundFromEnd": gettext("from its end: {near}"),
        "groundMissing": gettext("No layer here of: {kinds}."),
        "groundNear": gettext("Nearest: {distances}."),
        "baseMap": gettext("Base map"),
        "baseNote": gettext("External layers load only when you select them; their host then sees your IP address."),
        "close": gettext("Close"),
        "form_cgcs": gettext("CGCS2000 Gauss-Krüger, 3° zones"),
        "form_decimal": gettext("Decimal degrees"),
        "form_dms": gettext("Degrees, minutes, seconds"),
        "form_utm": gettext("UTM (WGS 84)"),
        "graticule": gettext("Graticule"),
        "measure_Line": gettext("Click along the line; click the last point again to finish. Press Esc to cancel."),
        "measure_Polygon": gettext("Click each vertex; click the first one again to finish. Press Esc to cancel."),
        "measured": gettext("{length} (geodesic)"),
        "drillSection": gettext("Section through drill holes"),
        "measuredArea": gettext("{area}, perimeter {length}"),
        "nearHere": gettext("Within {km} km of here"),
        "ownBase": gettext("Land and borders, from this site"),
        "place": gettext("This location"),
        "timeHidden": gettext("Not shown, without such a year: {kinds}."),
        "timePause": gettext("Pause"),
        "timePlay": gettext("Play"),
        "timeStep": gettext("Forward by {n} years"),
        "timeUnknown": gettext("not known"),
        "timeWithout_discovery": gettext("{n} have no year of discovery"),
        "timeWithout_start": gettext("{n} have no year of start"),
        "timeWithout_status": gettext("{n} have no dated status"),
        "year_of_discovery": gettext("Year of discovery"),
        "year_of_start": gettext("Year of start"),
        "year_of_status": gettext("Status as of the year"),
        "zoomIn": gettext("Zoom in"),
        "zoomOut": gettext("Zoom out"),
    }


def _list_table_messages() -> dict[str, str]:
    return {
        "columns": gettext("Columns"),
        "copied": gettext("{n} rows copied."),
        "pick": gettext("Select {name}"),
        "pickAll": gettext("Select all loaded rows"),
        "picked": gettext("{n} selected"),
    }


def _list_file_messages() -> dict[str, str]:
    return {
        "cancel": gettext("Cancel"),
        "crs_cgcs2000": gettext("CGCS2000, latitude and longitude (EPSG:4490)"),
        "crs_gauss": gettext("CGCS2000 Gauss-Krüger, 3° zone {zone}"),
        "crs_mercator": gettext("Web Mercator (EPSG:3857)"),
        "crs_utmNorth": gettext("UTM zone {zone} north (WGS 84)"),
        "crs_utmSouth": gettext("UTM zone {zone} south (WGS 84)"),
        "crs_wgs84": gettext("WGS 84, longitude and latitude"),
        "download": gettext("Download"),
        "fileAddress": gettext("Link to this file"),
        "fileFeed": gettext("Subscribe to changes (Atom)"),
        "fileMail": gettext("by e-mail"),
        "fileAllColumns": gettext("All"),
        "fileAllKinds": gettext("All kinds"),
        "fileKindsDiffer": gettext("The filters differ by kind; choose one kind."),
        "fileLicence": gettext("Licence"),
        "fileLicences": gettext("Licences of the file"),
        "fileSources": gettext("Sources (records)"),
        **{f"licence_{name}": title.in_language(get_language()) for name, title in licences.TERM_TITLES.items()},
        **{f"licence_is_{name}": title.in_language(get_language()) for name, title in licences.VALUES.items()},
        "fileBroken": gettext("The download was interrupted. Check your connection and try again."),
        "fileCited": gettext("Link for citation"),
        "fileCodes": gettext("codes, with column names as in the API"),
        "fileColumns": gettext("{n} of {all} columns"),
        "left_columns": gettext("{n} columns that are not selected."),
        "fileCrs": gettext("Coordinate system"),
        "fileDone": gettext("Downloaded {name}: {n} records, {size}."),
        "fileFormat": gettext("Format"),
        "fileGotAbout": gettext("{got} of about {size} received"),
        "fileGotOf": gettext("{got} of {size} received"),
        "fileHandedOver": gettext("The file is large. Follow its progress in the browser's downloads."),
        "fileLanguage": gettext("Language"),
        "fileLeft": gettext("Not in the file"),
        "fileLikely": gettext("{n} records, about {size}."),
        "left_nowhere": gettext("Geometry of {n} records without a stated position. Their rows are included."),
        "fileOf": gettext("Everything that matches: {filters}"),
        "left_others": gettext("{n} records of other kinds. A file holds one kind, here {kind}."),
        "filePackage": gettext("as a ZIP package with field descriptions, estimates, phases, sources, licences and citation"),
        "filePacked": gettext("{n} records, about {size} before compression."),
        "filePrepared": gettext("Preparing the file … {s} s"),
        "left_relations": gettext(
            "Estimates and phases, which are separate tables. The GeoPackage and the ZIP package include them."
        ),
        "fileTableColumns": gettext("As in the table"),
        "fileWhole": gettext("The file is complete."),
    }


def _list_picture_messages() -> dict[str, str]:
    return {
        "picture": gettext("The map as a picture"),
        "pictureAddresses": gettext("Address of the picture for programs, letters and documents, drawn by the site:"),
        "pictureCite": gettext("Lode, retrieved {day}. {url}"),
        "pictureCount": gettext("number of records, by commodity group"),
        "pictureDone": gettext("Saved as {name}."),
        "pictureFailed": gettext(
            "The picture could not be made. Choose a smaller scale, or check your connection, and try again."
        ),
        "pictureForeign": gettext(
            "The base map of another host can't be part of a picture; that of this site takes its place."
        ),
        "pictureLicences": gettext("Licences of the records"),
        "pictureMine": gettext("mine"),
        "pictureNorth": gettext("N"),
        "pictureOf": gettext("What the map shows now, with legend, scale, north arrow, sources and licences."),
        "picturePlant": gettext("plant"),
        "picturePng": gettext("PNG, a picture for documents and slides"),
        "pictureProjection": gettext("Web Mercator (EPSG:3857), WGS 84; the scale is true in the middle of the map."),
        "pictureSave": gettext("Save the picture"),
        "pictureScale": gettext("Size of the map in pixels"),
        "pictureSvg": gettext("SVG, a drawing for printing and editing; symbols and relief are pictures in it"),
        "pictureWorld": gettext("Save the world file"),
        "pictureWorldNote": gettext(
            "With the world file (.pgw) of the same name and size, GIS programs place the PNG in EPSG:3857. To get a PDF, "
            "print the page."
        ),
    }


def _list_state_messages() -> dict[str, str]:
    return {
        "cite": gettext("Lode, {n}: {filters}. Retrieved {day}. {url}"),
        "copyLink": gettext("Copy link"),
        "frameCopied": gettext("Code copied"),
        "frameTitle": gettext("Lode: strategic minerals on the map"),
        "copyLinkOf": gettext("Copy link of {name}"),
        "failed": gettext("The data could not be loaded. Check your connection and try again."),
        "gone": gettext("This record does not exist."),
        "linkCopied": gettext("Link copied."),
        "loading": gettext("Loading"),
        "nearest": gettext("Nearest: {name}, {distance}."),
        "nearestMiddle": gettext("Nearest to the map centre: {name}, {distance}."),
        "nothing": gettext("No record matches the filters."),
        "limited": gettext("Too many requests from your network. Try again in {wait}."),
        "waitMinutes": gettext("{n} minutes"),
        "waitSeconds": gettext("{n} seconds"),
        "offline": gettext("You are offline."),
        "refused": gettext("This query is not valid."),
        "retry": gettext("Try again"),
        "savedAs": gettext("Saved as {name} in this browser."),
        "showNearest": gettext("Show"),
    }
