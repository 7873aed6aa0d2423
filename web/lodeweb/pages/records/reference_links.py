"""References of a record on its page: the records that it names, and lists of those that name it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lodebase.query.collections_ import COLLECTIONS
from lodeweb.http.representation.links import build_collection_path, record_address
from lodeweb.i18n import labels


@dataclass(frozen=True, slots=True)
class ReferenceLink:
    """A link to a record with its name, or to a list with the key that its records have, and their number."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class ReferenceGroup:
    """The links of one collection under its title."""

    title: str
    links: list[ReferenceLink]


def list_named(properties: Mapping[str, Any]) -> list[ReferenceGroup]:
    """Return the records that a record names."""
    groups: dict[str, list[ReferenceLink]] = defaultdict(list)
    for named in properties.get("refers_to") or ():
        name = labels.record_name(named, named["id"])
        groups[named["collection"]].append(ReferenceLink(name, record_address(named["id"])))
    return _build_groups(groups)


def list_naming(properties: Mapping[str, Any]) -> list[ReferenceGroup]:
    """Return links to the lists of the records that name a record, one for each key by which they do."""
    groups: dict[str, list[ReferenceLink]] = defaultdict(list)
    for naming in properties.get("named_by") or ():
        path = build_collection_path(COLLECTIONS[naming["collection"]])
        address = f"{path}/items?{urlencode({'f': 'html', **naming['filters']})}"
        # the last filter is the key or number by which they name it
        key = list(naming["filters"].values())[-1]
        groups[naming["collection"]].append(ReferenceLink(f"{key} ({naming['records']:,})", address))
    return _build_groups(groups)


def _build_groups(groups: Mapping[str, list[ReferenceLink]]) -> list[ReferenceGroup]:
    return [ReferenceGroup(labels.find_collection_title(COLLECTIONS[name]), links) for name, links in groups.items()]
