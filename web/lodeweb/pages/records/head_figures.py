"""The two or three figures at the head of a record's page: of the leading estimate, or capacity, status and owners."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from textwrap import shorten
from typing import Any

from lodedata import ageing
from lodedata.messages import join_facts, join_texts
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import gettext
from lodeweb.i18n.numbers import number

FIGURES = (
    *("figure_ore_t", "figure_grade_pct", "figure_grade_basis", "figure_contained_t"),
    *("figure_contained_derived", "figure_elsewhere_t", "figure_commodity"),
    *("figure_class", "figure_date", "figure_one_of_several", "figure_covers"),
    *("figure_capacity_tpa", "figure_capacity_basis", "figure_coming_tpa", "figure_product", "owner_names"),
)
"""Properties that the head of the page shows."""
MAX_COVERED_LETTERS = 90
"""Letters of the deposits that a figure covers; the table of estimates has all."""


@dataclass(frozen=True, slots=True)
class HeadFigure:
    """A figure with its title, and what it is of."""

    title: str
    text: str
    about: str = ""


def list_head_figures(properties: Mapping[str, Any], lang: Language) -> list[HeadFigure]:
    """Return the figures of a record, none for a kind without them."""
    return [
        *_list_estimate_figures(properties, lang),
        *_list_project_figures(properties, lang),
        *_list_status_figures(properties, lang),
    ]


def _list_estimate_figures(properties: Mapping[str, Any], lang: Language) -> Iterator[HeadFigure]:
    if not properties.get("figure_class"):
        return
    metal = labels.label_commodity(properties["figure_commodity"], lang) if properties["figure_commodity"] else ""
    year = (properties["figure_date"] or "")[:4] or gettext("date not stated")
    facts = join_facts([labels.estimate_category(properties["figure_class"], lang), year], lang)
    if properties["figure_contained_t"] is not None:
        amount = quantities.format_mass(properties["figure_contained_t"], lang)
        several = gettext("largest of several classes, not added") if properties.get("figure_one_of_several") else ""
        covered = shorten(properties.get("figure_covers") or "", MAX_COVERED_LETTERS, placeholder=" …")
        covers = gettext("covers %(deposits)s", deposits=covered) if covered else ""
        derived = gettext("derived from ore and grade") if properties.get("figure_contained_derived") else ""
        contradiction = ""
        if (elsewhere := properties.get("figure_elsewhere_t")) is not None:
            contradiction = gettext("another source gives %(amount)s", amount=quantities.format_mass(elsewhere, lang))
        about = join_facts(filter(None, (facts, several, covers, derived, contradiction)), lang)
        yield HeadFigure(gettext("Contained metal"), f"{amount} {metal}".strip(), about)
    if properties["figure_ore_t"] is not None:
        yield HeadFigure(gettext("Ore"), quantities.format_mass(properties["figure_ore_t"], lang), facts)
    if properties["figure_grade_pct"] is not None:
        substance = quantities.describe_graded_substance(properties.get("figure_grade_basis"), metal)
        yield HeadFigure(gettext("Grade"), f"{format_head_grade(properties['figure_grade_pct'])} {substance}".strip(), facts)


def format_head_grade(percent: float) -> str:
    """Return a grade in per cent, below a hundredth of one in grams per tonne."""
    return f"{number(percent * 10_000, 4)} g/t" if percent < quantities.MIN_PERCENT else f"{number(percent, 4)} %"


def _list_project_figures(properties: Mapping[str, Any], lang: Language) -> Iterator[HeadFigure]:
    for name, title in (("figure_capacity_tpa", gettext("Built capacity")), ("figure_coming_tpa", gettext("Not built yet"))):
        if properties.get(name) is not None:
            product = load_vocabulary("product")[properties["figure_product"]].label(lang)
            basis = quantities.label_capacity_basis(properties.get("figure_capacity_basis"), lang)
            mass = quantities.format_tonnes(properties[name], lang)
            yield HeadFigure(title, gettext("%(mass)s/a", mass=mass), join_facts([product, basis], lang))
    if properties.get("owner_names"):
        yield HeadFigure(gettext("Owners and operators"), join_texts(properties["owner_names"], lang))


def _list_status_figures(properties: Mapping[str, Any], lang: Language) -> Iterator[HeadFigure]:
    prefix = "mine_" if "mine_status" in properties else ""
    status, stated = properties.get(f"{prefix}status"), properties.get(f"{prefix}status_date")
    if status is None or status not in load_vocabulary("status"):
        return
    label = load_vocabulary("status")[status].label(lang)
    if stated is None:
        yield HeadFigure(gettext("Status"), label, gettext("date not stated"))
        return
    reported_on = date.fromisoformat(stated)
    today = datetime.now(UTC).date()
    # the facts below name what is inferred from an old plan
    old = ageing.is_last_known(reported_on, today) and ageing.infer_status(status, reported_on, today) is None
    title = gettext("Last known status") if old else gettext("Status")
    yield HeadFigure(title, f"{label} ({reported_on.year})")
