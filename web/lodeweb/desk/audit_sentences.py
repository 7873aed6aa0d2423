"""Entries of the audit trail as sentences: who did what to which record, with the page of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lodedata.messages import Message, msg, wrap_foreign_text
from lodeweb.http.access.sessions import ROOT
from lodeweb.http.representation import links
from lodeweb.i18n.language import translate_message


@dataclass(frozen=True, slots=True)
class AuditSentence:
    """An entry: when in UTC and in the time zone of the site, who, the sentence, its page, and the entry as it is stored."""

    id: int
    at: str
    local_time: str
    person: str
    sentence: str
    href: str | None
    action: str
    subject: str | None


ACTIONS: Mapping[str, Message] = {
    "account insert": msg("%(who)s added the account %(what)s."),
    "account update": msg("%(who)s changed the account %(what)s."),
    "act_entry insert": msg("%(who)s entered the official act %(what)s."),
    "act_entry update": msg("%(who)s changed the state of the official act %(what)s."),
    "act_correction insert": msg("%(who)s corrected the official act %(what)s."),
    "api_key insert": msg("%(who)s made the API key %(what)s."),
    "api_key update": msg("%(who)s revoked the API key %(what)s."),
    "baseline_entry insert": msg("%(who)s entered a baseline of the milestone %(what)s."),
    "holder_decision insert": msg("%(who)s decided whether a holder is a natural person (decision %(what)s)."),
    **dict.fromkeys(
        ("holder_decision undo", "holder_decision update"), msg("%(who)s undid the decision %(what)s on a holder.")
    ),
    "organisation_decision insert": msg("%(who)s decided about the organisation name %(what)s."),
    "organisation_decision undo": msg("%(who)s undid the decision about the organisation name %(what)s."),
    "organisation_decision update": msg("%(who)s changed the decision about the organisation name %(what)s."),
    "import_correction insert": msg("%(who)s corrected a cell of the import %(what)s."),
    "judgement insert": msg("%(who)s judged a pair of records (judgement %(what)s)."),
    "judgement undo": msg("%(who)s undid the judgement %(what)s of a pair of records."),
    "list_entry_project insert": msg("%(who)s decided which project the list entry %(what)s covers."),
    "list_entry_project undo": msg("%(who)s undid the decision which project the list entry %(what)s covers."),
    "list_entry_project update": msg("%(who)s changed which project the list entry %(what)s covers."),
    "monthly_report_step insert": msg("%(who)s took a step with the monthly report %(what)s."),
    "proposal insert": msg("%(who)s proposed a value (proposal %(what)s)."),
    "proposal_step insert": msg("%(who)s decided on the proposal %(what)s."),
    "value insert": msg("%(who)s accepted a value (proposal %(what)s)."),
    "value undo": msg("%(who)s reverted a value (proposal %(what)s)."),
    "position insert": msg("%(who)s accepted a position (proposal %(what)s)."),
    "position undo": msg("%(who)s reverted a position (proposal %(what)s)."),
    "record_entry insert": msg("%(who)s entered a record in a form (entry %(what)s)."),
    "record_entry update": msg("%(who)s changed the state of the entry %(what)s."),
    "record_correction insert": msg("%(who)s corrected the entry %(what)s."),
    "recovery_code update": msg("%(what)s used a recovery code."),
    "report_step insert": msg("%(who)s took a step with the error report %(what)s."),
    "second_factor insert": msg("%(what)s set up a second factor."),
    "second_factor delete": msg("%(who)s removed the second factor of %(what)s."),
    "session delete": msg("A session of %(what)s ended."),
    "sign_in insert": msg("%(what)s signed in."),
    "sign_in failed": msg("A sign-in as %(what)s failed."),
    "command import": msg("%(who)s imported %(what)s."),
    "command withdraw-import": msg("%(who)s withdrew an import of %(what)s."),
    "command remove-source": msg("%(who)s removed the source %(what)s."),
    "command resolve": msg("%(who)s compared the records (%(what)s)."),
    "command signing-key rotate": msg("%(who)s replaced the key that signs files by %(what)s."),
    "command signing-key revoke": msg("%(who)s revoked the signing key %(what)s."),
}
"""The sentence of each action of the trail; any other one is named as it is stored.

An undone decision was an update of a row before the migration 0082."""
OTHER = msg("%(who)s: %(action)s %(what)s.")
OPERATOR = msg("The operator %(name)s")
NOBODY = wrap_foreign_text("Lode")
"""Who an entry without an account and an operator is of, such as the background task."""
PAGES: Mapping[str, str] = {
    "account": "/people",
    "act_entry": "/acts/{subject}",
    "act_correction": "/acts/{subject}",
    "api_key": "/keys",
    "holder_decision": "/holders",
    "judgement": "/decisions?kind=judgement",
    "organisation_decision": "/decisions?kind=organisation_decision",
    "import_correction": "/imports/{subject}/cells",
    "monthly_report_step": "/progress/{subject}",
    "proposal": "/proposals/{subject}",
    "proposal_step": "/proposals/{subject}",
    "value": "/proposals/{subject}",
    "position": "/proposals/{subject}",
    "report_step": "/reports",
}
"""The page at the desk of the object of an action, by its table."""
RECORDS = ("baseline_entry", "list_entry_project")
"""Tables whose entries name a record."""


def describe_audit_entry(row: Mapping[str, Any], zone: ZoneInfo, forms: Mapping[str, str]) -> AuditSentence:
    """Return an entry of the trail in the language of the request; ``forms`` has the form of each entered record."""
    action, subject, at = str(row["action"]), row["subject"], row["at"]
    person = row["account"] or ""
    operator = translate_message(OPERATOR.filled(name=row["operator"])) if row["operator"] else translate_message(NOBODY)
    parameters = {"who": person or operator, "what": subject or "", "action": action}
    return AuditSentence(
        row["id"],
        at.isoformat(),
        format_local_time(at, zone),
        person or row["operator"] or "",
        translate_message(ACTIONS.get(action, OTHER).filled(**parameters)),
        _find_page(action.partition(" ")[0], subject, forms),
        action,
        subject,
    )


def format_local_time(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment in a time zone, to the second."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _find_page(table: str, subject: str | None, forms: Mapping[str, str]) -> str | None:
    if subject is None:
        return None
    if table in RECORDS:
        return links.record_address(subject)
    if table in ("record_entry", "record_correction"):
        return f"{ROOT}/{forms[subject]}/{subject}" if subject in forms else None
    pattern = PAGES.get(table)
    return None if pattern is None else ROOT + pattern.format(subject=links.quote_query_text(subject))
