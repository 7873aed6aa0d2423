"""What the page and the data of the versions show besides the result: editions, and titles of sources."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from lodebase.history.dataset_state import Version
from lodebase.topics.history.operations import MAX_VERSIONS, VERSIONS, DataVersions
from lodeweb.adapter.responses import Presentation, add_links
from lodeweb.http.representation import conditional_requests, pinned, versions
from lodeweb.i18n.language import translate_message
from lodeweb.i18n.numbers import number


def describe_versions(result: DataVersions) -> Mapping[str, Any]:
    """Return the titles of sources, and how numbers are written."""
    titles = {name: translate_message(title) for name, title in result.source_titles.items()}
    return {"titles": titles, "most": MAX_VERSIONS, "count": number}


def add_editions(result: DataVersions) -> dict[str, Any]:
    """Return the data of the versions, each with its edition.

    The edition changes whenever a response of the version may, as after a name left the data or with a new program.
    """
    data = add_links(result)
    redaction, build = versions.read_last_redaction(), conditional_requests.build()
    for version, row in zip(result.versions, data["versions"], strict=True):
        state = Version(version.version, version.committed_at.astimezone(UTC))
        row["edition"] = f"{state.number}-{pinned.compute_edition(state, redaction, build)}"
    return data


PRESENTATIONS = {VERSIONS: Presentation(describe_versions, data=add_editions)}
