"""A plain sentence at the head of a record's page: what it is and where, its leading figure, its status with the year."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from lodebase.query.collections_ import Collection
from lodedata import ageing
from lodedata.messages import Label, Message, Translatable, join_facts, join_texts, msg
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.labels import Language
from lodeweb.pages.records.head_figures import format_head_grade

WITH_ARTICLE = re.compile(r"United |.* Republic$|.* Islands$|Philippines|Netherlands|Bahamas|Comoros|Gambia|Maldives")
"""Pattern of the English names of countries that have an article after "in"."""
BRACKETED = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]")
"""What a label has in brackets; it is left out where the sentence has the label in brackets itself."""


def write_plain_sentence(collection: Collection, properties: Mapping[str, Any], lang: Language) -> str:
    """Return the sentence in a language, from what the record states; what it does not state is left out."""
    parts = (
        _place(collection, properties, lang),
        *_describe_figures(properties, lang),
        *_describe_discovery(properties),
        *_describe_status(properties),
    )
    text = msg("; ").in_language(lang).join(part.in_language(lang) for part in parts)
    return msg("%(text)s.", text=text[:1].upper() + text[1:]).in_language(lang)


def _place(collection: Collection, properties: Mapping[str, Any], lang: Language) -> Message:
    what, country = _describe_record(collection, properties, lang), _label("country", properties.get("country"), lang)
    division = _label("division", properties.get("division"), lang)
    if division is not None and country is not None and division != country:
        return msg("%(what)s in %(division)s, %(country)s", what=what, division=division, country=country)
    if country is not None and lang == "en" and WITH_ARTICLE.match(country):
        country = f"the {country}"
    place = country or division
    return what if place is None else msg("%(what)s in %(place)s", what=what, place=place)


def _describe_record(collection: Collection, properties: Mapping[str, Any], lang: Language) -> Message:
    """Return what the record is: a deposit of its model or main commodity, a plant of its types, else a record of its kind."""
    kind = Label(collection.kind.singular_en, collection.kind.singular_zh).in_language(lang)
    kind = _lower(_label("mineral-occurrence-type", properties.get("occurrence_type"), lang) or kind)
    of = _label("commodity", properties.get("main_commodity"), lang)
    model = _label("deposit-model", properties.get("deposit_model"), lang)
    if model is not None:
        if of is None or of.lower() in model.lower():
            return msg("%(model)s %(kind)s", model=_cut_repeated_noun(model, kind, lang), kind=kind)
        return msg("%(of)s %(kind)s (%(model)s)", of=of, kind=kind, model=_lower(BRACKETED.sub("", model)))
    types = [label for code in properties.get("facility_types") or () if (label := _label("facility-type", code, lang))]
    if types:
        kind = _join_parts([_lower(type_) for type_ in types], lang)
    if of is None or of.lower() in kind.lower():
        return msg("%(kind)s", kind=kind)
    return msg("%(of)s %(kind)s", of=_cut_repeated_noun(of, kind, lang), kind=kind)


def _describe_figures(properties: Mapping[str, Any], lang: Language) -> Iterator[Message]:
    """Yield the leading estimate with its class and year, and the capacity for the leading product."""
    ore, percent, contained = (properties.get(f"figure_{name}") for name in ("ore_t", "grade_pct", "contained_t"))
    metal = quantities.abbreviate_commodity(properties["figure_commodity"], lang) if properties.get("figure_commodity") else ""
    estimate = _describe_estimate(properties, lang)
    if ore is not None and percent is not None:
        substance = quantities.describe_graded_substance(properties.get("figure_grade_basis"), metal)
        amount, share = quantities.format_mass(ore, lang), f"{format_head_grade(percent)} {substance}".strip()
        yield msg("%(amount)s at %(share)s%(about)s", amount=amount, share=share, about=estimate)
    elif contained is not None:
        yield msg(
            "%(amount)s of contained %(metal)s%(about)s",
            amount=quantities.format_mass(contained, lang),
            metal=metal,
            about=estimate,
        )
    elif ore is not None:
        yield msg("%(amount)s of ore%(about)s", amount=quantities.format_mass(ore, lang), about=estimate)
    product = _lower(_label("product", properties.get("figure_product"), lang) or "")
    if (built := properties.get("figure_capacity_tpa")) is not None:
        yield msg("capacity %(amount)s/a of %(product)s", amount=quantities.format_tonnes(built, lang), product=product)
    if (coming := properties.get("figure_coming_tpa")) is not None:
        yield msg("%(amount)s/a of %(product)s not built yet", amount=quantities.format_tonnes(coming, lang), product=product)


def _describe_estimate(properties: Mapping[str, Any], lang: Language) -> Translatable:
    """Return the class and year of the leading estimate in brackets, empty without an estimate."""
    figure_class = properties.get("figure_class")
    if not figure_class:
        return Label("", "")
    label = _lower(BRACKETED.sub("", labels.estimate_category(figure_class, lang)))
    year = (properties.get("figure_date") or "")[:4] or msg("date not stated").in_language(lang)
    return msg(" (%(stated)s)", stated=join_facts([label, year], lang))


def _describe_discovery(properties: Mapping[str, Any]) -> Iterator[Message]:
    if discovery_date := properties.get("discovery_date") or properties.get("discovery_year"):
        yield msg("discovered in %(year)s", year=str(discovery_date)[:4])


def _describe_status(properties: Mapping[str, Any]) -> Iterator[Message]:
    """Yield the status with its year; an old one is the last known, an inferred one is among the facts."""
    prefix = "mine_" if "mine_status" in properties else ""
    status, stated = properties.get(f"{prefix}status"), properties.get(f"{prefix}status_date")
    if status is None or status not in load_vocabulary("status"):
        return
    label = Label(_lower(load_vocabulary("status")[status].label("en")), load_vocabulary("status")[status].label("zh"))
    if stated is None:
        yield msg("%(status)s, year not stated", status=label)
    elif ageing.is_last_known(date.fromisoformat(stated), datetime.now(UTC).date()):
        yield msg("last known status: %(status)s %(year)s", status=label, year=stated[:4])
    else:
        yield msg("%(status)s in %(year)s", status=label, year=stated[:4])


def _label(name: str, code: str | None, lang: Language) -> str | None:
    return load_vocabulary(name)[code].label(lang) if code is not None and code in load_vocabulary(name) else code


def _cut_repeated_noun(label: str, kind: str, lang: Language) -> str:
    """Return a label before a noun; in Chinese without its last character if the noun begins with it."""
    return label.removesuffix(kind[:1]) if lang == "zh" else label


def _lower(label: str) -> str:
    """Return a label as within a sentence; what begins with an acronym or a symbol is unchanged."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _join_parts(parts: Sequence[str], lang: Language) -> str:
    if len(parts) == 1:
        return parts[0]
    return msg("%(first)s and %(last)s", first=join_texts(parts[:-1], lang), last=parts[-1]).in_language(lang)
