"""Prospects and discoveries: results of exploration with stage, method and result (EarthResourceML ExplorationActivity)."""

from dataclasses import replace

from lodedata.kinds import shared
from lodedata.kinds.estimates import CONTRADICTING, ESTIMATE_RULE, ESTIMATES, LEADING, MEASURES
from lodedata.kinds.model import ChoiceRule, Field, Kind
from lodedata.kinds.shared import AGREED, LATEST, RANKED

KIND = Kind(
    "discovery",
    "discoveries",
    "Prospects and discoveries",
    "矿点与新发现",
    "prospect or discovery",
    "矿点或新发现",
    "Results of exploration: prospects and events with stage and result.",
    "勘查成果：附阶段与成果的矿点和勘查事件。",
    "point",
    (
        *shared.POINT_FIELDS,
        Field("discovery_date", "Discovery date", "发现时间", partial_date=True, proposed=True, choice=AGREED),
        Field("announced_by", "Announced by", "公布单位", organisation_role="announcer", proposed=True, choice=RANKED),
        Field(
            "activity_type",
            "Exploration activity",
            "勘查活动",
            vocabulary="exploration-activity-type",
            facet=True,
            proposed=True,
            choice=RANKED,
        ),
        Field(
            "result",
            "Exploration result",
            "勘查成果",
            vocabulary="exploration-result",
            facet=True,
            tile=True,
            proposed=True,
            choice=RANKED,
        ),
        replace(shared.EXPLORATION_STAGE, tile=True, chart=True),
        Field("stage_reported", "Stage as reported", "勘查阶段(原文)", imported=False),
        *shared.DEPOSIT_MODEL,
        *LEADING,
        CONTRADICTING,
        *shared.TAIL_FIELDS,
        *shared.STORED_FIELDS,
    ),
    (ESTIMATES, MEASURES, shared.FLAGS),
    date_field="discovery_date",
    type_field="main_commodity",
    search_code="3",
    merged=True,
    choice_rules=(
        *shared.POINT_RULES,
        ChoiceRule(("exploration_stage", "stage_reported"), LATEST),
        shared.MODEL_RULE,
        ESTIMATE_RULE,
        ChoiceRule(("deposit_form",), same_source_as="estimate"),
    ),
    union_fields=shared.UNION_FIELDS,
)
