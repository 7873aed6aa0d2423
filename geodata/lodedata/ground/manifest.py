"""The manifest of a ground pack: its layers with kind, zooms, attribution, licence and view on borders."""

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from lodedata.errors import DataError
from lodedata.geography.worldview import Worldview
from lodedata.messages import Label, msg
from lodedata.validation import describe_refusals

MANIFEST = "ground.yml"
KNOWN = Path(__file__).with_name("known-packs.yml")
Kind = Literal[
    "relief",
    "shade",
    "imagery",
    "urban",
    "lakes",
    "glaciers",
    "rivers",
    "roads",
    "railways",
    "borders",
    "geology",
    "bedrock",
    "faults",
    "protected",
    "ports",
    "airports",
    "power-plants",
    "towns",
]
"""What a layer shows; each kind has its own style and order."""
PICTURES: tuple[Kind, ...] = ("relief", "shade", "imagery")
"""Kinds whose tiles are pictures; those of the others are GeoJSON."""
MAX_PACK_ZOOM = 14
PERIOD = r"^\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?$"


class Strict(BaseModel):
    """A model of a manifest, which has no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BedrockColumns(Strict):
    """The columns of a file of bedrock: age and rock as text, and the name of the unit."""

    age: str
    lithology: str | None = None
    unit: str | None = None


class GroundLayer(Strict):
    """One layer of a pack; ``path`` is a file within the pack, or tiles as ``{z}/{x}/{y}``.

    A file is of GeoJSON, MBTiles or PMTiles, or a table of points, whose columns of WGS 84 degrees are ``lon`` and ``lat``.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")
    kind: Kind
    title_en: str
    title_zh: str
    path: str = Field(pattern=r"^[\w./{}-]+$")
    lon: str | None = None
    lat: str | None = None
    min_zoom: Annotated[int, Field(ge=0, le=18)] = 0
    max_zoom: Annotated[int, Field(ge=0, le=MAX_PACK_ZOOM)] = 6
    tile_size: Literal[256, 512] = 512
    attribution: str
    licence: str
    as_of: Annotated[str, BeforeValidator(str), Field(pattern=PERIOD)] | None = None
    """The date of what the layer shows, as a year, a day or two of them with a slash; None if its source states none."""
    worldview: Worldview | None = None
    shown: bool = False
    """Whether the map shows the layer at first."""
    columns: BedrockColumns | None = None
    """The columns of a layer of bedrock."""

    @model_validator(mode="after")
    def _require_columns(self) -> Self:
        if (self.kind == "bedrock") != (self.columns is not None):
            raise ValueError("a layer of kind bedrock needs columns, at least that of the age, and no other layer has them")
        return self

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)


class GroundPack(Strict):
    """The layers of a pack, and where they are from."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")
    title_en: str
    title_zh: str
    layers: tuple[GroundLayer, ...] = Field(min_length=1)

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)


class PackRefused(DataError, ValueError):
    """A ground pack that can't be used; the message names the file and says what would be right."""


def read_folder_manifest(folder: Path) -> GroundPack:
    """Return the manifest of a folder: its own, else that of a known layout by the files that are there. Raise PackRefused."""
    own = folder / MANIFEST
    if own.is_file():
        return parse(own.read_text(encoding="utf-8"), own.name)
    layout = parse(KNOWN.read_text(encoding="utf-8"), KNOWN.name)
    there = tuple(layer for layer in layout.layers if (folder / layer.path.split("{")[0]).exists())
    if not there:
        raise PackRefused(
            msg("%(folder)s: has no %(manifest)s; docs/data/add-ground.md has an example.", folder=folder, manifest=MANIFEST)
        )
    return layout.model_copy(update={"layers": there})


def parse(text: str, name: str) -> GroundPack:
    """Return a manifest from its YAML. Raise PackRefused."""
    try:
        return GroundPack.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PackRefused(msg("%(file)s: is not YAML (%(error)s).", file=name, error=str(error).splitlines()[0])) from None
    except ValidationError as error:
        place, first = describe_refusals(error, {})[0]
        raise PackRefused(msg("%(file)s: %(place)s: %(reason)s", file=name, place=place, reason=first)) from None
