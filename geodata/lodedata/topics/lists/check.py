"""Whether an organisation is on a list on a day: listed, not listed, withdrawn, under rectification, or not known here.

Outside the days and provinces for which a list is complete here, the status is "not known", never "no".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lodedata.messages import Message
from lodedata.records import PartialDate
from lodedata.topics.lists.matching import UNDECIDED, EntryMatch, ListIndex, Subject
from lodedata.topics.lists.reasons import word_reason
from lodedata.topics.lists.register import Batch, Coverage, Register
from lodedata.topics.lists.states import EXPIRED, PROPOSED, EntryState, find_first_listing_date, find_last_certain_day, state_on

STATUSES = ("listed", "under-rectification", "not-known", "proposed", "withdrawn", "not-listed")
"""Every status, in the order in which one of several entries decides."""
OF_STATE: Mapping[str, str] = {
    "listed": "listed",
    "under-rectification": "under-rectification",
    "suspended": "under-rectification",
    "withdrawn": "withdrawn",
    "self-withdrawn": "withdrawn",
    EXPIRED: "not-listed",
}
ON_LIST: Mapping[str, str] = {
    "listed": "yes",
    "under-rectification": "yes",
    "withdrawn": "no",
    "not-listed": "no",
    "proposed": "not-known",
    "not-known": "not-known",
}
"""Whether the organisation is on the list on the day, by status: yes, no, or not known here."""
PROMISING = frozenset({"listed", "under-rectification"})


@dataclass(frozen=True, slots=True)
class ListResult:
    """The result for one list, with the entry that decides and the other entries that may be meant.

    ``last_known`` is the state on the last day for which it is known, if that is before the day of the check. ``site`` is
    ``named`` if an entry names the project, ``not-stated`` if the list names its firm only.
    """

    list: str
    status: str
    reason: str
    on: date
    coverage: Coverage
    match: EntryMatch | None = None
    state: EntryState | None = None
    last_known: tuple[date, EntryState] | None = None
    candidates: tuple[EntryMatch, ...] = ()
    entries: tuple[tuple[EntryMatch, str], ...] = ()
    site: str | None = None
    firm_status: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def on_list(self) -> str:
        """Whether the organisation is on the list: ``yes``, ``no`` or ``not-known``."""
        return ON_LIST[self.status]

    @property
    def message(self) -> Message:
        """The reason as a sentence."""
        return word_reason(self.reason, self.details)


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: str
    reason: str
    match: EntryMatch
    state: EntryState | None = None
    last_known: tuple[date, EntryState] | None = None


class Checker:
    """A register with an index of each list, for many checks."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.indexes = {code: ListIndex(register.histories.get(code, ())) for code in register.coverages}

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the lists."""
        return tuple(self.register.coverages)

    def check(self, code: str, subject: Subject, on: date) -> ListResult:
        """Return the result for one list. Raises KeyError for an unknown list."""
        matches = self.indexes[code].matches(subject)
        deciding = [match for match in matches if match.decides]
        others = tuple(match for match in matches if not match.decides)
        coverage = _choose_coverage(self.register.coverages[code], subject, deciding)
        begins = _begin(coverage, self.register.batches.get(code, ()), deciding)
        list_result = ListResult(
            list=code,
            status="not-known",
            reason="several-firms",
            on=on,
            coverage=coverage,
            candidates=others,
            details={"on": on, "complete": coverage.complete_up_to, "first": begins},
        )
        if begins is not None and on < begins.first:
            why = "before-list" if coverage.exists_from is not None and on < coverage.exists_from else "before-first-batch"
            return replace(list_result, status="not-listed", reason=why)
        if len({_identify_organisation(match) for match in deciding}) > 1:
            return replace(list_result, candidates=tuple(matches))
        if deciding:
            return _judge_entries(list_result, subject, deciding)
        status, why = self._judge_without_entry(code, subject, on, coverage, others)
        return replace(list_result, status=status, reason=why)

    def _judge_without_entry(
        self, code: str, subject: Subject, on: date, coverage: Coverage, others: Sequence[EntryMatch]
    ) -> tuple[str, str]:
        """Return status and reason for a subject that has no entry."""
        if coverage.provinces and subject.division is None:
            return "not-known", "province-missing"
        if coverage.provinces and subject.division not in coverage.provinces:
            return "not-known", "out-of-scope"
        if not self.register.histories.get(code):
            return "not-known", "not-collected"
        if any(match.method in UNDECIDED for match in others):
            return "not-known", "similar-name"
        if coverage.complete_up_to is None:
            return "not-known", "no-coverage"
        if on > coverage.complete_up_to:
            return "not-known", "after-complete"
        if not subject.names and subject.project is not None:
            return "not-known", "owner-not-known"
        if not subject.names and not self.indexes[code].all_have_codes:
            return "not-known", "code-not-printed"
        return "not-listed", "not-on-list"


def _identify_organisation(match: EntryMatch) -> tuple[str, ...]:
    """Return what makes entries of one name those of different firms: codes, else provinces."""
    if match.method in ("uscc", "project"):
        return ()
    entry = match.history.entry
    return (entry.uscc or "",) if entry.uscc else tuple(sorted(match.history.divisions))


def _choose_coverage(coverages: Sequence[Coverage], subject: Subject, deciding: Sequence[EntryMatch]) -> Coverage:
    """Return the coverage that holds for the subject's province, else for its entry's, else for the country."""
    divisions = [subject.division, *(match.history.entry.division for match in deciding)]
    for division in divisions:
        for coverage in coverages:
            if division is not None and division in coverage.provinces:
                return coverage
    return next((coverage for coverage in coverages if not coverage.provinces), coverages[0])


def _begin(coverage: Coverage, batches: Iterable[Batch], deciding: Sequence[EntryMatch]) -> PartialDate | None:
    """Return the date before which nobody is listed, None if it is not known."""
    exists = PartialDate(coverage.exists_from, "day") if coverage.exists_from is not None else None
    first = next((batch.published for batch in batches if batch.number == 1 and batch.published is not None), None)
    begin_dates = [begin_date for begin_date in (exists, first) if begin_date is not None]
    entries = [listing_date for match in deciding if (listing_date := find_first_listing_date(match.history)) is not None]
    return min([max(begin_dates, key=_get_first_day), *entries], key=_get_first_day) if begin_dates else None


def _get_first_day(when: PartialDate) -> date:
    return when.first


def _judge_entries(list_result: ListResult, subject: Subject, deciding: Sequence[EntryMatch]) -> ListResult:
    """Return the result by the entries of the subject."""
    verdicts = [_judge_entry(match, list_result.coverage, list_result.on) for match in deciding]
    best = min(verdicts, key=lambda verdict: (STATUSES.index(verdict.status), -verdict.match.score, -_last_day(verdict)))
    status, why, site = best.status, best.reason, None
    if subject.project is not None:
        site = "named" if best.match.history.entry.project == subject.project else "not-stated"
        if site == "not-stated" and status in PROMISING:
            status, why = "not-known", "site-not-stated"
    details = {
        **list_result.details,
        "since": best.state.since if best.state is not None else None,
        "state": best.state.state if best.state is not None else None,
        "last_on": best.last_known[0] if best.last_known is not None else None,
        "last_state": best.last_known[1].state if best.last_known is not None else None,
    }
    return replace(
        list_result,
        status=status,
        reason=why,
        match=best.match,
        state=best.state,
        last_known=best.last_known,
        entries=tuple((verdict.match, verdict.status) for verdict in verdicts),
        site=site,
        firm_status=best.status if subject.project is not None else None,
        details=details,
    )


def _last_day(verdict: _Verdict) -> int:
    """Return the last day for which the state of the entry is known, as an ordinal; 0 without one."""
    return verdict.last_known[0].toordinal() if verdict.last_known is not None else 0


def _judge_entry(match: EntryMatch, coverage: Coverage, on: date) -> _Verdict:
    """Return the status by one entry."""
    if match.history.entry.state in PROPOSED:
        state = match.history.entry.state
        return _Verdict("proposed" if state == "proposed" else "not-known", state, match)
    complete, own = coverage.complete_up_to, find_last_certain_day(match.history)
    if match.history.batch is not None and match.history.batch.consultation_only:
        is_covered = complete is not None and on <= complete
        return _Verdict("not-listed" if is_covered else "not-known", "consultation", match)
    limit = max((day for day in (complete, own) if day is not None), default=None)
    entry_state = state_on(match.history, on)
    if entry_state is not None and entry_state.undated:
        return _Verdict("not-known", "undated", match, entry_state)
    if limit is None or on > limit:
        last = state_on(match.history, limit) if limit is not None else None
        why = "after-complete" if complete is not None else "no-coverage" if last is None else "after-entry"
        return _Verdict("not-known", why, match, None, (limit, last) if limit is not None and last is not None else None)
    if entry_state is None:
        is_covered = complete is not None and on <= complete
        return _Verdict("not-listed" if is_covered else "not-known", "before-entry", match)
    return _Verdict(OF_STATE[entry_state.state], entry_state.state, match, entry_state)
