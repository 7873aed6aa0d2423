"""The check of condition lists: one table of cases, each an organisation and a day, over a register made up for it."""

from datetime import date

import pytest

from lodedata.messages import Label
from lodedata.records import PartialDate
from lodedata.topics.lists import Batch, Checker, Coverage, Event, ListEntry, Register, Subject
from lodedata.topics.lists.matching import find_code_division

ALPHA, BETA, GAMMA, DELTA = "江西甲循环科技有限公司", "广东乙循环科技有限公司", "湖南丙新能源有限公司", "湖北丁材料有限公司"
OTHER_DELTA = "湖北丁材料股份有限公司"
NO_PROVINCE = "exact-name-no-province"
CODE_ALPHA, CODE_BETA, CODE_UNKNOWN = "91360100MA35ABCD12", "91440300MA5EABCD34", "91430100MA4LABCD56"
COMPLETE = date(2024, 1, 31)


def coverage(code: str, **more: object) -> Coverage:
    """Return a list that is complete up to the end of January 2024."""
    return Coverage(code, Label(code, code), **{"exists_from": date(2018, 9, 3), "complete_up_to": COMPLETE} | more)  # type: ignore[arg-type]


def entry(number: int, batch: int | None, name: str, division: str, **more: object) -> ListEntry:
    """Return an entry of the list ``main`` unless another is given."""
    return ListEntry(**{"id": f"e{number}", "list": "main", "batch": batch, "name": name, "division": division} | more)  # type: ignore[arg-type]


REGISTER = Register(
    [
        coverage("main"),
        coverage("unknown", complete_up_to=None, exists_from=None),
        coverage("provincial", provinces=frozenset({"CN-JX"}), exists_from=date(2020, 1, 1)),
        coverage("codes"),
        coverage("month", exists_from=None),
    ],
    [
        Batch("main", 1, "公告2018年第40号", None, PartialDate(date(2018, 9, 3), "day"), 2),
        Batch("main", 2, "公告2021年第5号", None, PartialDate(date(2021, 1, 1), "month"), 3),
        Batch("main", 3, "公告2022年第9号", "公示2022-11", PartialDate(date(2022, 12, 28), "day"), 3),
        Batch("main", 4, None, "公示2024-01-10"),
        Batch("provincial", 1, "赣工信〔2020〕1号", None, PartialDate(date(2020, 6, 1), "day")),
        Batch("month", 1, None, None, PartialDate(date(2021, 1, 1), "month"), 1),
        Batch("codes", 1, "公告", None, PartialDate(date(2018, 9, 3), "day")),
    ],
    [
        entry(1, 1, ALPHA, "CN-JX", kinds=("battery-cascade",)),
        entry(2, 3, ALPHA, "CN-JX", kinds=("battery-recycling",)),
        entry(3, 1, BETA, "CN-GD", uscc=CODE_BETA),
        entry(4, 2, GAMMA, "CN-HN"),
        entry(5, 3, DELTA, "CN-HB", project="lode:plant"),
        entry(6, 3, "中戊铝业股份有限公司河池分公司", "CN-GX"),
        entry(7, 4, "安徽己新材料有限公司", "CN-AH"),
        entry(8, 3, "同名资源有限公司", "CN-SD"),
        entry(9, 3, "同名资源有限公司", "CN-HE"),
        entry(10, 3, "浙江庚再生有限公司", "CN-ZJ", valid_to=date(2023, 6, 30)),
        entry(11, 3, "福建辛再生有限公司", "CN-FJ", state="withdrawn"),
        entry(12, None, "云南壬再生有限公司", "CN-YN"),
        entry(13, 3, "四川癸再生有限公司", "CN-SC", valid_from=date(2023, 3, 1)),
        entry(14, 1, "江西甲循环科技有限公司", "CN-JX", list="provincial"),
        entry(15, 1, BETA, "CN-GD", list="codes", uscc=CODE_BETA),
        entry(19, 1, ALPHA, "CN-JX", list="month"),
        entry(16, 3, "河南子铜业有限公司", "CN-HA"),
        entry(17, 3, "山西丑镁业有限公司", "CN-SX"),
        entry(18, 3, "陕西寅锌业有限公司", "CN-SN", state="withdrawn", valid_to=date(2023, 9, 30)),
    ],
    [
        Event("main", BETA, "renamed", date(2020, 5, 1), "公告2020年第3号", new_name="广东乙绿色科技有限公司"),
        Event("main", GAMMA, "withdrawn", date(2022, 12, 28), "公告2022年第10号", "未报送自查报告"),
        Event("main", GAMMA, "listed", date(2023, 11, 1), "公告2023年第20号"),
        Event("main", DELTA, "under-rectification", date(2023, 5, 1), "公告2023年第8号"),
        Event("main", DELTA, "listed", date(2023, 10, 1), "公告2023年第18号"),
        Event("main", "河南子铜业有限公司", "suspended", date(2023, 5, 1)),
        Event("main", "山西丑镁业有限公司", "self-withdrawn", date(2023, 5, 1)),
        Event("main", "四川癸再生有限公司", "report-missed", date(2023, 4, 1)),
        Event("main", "四川癸再生有限公司", "moved", date(2023, 6, 1), new_division="CN-CQ"),
        Event("main", ALPHA, "withdrawn", date(2023, 1, 15), kinds=("battery-cascade",)),
        Event("main", "广东乙绿色科技有限公司", "under-rectification", date(2023, 12, 1)),
    ],
)
CHECKER = Checker(REGISTER)


def named(name: str, division: str | None = None, **more: object) -> Subject:
    """Return a subject of one name."""
    return Subject(names=(name,), division=division, **more)  # type: ignore[arg-type]


ALPHA_JX = named(ALPHA, "CN-JX")
CASES = [
    # listed, by name, code, writing
    ("listed by its name and province", "main", ALPHA_JX, "2019-01-01", "listed", "listed", "exact-name"),
    ("listed on the day of the batch", "main", ALPHA_JX, "2018-09-03", "listed", "listed", "exact-name"),
    ("listed on the last complete day", "main", ALPHA_JX, "2024-01-31", "listed", "listed", "exact-name"),
    ("without a province", "main", named(ALPHA), "2019-01-01", "listed", "listed", NO_PROVINCE),
    (
        "other brackets and legal form",
        "main",
        named("江西省甲循环科技有限责任公司"),
        "2019-01-01",
        "listed",
        "listed",
        NO_PROVINCE,
    ),
    ("by code", "main", Subject(CODE_BETA), "2019-01-01", "listed", "listed", "uscc"),
    ("by code under another name", "main", Subject(CODE_BETA, ("广东他名有限公司",)), "2019-01-01", "listed", "listed", "uscc"),
    # before
    ("the list did not exist", "main", ALPHA_JX, "2017-06-30", "not-listed", "before-list", None),
    ("a day before the first batch", "main", ALPHA_JX, "2018-09-02", "not-listed", "before-list", None),
    (
        "the list exists, its first batch does not",
        "provincial",
        ALPHA_JX,
        "2020-03-01",
        "not-listed",
        "before-first-batch",
        None,
    ),
    ("listed by a later batch", "main", named(DELTA, "CN-HB"), "2020-01-01", "not-listed", "before-entry", "exact-name"),
    # after
    ("after the last complete day", "main", ALPHA_JX, "2024-02-01", "not-known", "after-complete", "exact-name"),
    (
        "not found after the last complete day",
        "main",
        named("无此企业有限公司"),
        "2024-02-01",
        "not-known",
        "after-complete",
        None,
    ),
    ("a list without entries", "unknown", ALPHA_JX, "2022-01-01", "not-known", "not-collected", None),
    # not on it
    ("not found", "main", named("无此企业有限公司", "CN-JX"), "2023-01-01", "not-listed", "not-on-list", None),
    (
        "a code that is not found, codes not printed",
        "main",
        Subject(CODE_UNKNOWN),
        "2023-01-01",
        "not-known",
        "code-not-printed",
        None,
    ),
    (
        "a code that is not found, all codes printed",
        "codes",
        Subject(CODE_UNKNOWN),
        "2023-01-01",
        "not-listed",
        "not-on-list",
        None,
    ),
    (
        "a code and a name that are not found",
        "main",
        Subject(CODE_UNKNOWN, ("无此企业有限公司",)),
        "2023-01-01",
        "not-listed",
        "not-on-list",
        None,
    ),
    # renamed and moved
    ("old name before the change", "main", named(BETA, "CN-GD"), "2019-06-01", "listed", "listed", "former-name"),
    ("old name after the change", "main", named(BETA, "CN-GD"), "2021-06-01", "listed", "listed", "former-name"),
    (
        "new name after the change",
        "main",
        named("广东乙绿色科技有限公司", "CN-GD"),
        "2021-06-01",
        "listed",
        "listed",
        "exact-name",
    ),
    (
        "new name before the change",
        "main",
        named("广东乙绿色科技有限公司", "CN-GD"),
        "2019-06-01",
        "listed",
        "listed",
        "exact-name",
    ),
    (
        "an event under the new name",
        "main",
        named(BETA, "CN-GD"),
        "2023-12-15",
        "under-rectification",
        "under-rectification",
        "former-name",
    ),
    (
        "moved, by the old province",
        "main",
        named("四川癸再生有限公司", "CN-SC"),
        "2023-07-01",
        "listed",
        "listed",
        "exact-name",
    ),
    (
        "moved, by the new province",
        "main",
        named("四川癸再生有限公司", "CN-CQ"),
        "2023-07-01",
        "listed",
        "listed",
        "exact-name",
    ),
    # withdrawn, again listed, under rectification
    ("before it is withdrawn", "main", named(GAMMA, "CN-HN"), "2022-12-27", "listed", "listed", "exact-name"),
    ("on the day it is withdrawn", "main", named(GAMMA, "CN-HN"), "2022-12-28", "withdrawn", "withdrawn", "exact-name"),
    ("while it is withdrawn", "main", named(GAMMA, "CN-HN"), "2023-06-01", "withdrawn", "withdrawn", "exact-name"),
    ("listed again", "main", named(GAMMA, "CN-HN"), "2023-11-01", "listed", "listed", "exact-name"),
    (
        "under rectification",
        "main",
        named(DELTA, "CN-HB"),
        "2023-06-01",
        "under-rectification",
        "under-rectification",
        "exact-name",
    ),
    ("after rectification", "main", named(DELTA, "CN-HB"), "2023-12-01", "listed", "listed", "exact-name"),
    ("suspended", "main", named("河南子铜业有限公司"), "2023-06-01", "under-rectification", "suspended", NO_PROVINCE),
    (
        "withdrawn at its own request",
        "main",
        named("山西丑镁业有限公司"),
        "2023-06-01",
        "withdrawn",
        "self-withdrawn",
        NO_PROVINCE,
    ),
    ("withdrawn with a day", "main", named("陕西寅锌业有限公司"), "2023-10-01", "withdrawn", "withdrawn", NO_PROVINCE),
    ("withdrawn without a day", "main", named("福建辛再生有限公司"), "2023-06-01", "not-known", "undated", NO_PROVINCE),
    ("a yearly report is missed", "main", named("四川癸再生有限公司"), "2023-05-01", "listed", "listed", NO_PROVINCE),
    ("its validity has ended", "main", named("浙江庚再生有限公司"), "2023-07-01", "not-listed", "expired", NO_PROVINCE),
    ("the last day of its validity", "main", named("浙江庚再生有限公司"), "2023-06-30", "listed", "listed", NO_PROVINCE),
    (
        "valid later than its batch",
        "main",
        named("四川癸再生有限公司"),
        "2023-02-01",
        "not-listed",
        "before-entry",
        NO_PROVINCE,
    ),
    # dates and batches
    ("within the month of a batch", "main", named(GAMMA, "CN-HN"), "2021-01-15", "not-known", "undated", "exact-name"),
    ("after the month of a batch", "main", named(GAMMA, "CN-HN"), "2021-02-01", "listed", "listed", "exact-name"),
    ("before the month of the first batch", "month", ALPHA_JX, "2020-12-31", "not-listed", "before-first-batch", None),
    ("within the month of the first batch", "month", ALPHA_JX, "2021-01-15", "not-known", "undated", "exact-name"),
    ("at the end of the month of the first batch", "month", ALPHA_JX, "2021-01-31", "listed", "listed", "exact-name"),
    (
        "within the month of the first batch, no entry",
        "month",
        named("无此企业有限公司"),
        "2021-01-15",
        "not-listed",
        "not-on-list",
        None,
    ),
    ("an entry without batch and date", "main", named("云南壬再生有限公司"), "2023-01-01", "not-known", "undated", NO_PROVINCE),
    (
        "a consultation lists nobody",
        "main",
        named("安徽己新材料有限公司"),
        "2024-01-20",
        "not-listed",
        "consultation",
        NO_PROVINCE,
    ),
    ("in two batches, one withdrawn", "main", ALPHA_JX, "2023-06-01", "listed", "listed", "exact-name"),
    # other firms
    ("the same name in another province", "main", named(ALPHA, "CN-GD"), "2023-01-01", "not-known", "similar-name", None),
    ("the same name with another code", "main", Subject(CODE_ALPHA, (BETA,)), "2023-01-01", "not-listed", "not-on-list", None),
    ("the same short name", "main", named(OTHER_DELTA, "CN-HB"), "2023-01-01", "not-known", "similar-name", None),
    ("two firms of one name", "main", named("同名资源有限公司"), "2023-01-01", "not-known", "several-firms", None),
    (
        "two firms of one name, with the province",
        "main",
        named("同名资源有限公司", "CN-SD"),
        "2023-01-01",
        "listed",
        "listed",
        "exact-name",
    ),
    (
        "the head office of a listed branch",
        "main",
        named("中戊铝业股份有限公司"),
        "2023-01-01",
        "not-listed",
        "not-on-list",
        None,
    ),
    ("the listed branch", "main", named("中戊铝业股份有限公司河池分公司"), "2023-01-01", "listed", "listed", NO_PROVINCE),
    ("a branch of a listed firm", "main", named(f"{DELTA}宜昌分公司"), "2023-01-01", "not-listed", "not-on-list", None),
    # scope
    ("a provincial list, its province", "provincial", ALPHA_JX, "2021-01-01", "listed", "listed", "exact-name"),
    (
        "a provincial list, another province",
        "provincial",
        named("广东某有限公司", "CN-GD"),
        "2021-01-01",
        "not-known",
        "out-of-scope",
        None,
    ),
    (
        "a provincial list, no province given",
        "provincial",
        named("某有限公司"),
        "2021-01-01",
        "not-known",
        "province-missing",
        None,
    ),
    # plants
    (
        "a plant, its firm is listed",
        "main",
        named(ALPHA, "CN-JX", project="lode:other"),
        "2023-01-01",
        "not-known",
        "site-not-stated",
        "exact-name",
    ),
    (
        "a plant that the entry names",
        "main",
        named(DELTA, "CN-HB", project="lode:plant"),
        "2023-01-01",
        "listed",
        "listed",
        "project",
    ),
    (
        "a plant whose firm is not listed",
        "main",
        named("无此企业有限公司", project="lode:other"),
        "2023-01-01",
        "not-listed",
        "not-on-list",
        None,
    ),
    (
        "a plant without a known owner",
        "main",
        Subject(project="lode:other"),
        "2023-01-01",
        "not-known",
        "owner-not-known",
        None,
    ),
    (
        "a plant whose firm is withdrawn",
        "main",
        named(GAMMA, "CN-HN", project="lode:x"),
        "2023-01-01",
        "withdrawn",
        "withdrawn",
        "exact-name",
    ),
]


@pytest.mark.parametrize(
    ("code", "subject", "on", "status", "why", "method"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_check_has_one_of_five_statuses_and_its_reason(
    code: str, subject: Subject, on: str, status: str, why: str, method: str | None
) -> None:
    found = CHECKER.check(code, subject, date.fromisoformat(on))
    assert (found.status, found.reason) == (status, why)
    assert (found.match.method if found.match is not None else None) == method
    assert "%(" not in found.message.in_language("en")


def test_what_was_known_last_is_given_after_the_last_complete_day() -> None:
    found = CHECKER.check("main", named(GAMMA), date(2026, 11, 29))
    assert found.last_known is not None
    day, state = found.last_known
    assert (found.status, day, state.state) == ("not-known", COMPLETE, "listed")


def test_of_several_entries_of_a_firm_the_one_known_latest_counts() -> None:
    """A list that is complete up to no day, as those from re-posts."""
    dated = ((1, date(2018, 9, 3)), (2, date(2026, 5, 31)), (3, date(2021, 1, 1)))
    entries = [entry(number, None, BETA, "CN-GD", list="open", valid_from=day) for number, day in dated]
    checker = Checker(Register([coverage("open", complete_up_to=None)], [], entries, []))
    found = checker.check("open", named(BETA, "CN-GD"), date(2026, 6, 30))
    assert found.status == "not-known" and found.last_known is not None
    assert found.last_known[0] == date(2026, 5, 31) and found.match is not None
    assert found.match.history.entry.id == "e2"


def test_other_firms_are_candidates_with_their_methods() -> None:
    for subject, method in (
        (named(OTHER_DELTA, "CN-HB"), "short-name"),
        (named("中戊铝业股份有限公司"), "branch"),
        (Subject(CODE_ALPHA, (BETA,)), "same-name-other-code"),
        (named(ALPHA, "CN-GD"), "same-name-other-province"),
    ):
        candidates = CHECKER.check("main", subject, date(2023, 1, 1)).candidates
        assert [candidate.method for candidate in candidates][:1] == [method]
        assert 0 < candidates[0].score < 0.7


def test_a_firm_whose_plant_is_checked_has_a_status_of_its_own() -> None:
    found = CHECKER.check("main", named(ALPHA, "CN-JX", project="lode:other"), date(2023, 1, 1))
    assert (found.status, found.firm_status, found.site) == ("not-known", "listed", "not-stated")


def test_two_entries_are_both_reported() -> None:
    found = CHECKER.check("main", ALPHA_JX, date(2023, 6, 1))
    assert [(match.history.entry.id, status) for match, status in found.entries] == [("e1", "withdrawn"), ("e2", "listed")]
    assert found.match is not None
    assert found.match.history.entry.id == "e2"


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2020-12-31", "Nobody was listed on 2020-12-31: the first batch is of 2021-01."),
        ("2021-02-01", "It has been on the list since 2021-01."),
    ],
)
def test_a_month_is_not_said_as_a_day(on: str, said: str) -> None:
    assert CHECKER.check("month", ALPHA_JX, date.fromisoformat(on)).message.in_language("en") == said


def test_every_event_concerns_an_entry_and_every_case_has_its_own_name() -> None:
    assert REGISTER.unmatched_events == []
    assert len({case[0] for case in CASES}) == len(CASES) >= 40


def test_the_province_of_a_code_is_that_of_its_registration() -> None:
    assert [find_code_division(code) for code in (CODE_ALPHA, CODE_BETA, "91100000MA001ABCDE")] == ["CN-JX", "CN-GD", None]
