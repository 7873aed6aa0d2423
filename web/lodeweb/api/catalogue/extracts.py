"""Extracts: data sets that are often needed, each a collection and the parameters that select from it."""

from collections.abc import Mapping
from dataclasses import dataclass

AFRICA = (
    *(
        "DZA",
        "AGO",
        "BEN",
        "BWA",
        "BFA",
        "BDI",
        "CPV",
        "CMR",
        "CAF",
        "TCD",
        "COM",
        "COG",
        "COD",
        "CIV",
        "DJI",
        "EGY",
        "GNQ",
        "ERI",
    ),
    *(
        "SWZ",
        "ETH",
        "GAB",
        "GMB",
        "GHA",
        "GIN",
        "GNB",
        "KEN",
        "LSO",
        "LBR",
        "LBY",
        "MDG",
        "MWI",
        "MLI",
        "MRT",
        "MUS",
        "MAR",
        "MOZ",
    ),
    *(
        "NAM",
        "NER",
        "NGA",
        "RWA",
        "STP",
        "SEN",
        "SYC",
        "SLE",
        "SOM",
        "ZAF",
        "SSD",
        "SDN",
        "TZA",
        "TGO",
        "TUN",
        "UGA",
        "ZMB",
        "ZWE",
    ),
    "ESH",
)
SOUTH_AMERICA = ("ARG", "BOL", "BRA", "CHL", "COL", "ECU", "GUY", "PRY", "PER", "SUR", "URY", "VEN", "GUF")
SOUTHEAST_ASIA = ("BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "TLS", "VNM")


@dataclass(frozen=True, slots=True)
class Extract:
    """A named part of a collection."""

    name: str
    title_en: str
    title_zh: str
    collection: str
    arguments: Mapping[str, str]


_LISTED = (
    Extract(
        "copper-deposits-africa",
        "Copper deposits of Africa",
        "非洲铜矿床",
        "deposits",
        {"commodity": "copper", "country": ",".join(AFRICA)},
    ),
    Extract(
        "lithium-deposits-south-america",
        "Lithium deposits of South America",
        "南美洲锂矿床",
        "deposits",
        {"commodity": "lithium", "country": ",".join(SOUTH_AMERICA)},
    ),
    Extract(
        "nickel-deposits-indonesia-philippines",
        "Nickel deposits of Indonesia and the Philippines",
        "印度尼西亚和菲律宾镍矿床",
        "deposits",
        {"commodity": "nickel", "country": "IDN,PHL"},
    ),
    Extract("cobalt-deposits", "Cobalt deposits of the world", "世界钴矿床", "deposits", {"commodity": "cobalt"}),
    Extract(
        "tin-deposits-southeast-asia",
        "Tin deposits of Southeast Asia",
        "东南亚锡矿床",
        "deposits",
        {"commodity": "tin", "country": ",".join(SOUTHEAST_ASIA)},
    ),
    Extract("bauxite-deposits", "Bauxite deposits of the world", "世界铝土矿床", "deposits", {"commodity": "bauxite"}),
    Extract("projects-china", "Projects in China", "中国的项目", "projects", {"country": "CHN"}),
    Extract("lithium-projects", "Lithium projects of the world", "世界锂项目", "projects", {"commodity": "lithium"}),
)
EXTRACTS: Mapping[str, Extract] = {extract.name: extract for extract in _LISTED}
