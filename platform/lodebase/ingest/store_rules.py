"""Rules of the store that a table of a user may break, with a sentence for each."""

from collections.abc import Mapping

import psycopg

from lodedata.messages import Message, msg

SENTENCES: Mapping[str, Message] = {
    "baseline_overwritten": msg(
        "baseline_date: the baseline of the milestone %(record)s can't be overwritten. Enter the new plan with the next "
        "baseline_no and a baseline_reason. Nothing was changed."
    ),
    "baseline_removed": msg(
        "baseline_no: the baseline of the milestone %(record)s can't be removed. Leave baseline_no and baseline_date as they "
        "are and set milestone_status to withdrawn. Nothing was changed."
    ),
    "baseline_skipped": msg(
        "baseline_no: a new baseline of the milestone %(record)s has the number after the last one. Enter that number. "
        "Nothing was changed."
    ),
    "baseline_without_reason": msg(
        "baseline_reason: the milestone %(record)s has a new baseline without a reason. Enter the reason of the change. "
        "Nothing was changed."
    ),
    "baseline_twice": msg(
        "baseline_no: the milestone %(record)s gets two baselines at once. Import one after the other. Nothing was changed."
    ),
    "ck_milestone_baseline_numbered": msg(
        "baseline_no, baseline_date: a milestone has one of them and not the other. Enter both, or neither. "
        "Nothing was changed."
    ),
    "ck_milestone_baseline_has_reason": msg(
        "baseline_reason: a milestone has a baseline after the first one without a reason. Enter the reason of the change. "
        "Nothing was changed."
    ),
    "report_accepted": msg(
        "report_state: the progress report %(record)s is accepted and can't be changed. Enter the correction in the report of "
        "the next month. Nothing was changed."
    ),
    "report_step": msg(
        "report_state: the progress report %(record)s can't take this step. A draft is submitted, then returned or accepted; "
        "a returned report is submitted again. Nothing was changed."
    ),
    "report_checker": msg(
        "checker: the progress report %(record)s is returned or accepted by another person than its reporter. Enter the "
        "checker. Nothing was changed."
    ),
}
"""The sentence of each rule by the name of its constraint; ``record`` names the record."""


def find_rule_sentence(error: psycopg.Error) -> Message | None:
    """Return the sentence of the rule that a statement broke, None for another constraint."""
    sentence = SENTENCES.get(error.diag.constraint_name or "")
    return None if sentence is None else sentence.filled(record=error.diag.message_detail or "")
