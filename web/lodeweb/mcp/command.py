"""``lode mcp``: the MCP server over standard input and output."""

from importlib import import_module

import click

from lodebase import settings as settings_module
from lodebase.errors import FetchFailed
from lodedata.messages import list_languages, msg


@click.command()
@click.option("--site", help="Address of the site; by default the one that `lode serve` starts here.")
@click.option(
    "--titles", type=click.Choice(list_languages()), default="en", help="Language of titles and descriptions of tools."
)
def mcp(site: str | None, titles: str) -> None:
    """Serve the tools of a site to an assistant over standard input and output (Model Context Protocol).

    The tools search, filter and return records with their sources, statistics, layout checks and list checks. They read only.
    """
    settings = settings_module.load()
    if site is not None and not site.startswith(("http://", "https://")):
        raise FetchFailed(
            msg('"%(address)s" is not the address of a site. Write one such as https://lode.example.', address=site)
        )
    root = (site or f"http://{settings.host}:{settings.port}").rstrip("/")
    server, exchange = import_module("lodeweb.mcp.server"), import_module("lodeweb.mcp.exchange")
    server.serve_stdio(server.make_server(exchange.fetch_from(root), titles))
