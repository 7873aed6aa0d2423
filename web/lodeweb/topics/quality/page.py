"""What the pages of data quality show besides the results: labels, titles of fields, and complete addresses."""

from collections.abc import Mapping
from typing import Any

from lodebase.query.collections_ import COLLECTIONS
from lodebase.statistics import quality
from lodebase.topics.quality.operations import DATA, PAIRS, DataQuality, SourcePairs
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation, add_links, complete_addresses
from lodeweb.http.representation.links import change_address
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext


def describe_quality(data_quality: DataQuality) -> dict[str, Any]:
    """Return the data of the quality, with titles in the language of the request and complete addresses."""
    data = add_links(data_quality)
    for flagged in (*data["flags"], *data["conflicts"]):
        flagged["title"] = flagged["title"][get_language()]
    resolution = data["resolution"]
    resolution["labelled"] = complete_addresses({"href": resolution["labelled"]})["href"]
    complete: dict[str, Any] = complete_addresses(data)
    return complete


def describe_pairs(source_pairs: SourcePairs) -> dict[str, Any]:
    """Return the data of pairs with complete addresses."""
    complete: dict[str, Any] = complete_addresses(add_links(source_pairs))
    return complete


def describe_quality_page(_found: DataQuality) -> Mapping[str, Any]:
    """Return labels, and titles of fields."""
    return {"labels": _list_labels(), "titles": _list_titles()}


def describe_pairs_page(source_pairs: SourcePairs) -> Mapping[str, Any]:
    """Return labels, titles of the states, and the query of the next page."""
    following = None if source_pairs.next_offset is None else change_address(offset=str(source_pairs.next_offset))
    return {"labels": _list_labels(), "states": _list_states(), "following": following}


def _list_titles() -> Mapping[str, Mapping[str, str]]:
    """Return the titles of the fields of each collection, in the page's language."""
    return {
        name: {"geometry": gettext("Position")}
        | {field.name: labels.title_field(field, get_language()) for field in quality.list_fields(collection)}
        for name, collection in COLLECTIONS.items()
        if collection.kind.merged
    }


def _list_states() -> dict[str, str]:
    return {
        "waiting": gettext("Pairs waiting for review"),
        "same": gettext("Pairs judged to be the same site"),
        "different": gettext("Pairs judged to be different sites"),
        "linked": gettext("Pairs linked by an expert"),
        "unsure": gettext("Pairs on which experts were unsure"),
        "labelled": gettext("Labelled pairs used to measure record matching"),
    }


def _list_labels() -> dict[str, Any]:
    statuses = {term.code: term.label(get_language()) for term in load_vocabulary("status")}
    verdicts = {
        "same": gettext("the same"),
        "different": gettext("different"),
        "linked": gettext("linked"),
        "unsure": gettext("unsure"),
    }
    relations = {
        "same": gettext("same site"),
        "different": gettext("different sites"),
        "works": gettext("mines the deposit"),
        "worked_by": gettext("is mined by"),
        "processes_ore_of": gettext("processes ore of"),
        "ore_processed_by": gettext("has its ore processed by"),
        "became": gettext("became"),
        "contains": gettext("contains"),
        "part_of": gettext("is part of"),
    }
    collections = {name: labels.find_collection_title(c) for name, c in COLLECTIONS.items()}
    return {"relation": relations, "status": statuses, "verdict": verdicts, "collection": collections}


PRESENTATIONS = {
    DATA: Presentation(describe_quality_page, data=describe_quality),
    PAIRS: Presentation(describe_pairs_page, data=describe_pairs),
}
