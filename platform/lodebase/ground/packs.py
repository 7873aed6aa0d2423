"""Ground packs of a site: the default one, made at set-up, and those in LODE_HOME/ground."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lodebase.db.boundaries import read_boundary_file
from lodebase.errors import GroundRefused
from lodebase.settings import Settings
from lodedata.errors import FileRefused
from lodedata.geography import tianditu
from lodedata.ground import archive, countries, pack
from lodedata.ground.bedrock import BedrockSummary
from lodedata.ground.manifest import MANIFEST, GroundLayer, GroundPack, PackRefused, parse
from lodedata.messages import msg

DEFAULT = "default"
CHINESE_COUNTRIES = "countries-chn.json"


@dataclass(frozen=True, slots=True)
class ServedLayer:
    """A layer of a pack with its archive; ``version`` changes when the archive does."""

    pack: str
    layer: GroundLayer
    archive: Path
    version: str


def find_added_packs_folder(settings: Settings) -> Path:
    """Return the folder of the packs that an operator added."""
    return settings.home / "ground"


def read_ground_packs(settings: Settings) -> list[tuple[GroundPack, Path]]:
    """Return the packs with their folders: the default one, then others by name. One that can't be read is left out."""
    ground_packs = []
    for folder in (settings.ground, *sorted(find_added_packs_folder(settings).glob("*"))):
        manifest = folder / MANIFEST
        if manifest.is_file() and (described := _read_manifest(manifest, manifest.stat().st_mtime_ns)) is not None:
            ground_packs.append((described, folder))
    return ground_packs


@lru_cache(maxsize=64)
def _read_manifest(manifest: Path, _changed_ns: int) -> GroundPack | None:
    """Return the pack of a manifest, read once for each state of the file, as each tile needs it; None if it can't be read."""
    try:
        return parse(manifest.read_text(encoding="utf-8"), manifest.name)
    except PackRefused:
        return None


def list_layers(settings: Settings) -> list[ServedLayer]:
    """Return the layers of all packs that fit the view on borders; a kind of an added pack takes the default's place."""
    served = []
    for described, folder in read_ground_packs(settings):
        for layer in described.layers:
            path = folder / f"{layer.name}.mbtiles"
            if layer.worldview in (None, settings.worldview) and path.is_file():
                status = path.stat()
                served.append(ServedLayer(described.name, layer, path, f"{status.st_mtime_ns:x}-{status.st_size:x}"))
    added = {served_layer.layer.kind for served_layer in served if served_layer.pack != DEFAULT}
    return [served_layer for served_layer in served if served_layer.pack != DEFAULT or served_layer.layer.kind not in added]


def find_outlines(settings: Settings) -> Path:
    """Return the file of the countries of the map: the operator's own, those of the Chinese view, or the bundled ones."""
    if settings.map_countries is not None:
        return settings.map_countries
    return settings.ground / CHINESE_COUNTRIES if settings.worldview == "CHN" else settings.boundaries


def read_ground_fingerprint(settings: Settings) -> str:
    """Return what changes when the ground of the map does: its outlines, its layers, and what is written on it."""
    outlines = find_outlines(settings)
    state = f"{outlines.stat().st_mtime_ns:x}-{outlines.stat().st_size:x}" if outlines.is_file() else ""
    served = (f"{served.pack}/{served.layer.name}/{served.version}" for served in list_layers(settings))
    return " ".join((state, *served, settings.map_attribution or "", settings.map_approval or ""))


def add(settings: Settings, path: Path) -> tuple[GroundPack, dict[str, int]]:
    """Copy a pack once it is checked, in place of one of its name, and return it with its tiles. Raise GroundRefused."""
    try:
        described = pack.read_manifest(path)
        if described.name == DEFAULT:
            raise GroundRefused(msg("The name `default` is that of the default ground; give the pack another."))
        into = find_added_packs_folder(settings)
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adding-", dir=into) as adding:
            pack_folder = Path(adding) / described.name
            counts = pack.make(described, path, pack_folder)
            shutil.rmtree(into / described.name, ignore_errors=True)
            pack_folder.rename(into / described.name)
    except (PackRefused, FileRefused) as error:
        raise GroundRefused(error.message) from None
    return described, counts


def summarise_bedrock(settings: Settings, name: str, layer: GroundLayer) -> BedrockSummary | None:
    """Return what a layer of an added pack states of ages and rocks; None for another kind of layer."""
    if layer.kind != "bedrock":
        return None
    stored = archive.read_metadata(find_added_packs_folder(settings) / name / f"{layer.name}.mbtiles")
    return BedrockSummary(**json.loads(stored["bedrock"]))


def remove(settings: Settings, name: str) -> None:
    """Remove the pack with this name. Raise GroundRefused if there is none."""
    for described, folder in read_ground_packs(settings):
        if described.name == name and folder.parent == find_added_packs_folder(settings):
            shutil.rmtree(folder)
            return
    raise GroundRefused(msg("There is no added ground pack %(name)r; `lode ground list` lists them.", name=name))


def build_default(settings: Settings) -> bool:
    """Make the default ground and the countries in the Chinese view; return False without the packages that they need."""
    folder = settings.ground
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    complete = pack.make_default(folder)
    folder.mkdir(exist_ok=True)
    china = tianditu.find_tianditu_folder()
    if china is not None and settings.boundaries.is_file():
        chinese_view = countries.build_chinese_view(list(read_boundary_file(settings.boundaries).areas), china)
        (folder / CHINESE_COUNTRIES).write_bytes(chinese_view)
    return complete and china is not None
