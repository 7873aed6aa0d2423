"""Zip archives that are the same for the same parts: each bears the moment of the data."""

import shutil
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

PACKED = (".zip", ".xlsx", ".parquet", ".fgb")
"""Suffixes of files that are not made smaller again."""
LEVEL = 3


def pack(path: Path, parts: Mapping[str, Path], moment: datetime) -> None:
    """Write the parts to an archive under their names, in the order given."""
    stamp = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as zip_file:
        for name, part in parts.items():
            zip_info = zipfile.ZipInfo(name, stamp)
            zip_info.compress_type = zipfile.ZIP_STORED if part.suffix in PACKED else zipfile.ZIP_DEFLATED
            zip_info.external_attr = 0o644 << 16
            zip_info.file_size = part.stat().st_size
            with part.open("rb") as source, zip_file.open(zip_info, "w", force_zip64=zip_info.file_size > 1 << 30) as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
