"""Dates that companies announced before the facts in the files, read on public pages: the plans that delays are measured by."""

from collections.abc import Mapping

from lodedata.sources.plants_and_milestones_2026.announcements import Announcement


def _build_first_output(printed: str, published: str, grade: str, page: str) -> Announcement:
    return Announcement("", "first-output", printed, True, published, grade, page)


KEMERTON = (
    Announcement(
        "",
        "trial",
        "2021",
        True,
        "2018-11-09",
        "page",
        "https://www.businessnews.com.au/article/Albemarle-brings-forward-WA-project",
        "commissioning of the first two trains is due to commence in stages during 2021",
    ),
    Announcement(
        "",
        "trial",
        "2022",
        False,
        "2023-11-02",
        "page",
        "https://www.businessnews.com.au/article/Local-focus-drives-value-at-Kemerton",
        "both trains entered commercial production in 2022, so that they were commissioned by then",
    ),
)
EARLIER_PLANS: Mapping[tuple[str, int | None], tuple[Announcement, ...]] = {
    ("Kamoa-Kakula smelter", None): (
        _build_first_output(
            "2024-Q4", "2023-07", "re-post", "https://min-met.com/blog/kamoa-kakula-produces-record-104k-tonnes-of-copper-in-q2"
        ),
    ),
    ("Goulamina", 1): (
        _build_first_output(
            "2024-Q2",
            "2023-09-15",
            "page",
            "http://www.miningweekly.com/print-version/goulaminalithium-project-mali-update-2023-09-15",
        ),
    ),
    **dict.fromkeys((("Kemerton", 1), ("Kemerton", 2)), KEMERTON),
    ("Quebrada Blanca", 2): (
        _build_first_output(
            "2022-H2",
            "2020-10-27",
            "page",
            "https://www.fastmarkets.com/insights/teck-qb2-copper-project-in-chile-to-be-40-complete-by-years-end",
        ),
    ),
}
"""What was announced of a project's phase, by the English name without the phase and the number of the phase.

Of Kemerton no page with an announced date of one train's first output was read: its plan is that of the commissioning of both.
"""
