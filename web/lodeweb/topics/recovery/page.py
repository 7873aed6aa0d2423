"""What the pages of recovery show besides the results: the choices of the form, names, and addresses of records."""

from collections.abc import Mapping
from typing import Any

from lodebase.operations.formats import convert_result_to_data
from lodebase.query.collections_ import COLLECTIONS
from lodebase.topics.recovery.operations import CHECK, GAPS, METALS, RATES, GapsReport, RecoveryReport
from lodedata.rules.legal_status import LABELS
from lodedata.topics.recovery.gap import TIER_TITLES
from lodedata.topics.recovery.inputs import INPUTS
from lodedata.topics.recovery.minima import load_instruments
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.responses import Presentation
from lodeweb.http.representation.links import record_address
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, translate_message
from lodeweb.pages.compare import load_source_titles


def describe_form(_report: RecoveryReport | None) -> Mapping[str, Any]:
    """Return the choices of the form of a check."""
    return {
        "metals": [load_vocabulary("commodity")[code] for code in METALS],
        "inputs": INPUTS,
        "rates": {name: load_vocabulary("recovery-stage")[stage] for name, stage in RATES.items()},
        "standings": LABELS,
    }


def divide_deposits(report: GapsReport) -> Mapping[str, Any]:
    """Return the deposits with a sum of metal, which come first, and the others, which are folded."""
    deposits = [convert_result_to_data(deposit) for deposit in report.deposits]
    summed_deposits = [deposit for deposit in deposits if any(any(gap["metal_t"].values()) for gap in deposit["gaps"])]
    return {
        "instruments": {instrument.id: instrument.title for instrument in load_instruments()},
        "href": dict.fromkeys(COLLECTIONS, record_address),
        "known": summed_deposits,
        "unknown": [deposit for deposit in deposits if deposit not in summed_deposits],
        "category": lambda code: labels.estimate_category(code, get_language()),
        "commodity": lambda code: labels.label_commodity(code, get_language()),
        "tier": lambda code: translate_message(TIER_TITLES[code]),
        "source_titles": load_source_titles(),
    }


PRESENTATIONS = {CHECK: Presentation(describe_form), GAPS: Presentation(divide_deposits)}
