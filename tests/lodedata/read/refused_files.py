"""A mapping of a small table, and the refusal of a file."""

from collections.abc import Callable
from pathlib import Path

from lodedata.mapping import Reading

TABLE = "id,name,metal,lon,lat,ore,grade,on\n"
ReadMapped = Callable[..., list[Reading]]

MAPPING = """
- key: "{id}"
  kind: {const: deposit}
  name_en: name
  position: {lon: lon, lat: lat}
  commodities: [metal]
  estimates:
    - category: {const: endowment}
      date: "on"
      ore: {column: ore, unit: Mt}
      measures: [{commodity: {const: copper}, grade: {column: grade, unit: "%"}}]
"""


def content(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path
