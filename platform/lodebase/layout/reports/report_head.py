"""The head of a report: its verdict by rule in five results, and what the result rests on."""

from collections.abc import Iterator, Mapping

from lodebase.layout.findings import RESULTS
from lodebase.layout.measures.basis import RESULTS_OF_RULES
from lodebase.layout.parts.basis import RulesRead, StatusDates
from lodebase.layout.parts.rules import RuleFinding
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_text import choose_localized_field
from lodedata.layout.amounts import Tonnage, wrap_annual_tonnage
from lodedata.messages import Label, Message, msg, wrap_foreign_text
from lodedata.rules.legal_status import label_clause
from lodedata.vocab import label

STOPS = ".\u3002"
ORDER = ("not_met", "judgement", "not_enough_data", "met", "not_applicable")
"""Results in the order of the head."""
REPOST = "re-post"
READ_AS: Mapping[str, Message] = {
    "official": msg("official page"),
    "full-copy": msg("copy of the whole text on another site"),
    REPOST: msg("re-post or news report"),
    "transcription": msg("typed copy of the figures"),
}


def group_findings_by_result(report: LayoutReport, language: str) -> list[tuple[str, str, list[RuleFinding]]]:
    """Return each result with its label and the findings that have it; those without findings are left out."""
    groups = ((code, [rule for rule in report.counted_rules if rule.result == code]) for code in ORDER)
    return [(code, RESULTS[code].in_language(language), some) for code, some in groups if some]


def is_judged(report: LayoutReport) -> bool:
    """Return whether any rule applies to the plant."""
    return any(rule.result in RESULTS_OF_RULES for rule in report.counted_rules)


def describe_lack_of_rules(report: LayoutReport) -> Message:
    """Return the sentence of a report on which no rule applies."""
    country = report.zones.country
    return msg(
        "No rule for %(product)s in %(country)s on %(day)s is held here, so nothing was judged. That says neither that the "
        "plant is allowed nor that it is not.",
        product=Label(report.summary.label_en, report.summary.label_zh),
        country=msg("a place of unknown country") if country is None else label("country", country),
        day=report.rules_on,
    )


def describe_clause_source(rule_finding: RuleFinding, language: str) -> str:
    """Return the act with the number of the clause, and how its text was read."""
    read = READ_AS.get(rule_finding.read_as or REPOST, READ_AS[REPOST])
    text = msg(
        "%(citation)s, %(clause)s; read in: %(read)s",
        citation=wrap_foreign_text(rule_finding.citation),
        clause=label_clause(rule_finding.clause_no),
        read=read,
    )
    return text.in_language(language)


def describe_act_source(rule_finding: RuleFinding, language: str) -> str:
    """Return the title of the act with its citation and clause; the title is not repeated where the citation has it."""
    title, source = choose_localized_field(rule_finding, "instrument", language), describe_clause_source(rule_finding, language)
    if title.partition("（")[0] in rule_finding.citation:
        return source
    return msg(
        "%(instrument)s: %(citation)s", instrument=wrap_foreign_text(title), citation=wrap_foreign_text(source)
    ).in_language(language)


def describe_result_basis(report: LayoutReport, language: str) -> list[str]:
    """Return the sentences that say what the result rests on."""
    return [message.in_language(language) for message in _describe_basis(report, language)]


def _describe_basis(report: LayoutReport, language: str) -> Iterator[Message]:
    basis = report.basis
    if basis is None:
        return
    coverage = basis.coverage
    if coverage is None:
        yield msg("No national output of this product is held here, so it is not known how many of the plants are recorded.")
    else:
        yield msg(
            "The operating plants recorded here have %(capacity)s, which is %(percent)s %% of the output of %(country)s in "
            "%(year)s (%(output)s); the rest is not recorded.",
            capacity=wrap_annual_tonnage(coverage.operating_tpa),
            percent=f"{coverage.percent:.3g}" if coverage.percent < 100 else f"{coverage.percent:.0f}",
            country=label("country", coverage.country),
            year=coverage.year,
            output=Tonnage(coverage.output_t),
        )
    yield from _describe_statuses(basis.statuses)
    yield from _describe_rules(basis.rules, language)


def _describe_statuses(status_dates: StatusDates) -> Iterator[Message]:
    if status_dates.sites:
        old = status_dates.old + status_dates.undated
        yield msg(
            "Of %(count)s listed sites, %(old)s have a status older than %(years)s years or not dated; the oldest: %(oldest)s.",
            count=status_dates.sites,
            old=old,
            years=status_dates.old_years,
            oldest=status_dates.oldest or msg("an unknown date"),
        )


def _describe_rules(rules_read: RulesRead, language: str) -> Iterator[Message]:
    apply = rules_read.apply
    not_official = apply - rules_read.read_as.get("official", 0)
    if apply:
        yield msg(
            "Of %(count)s clauses that apply, %(second)s were read in copies, re-posts or transcriptions and not on an "
            "official page; compare them with the original before they are used.",
            count=apply,
            second=not_official,
        )
    for part in rules_read.in_part:
        yield msg(
            "%(title)s is held in part only; not held: %(unread)s.",
            title=Label(part.title_en, part.title_zh),
            unread=wrap_foreign_text(Label(part.en, part.zh).in_language(language).rstrip(STOPS)),
        )
