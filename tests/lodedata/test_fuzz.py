"""A thousand damaged files, the same in every run: each is read to its end or refused in a sentence, and nothing else."""

import io
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import geopandas
import openpyxl
import pyogrio
import pytest

from lodedata.mapping import MappingRefused, Source, Tally
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.tables import read_mapped
from lodedata.read import FileRefused, open_tables

QUICK = range(15)
REST = range(15, 125)
"""Damaged files of each of eight kinds: some 300 in `make test`, a thousand in all."""
KINDS = ["utf-8.csv", "gb18030.csv", "xlsx", "gpkg", "shp.zip", "geojson", "fgb", "parquet"]
METALS = ["copper", "tin", "nickel"]
COLUMNS = ["id", "name", "metal", "lon", "lat", "ore", "cu", "year"]

TABLE = """
- key: "{{id}}"
  kind: {{const: deposit}}
  name_en: name
  commodities: [metal]
  position: {position}
  discovery_year: year
  estimates:
    - category: {{const: endowment}}
      ore: {{column: ore, unit: Mt}}
      measures: [{{commodity: {{const: copper}}, grade: {{column: cu, unit: "%"}}}}]
"""
Mapping = Callable[..., Source]


def rows() -> list[list[str | float]]:
    """Return a header and forty rows."""
    found: list[list[str | float]] = [[*COLUMNS]]
    for i in range(40):
        found.append([f"r{i}", f"德兴铜 {i}", METALS[i % 3], -70 + i / 9, -20 - i / 13, 1.5 * i, 0.5 + i / 100, 2000 + i % 20])
    return found


def made(folder: Path, kind: str) -> Path:
    """Return a sound file of a kind, with forty rows."""
    path = folder / f"sound.{kind}"
    if kind.endswith("csv"):
        text = "\n".join(",".join(map(str, row)) for row in rows()) + "\n"
        path.write_bytes(text.encode(kind.removesuffix(".csv")))
        return path
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows():
            book["Sheet"].append(row)
        book.save(path)
        return path
    columns = dict(zip(COLUMNS, zip(*rows()[1:], strict=True), strict=True))
    frame = geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy(columns["lon"], columns["lat"]), crs=4326)
    if kind == "parquet":
        frame.to_parquet(path)
    elif kind == "shp.zip":
        pyogrio.write_dataframe(frame, folder / "sound.shp", encoding="UTF-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(folder.glob("sound.*")):
                if part != path:
                    archive.write(part, part.name)
    else:
        pyogrio.write_dataframe(frame, path)
    return path


def damaged(sound: bytes, chance: random.Random) -> bytes:
    """Return the bytes with some flipped, replaced, cut off, inserted, removed or zeroed, in one place or in several."""
    data = bytearray(sound)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        if not data:
            break
        at = chance.randrange(len(data))
        match chance.randrange(6):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at] = chance.randrange(256)
            case 2:
                del data[at:]
            case 3:
                data[at:at] = chance.randbytes(chance.randrange(1, 64))
            case 4:
                del data[at : at + chance.randrange(1, 64)]
            case _:
                data[at : at + 512] = bytes(len(data[at : at + 512]))
    return bytes(data)


def damaged_within(sound: bytes, chance: random.Random) -> bytes:
    """Return an intact zip with one of its members damaged or missing."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as again:
        chosen = chance.choice(archive.namelist())
        for name in archive.namelist():
            if name != chosen:
                again.writestr(name, archive.read(name))
            elif chance.random() < 0.9:
                again.writestr(name, damaged(archive.read(name), chance))
    return made.getvalue()


def outcome(path: Path, source: Source) -> str:
    """Return whether a file is read or refused; any exception but the two refusals fails the test."""
    try:
        for table in open_tables(path):
            for _ in table.rows:
                pass
        for reading in read_mapped(source, path, Tally()):
            for problem in reading.problems:
                assert problem.sentence() and problem.sentence("zh")
        write_mapping_suggestion(path)
    except (FileRefused, MappingRefused) as refusal:
        sentence = str(refusal)
        assert sentence.startswith(path.name), sentence
        assert "\n" not in sentence, sentence
        assert str(path.parent) not in sentence, sentence
        return "refused"
    return "read"


@pytest.mark.parametrize("seeds", [QUICK, pytest.param(REST, marks=pytest.mark.slow)], ids=["quick", "rest"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(tmp_path: Path, mapping: Mapping, kind: str, seeds: range) -> None:
    has_geometry = kind not in ("utf-8.csv", "gb18030.csv", "xlsx")
    source = mapping(TABLE.format(position="{geometry: true}" if has_geometry else "{lon: lon, lat: lat}"))
    whole = made(tmp_path, kind)
    sound = whole.read_bytes()
    assert outcome(whole, source) == "read"
    path = tmp_path / f"damaged.{kind}"
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        chance = random.Random(f"{kind} {seed}")
        inside = zipfile.is_zipfile(whole) and chance.random() < 0.6
        path.write_bytes(damaged_within(sound, chance) if inside else damaged(sound, chance))
        outcomes[outcome(path, source)] += 1
    assert outcomes["refused"] > len(seeds) // 4
    # damage that is always refused would try nothing; fifteen files are too few to show it: sound ones differ by machine
    assert outcomes["read"] > 0 or seeds is QUICK
