"""The map, made by folium and embedded in the site's page, which sets the addresses and the script's nonce in one place."""

from dataclasses import dataclass
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

START = (20.0, 20.0)
START_ZOOM = 2


@dataclass(frozen=True, slots=True)
class MapParts:
    """The map's HTML and its script, to be written into a template."""

    html: str
    script: str


class LodeMap(folium.Map):
    """A folium map that uses Leaflet from the site's own bundle, so it links to no other host."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class Layers(MacroElement):
    """Passes the map to the bundle, which draws base, layers, legend and popups on it."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            lode.attach({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )


def build_world_map() -> MapParts:
    """Return an empty map of the world; the bundle draws its content."""
    lode_map = LodeMap(location=START, zoom_start=START_ZOOM, tiles=None, prefer_canvas=True, world_copy_jump=True, min_zoom=1)
    lode_map.add_child(Layers())  # type: ignore[no-untyped-call]
    figure: Any = lode_map.get_root()
    figure.render()
    return MapParts(_render_part(figure.html), _render_part(figure.script))


def _render_part(part: Any) -> str:
    return "\n".join(child.render() for child in part._children.values())
