"""``lode export``: files for other programs and hosts, from the store of this machine."""

import re
from pathlib import Path

import click
import orjson

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.lazy_group import Entry, LazyGroup
from lodebase.cli.output import build_usage_error, echo_json, json_option, say
from lodebase.export.files import complete_file, export_file
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.query.tiles import list_styled_layers
from lodedata.maps import mapfile, maplibre_style, qgis_project
from lodedata.messages import list_languages, msg
from lodedata.write.content import format_caption

ENTRIES = {
    "mapserver": Entry("lodebase.cli.export:mapserver", "Write a map file of MapServer for WFS 2.0 and WMS."),
    "pmtiles": Entry("lodebase.cli.export:pmtiles", "Write the vector tiles of a collection to one file."),
    "qgis": Entry("lodebase.cli.export:qgis", "Write a project of QGIS that opens all collections."),
    # the pages of the snapshot are those of the package of the site
    "site": Entry("lodeweb.snapshot.command:site", "Write pages, map and files to a folder for any web server."),
}
site_option = click.option("--site", help="Address of the site that the files cite; by default that of `lode serve` here.")


def build_site_root(site: str | None) -> str:
    """Return the address of the site without a slash at its end."""
    settings = settings_module.load()
    return (site or f"http://{settings.host}:{settings.port}").rstrip("/")


@click.group(cls=LazyGroup, entries=ENTRIES)
def export() -> None:
    """Write files for other programs and hosts."""


@click.command()
@click.argument("collection")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(list_languages()), help="Language of titles; by default each.")
@site_option
@json_option
def pmtiles(collection: str, path: Path, lang: str | None, site: str | None, as_json: bool) -> None:
    """Write the vector tiles of COLLECTION to FILE, for a web map on a host without Lode.

    The tiles reach the zoom at which each record is seen. The file names its fields, sources and licences.

    FILE.style.json is the style of its map for MapLibre.
    """
    with open_owner_engine() as engine:
        rows = export_file(engine, collection, "pmtiles", path, build_site_root(site), lang)
    source = find_collection(collection)
    tile_source = {"url": f"pmtiles://{path.name}"}
    style = maplibre_style.build_maplibre_style(
        format_caption(source.title, lang), {source.name: (tile_source, list_styled_layers(source))}
    )
    with complete_file(path.with_name(f"{path.name}.style.json")) as part:
        part.write_bytes(orjson.dumps(style, option=orjson.OPT_INDENT_2))
    if as_json:
        echo_json({"path": str(path), "rows": rows, "bytes": path.stat().st_size})
        return
    say(msg("%(path)s: %(n)s records, %(size)s MB", path=path, n=rows, size=round(path.stat().st_size / 1e6, 1)))


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(list_languages()), help="Language of titles; by default each.")
@click.option("--service", metavar="NAME", help="Service of pg_service.conf: a project for QGIS Server that reads the store.")
@site_option
@json_option
def qgis(path: Path, lang: str | None, service: str | None, site: str | None, as_json: bool) -> None:
    """Write a project of QGIS (.qgz) that opens all collections of the site, coloured, with the titles of fields.

    Its layers read the API of the site. With --service they read the store, so that QGIS Server publishes them by WFS and WMS.
    """
    if service is not None:
        _check_service_name(service)
    options = qgis_project.ProjectOptions(build_site_root(site), lang, service)
    with complete_file(path) as part:
        part.write_bytes(qgis_project.write([collection.kind for collection in COLLECTIONS.values()], options))
    if as_json:
        echo_json({"path": str(path), "layers": len(COLLECTIONS), "site": options.root})
        return
    say(msg("%(path)s: %(n)s layers of %(root)s", path=path, n=len(COLLECTIONS), root=options.root))


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(list_languages()), help="Language of titles; by default each.")
@click.option("--service", metavar="NAME", required=True, help="Service of pg_service.conf with the access to the store.")
@site_option
@json_option
def mapserver(path: Path, lang: str | None, service: str, site: str | None, as_json: bool) -> None:
    """Write a map file of MapServer (.map), which publishes all collections with positions by WFS 2.0 and WMS 1.3.

    Its layers read the store, have the colours of the map and the records that have a position.
    """
    _check_service_name(service)
    options = mapfile.MapfileOptions(build_site_root(site), service, lang)
    kinds = mapfile.filter_placed([collection.kind for collection in COLLECTIONS.values()])
    with complete_file(path) as part:
        part.write_text(mapfile.write_mapfile(kinds, options), encoding="utf-8")
    if as_json:
        echo_json({"path": str(path), "layers": len(kinds), "site": options.root})
        return
    say(msg("%(path)s: %(n)s layers of %(root)s", path=path, n=len(kinds), root=options.root))


def _check_service_name(service: str) -> None:
    """Raise a usage error if the name would not be one of pg_service.conf."""
    if re.fullmatch(r"[\w.-]+", service) is None:
        raise build_usage_error(
            msg(
                '--service: "%(value)s" is not the name of a service. Use letters, digits, ".", "_" and "-", as in '
                "pg_service.conf.",
                value=service,
            )
        )
