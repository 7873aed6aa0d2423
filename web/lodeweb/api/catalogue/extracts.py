"""Extracts: data sets that are often needed, each a collection and the parameters that select from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.messages import Message, msg

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
    title: Message
    collection: str
    arguments: Mapping[str, str]


_LISTED = (
    Extract(
        "copper-deposits-africa",
        msg("Copper deposits of Africa"),
        "deposits",
        {"commodity": "copper", "country": ",".join(AFRICA)},
    ),
    Extract(
        "lithium-deposits-south-america",
        msg("Lithium deposits of South America"),
        "deposits",
        {"commodity": "lithium", "country": ",".join(SOUTH_AMERICA)},
    ),
    Extract(
        "nickel-deposits-indonesia-philippines",
        msg("Nickel deposits of Indonesia and the Philippines"),
        "deposits",
        {"commodity": "nickel", "country": "IDN,PHL"},
    ),
    Extract("cobalt-deposits", msg("Cobalt deposits of the world"), "deposits", {"commodity": "cobalt"}),
    Extract(
        "tin-deposits-southeast-asia",
        msg("Tin deposits of Southeast Asia"),
        "deposits",
        {"commodity": "tin", "country": ",".join(SOUTHEAST_ASIA)},
    ),
    Extract("bauxite-deposits", msg("Bauxite deposits of the world"), "deposits", {"commodity": "bauxite"}),
    Extract("projects-china", msg("Projects in China"), "projects", {"country": "CHN"}),
    Extract("lithium-projects", msg("Lithium projects of the world"), "projects", {"commodity": "lithium"}),
)
EXTRACTS: Mapping[str, Extract] = {extract.name: extract for extract in _LISTED}
