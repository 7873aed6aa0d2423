"""The table of rules: which fields are taken together from one source, and by what, the first criterion first."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """What is taken together from one testimony and by which criteria; the first field is what has to be there.

    ``parts`` are tables of children, taken whole, as figures of two sources for one thing can't stand in one list. Only
    testimonies that don't contradict what is served of the field ``within`` are asked; the one that was taken for the rule
    named ``beside`` goes first. Where rows of one source are the units of one site (``units``), all of them are taken.
    """

    fields: tuple[str, ...]
    by: tuple[str, ...] = ("present", "rank")
    parts: tuple[str, ...] = ()
    within: str | None = None
    beside: str | None = None
    units: bool = False

    @property
    def name(self) -> str:
        """The first field, or the first table of children."""
        return self.parts[0] if self.parts else self.fields[0]


_AGREED = ("present", "agreement", "rank")
_LATEST = ("present", "recency", "rank")
_COMMON = (
    Rule(("name_en",)),
    Rule(("name_zh",)),
    Rule(
        ("geom", "position_accuracy_m", "position_method", "coord_original", "coord_crs", "access_level"),
        ("undoubted", "agreement", "accuracy", *_LATEST),
    ),
    Rule(("country", "country_reported"), _AGREED),
    Rule(("division", "division_reported"), _AGREED, within="country"),
    Rule(("main_commodity", "commodity_group"), _AGREED),
    Rule(("information_date",), _LATEST),
    Rule(("note_en",)),
    Rule(("note_zh",)),
)
_MODEL = Rule(("deposit_model", "deposit_model_reported"))
_FORM = Rule(("deposit_form",), beside="estimate")
_SIZE = ("size_class", "size_standard", "size_commodity", "size_basis", "size_basis_value_t", "size_estimate_id")
_STATUS = ("mine_status", "mine_status_reported", "mine_status_date", "mine_status_date_precision", "mine_status_source")

RULES: Mapping[str, tuple[Rule, ...]] = {
    "deposit": (
        *_COMMON,
        Rule(("occurrence_type",)),
        _MODEL,
        Rule(("host_unit",)),
        Rule(("age",)),
        Rule(("exploration_stage",), _LATEST),
        Rule(("discovery_year",), _AGREED),
        Rule((*_STATUS, "mine_status_inferred"), _LATEST),
        Rule(_SIZE, _LATEST, ("estimate", "estimate_measure")),
        _FORM,
        Rule((), parts=("exploration_activity",)),
    ),
    "discovery": (
        *_COMMON,
        Rule(("discovery_date",), _AGREED),
        Rule(("announced_by",)),
        Rule(("activity_type",)),
        Rule(("result",)),
        Rule(("exploration_stage", "stage_reported"), _LATEST),
        _MODEL,
        Rule((), _LATEST, ("estimate", "estimate_measure")),
        _FORM,
    ),
    "project": (
        *_COMMON,
        Rule(("facility_reported",)),
        Rule((), ("measured", *_LATEST), ("phase",), units=True),
        Rule((), _LATEST, ("owner",)),
    ),
}
"""By kind of record."""
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "deposit": ("commodities", "major_commodities", "sources"),
    "discovery": ("commodities", "major_commodities", "sources"),
    "project": ("commodities", "major_commodities", "sources", "facility_types", "products"),
}
"""The lists to which every source adds; other names go to the aliases."""
