"""Layers of the map whose tiles come from another host, as the operator sets them."""

from pydantic import BaseModel, ConfigDict, Field

from lodedata.messages import Label


class MapLayer(BaseModel):
    """Tiles of another host that a user may choose as the base map, by XYZ or WMTS; ``{s}`` in the URL is a, b or c.

    ``{key}`` is the key that the host gave the operator; browsers send it, so it is no secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    title_en: str
    title_zh: str
    url: str = Field(pattern=r"^https?://[^/\s;,'\"]+/[^\s;,'\"]*$")
    attribution: str
    max_zoom: int = Field(18, ge=1, le=24)
    key: str | None = Field(None, pattern=r"^[\w.~-]+$")

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)

    @property
    def template(self) -> str:
        """The URL with ``{z}``, ``{y}`` and ``{x}`` in place of WMTS's names, and with the key."""
        names = {"{TileMatrix}": "{z}", "{TileRow}": "{y}", "{TileCol}": "{x}", "{key}": self.key or ""}
        address = self.url
        for name, value in names.items():
            address = address.replace(name, value)
        return address

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the origins that its tiles are loaded from."""
        origin = "/".join(self.url.split("/")[:3])
        return tuple(origin.replace("{s}", letter) for letter in "abc") if "{s}" in origin else (origin,)


OPENSTREETMAP = MapLayer(
    name="osm",
    title_en="OpenStreetMap",
    title_zh="OpenStreetMap",
    url="https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    attribution="© OpenStreetMap https://www.openstreetmap.org/copyright",
    max_zoom=19,
)
