"""Read a Lode site: search, records, statistics, checks and files of strategic minerals.

>>> from lodeclient import Lode
>>> lode = Lode("https://lode.example")
>>> smelters = lode.collection("projects", commodity="copper", facility_types="copper-smelter", country="CHL").to_geodataframe()
"""

from lodeclient.client import Lode
from lodeclient.errors import DownloadDamaged, LodeError
from lodeclient.records import Collection

__all__ = ["Collection", "DownloadDamaged", "Lode", "LodeError"]
