"""The kinds of decisions of people, each declared once: constraints, trigger, views, audit trail and page follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lodebase.db.schema.tables import LINK_RELATIONS, write_code_condition
from lodedata.choice.expert_values import POSITION

WITHDRAWN = "withdrawn"
"""The decision of a row that undoes another one."""
POSITION_CRS = "OGC:CRS84"
"""The reference system of a position: longitude and latitude in degrees, WGS 84."""
_REQUIRED_DETAIL = "ARRAY['value', 'cited', 'source', 'key', 'proposal']"
VERDICTS = ("same", "different", "linked", "unsure", WITHDRAWN)


@dataclass(frozen=True, slots=True)
class DecisionKind:
    """A kind of decision: what its subject and its value are, how it is undone, and who reads it.

    ``subject`` and ``detail`` name the members of the columns of that name. ``rows`` are the pairs of members of either
    that name source rows, which are served anew. ``trail`` is the SQL of what the audit trail names, of the row ``decided``;
    ``masked`` are members that the trail does not have, ``internal`` members of the detail that a mirror does not have. A
    decision of a ``replacing`` kind withdraws the one before, so that undoing it leaves none; of another kind, the one before
    applies again. A mirror has the ``mirrored`` kinds without accounts, and their reasons and times if ``explained``; only
    those that apply if ``mirrored_in_force``. An expert undoes a decision, one ``undone_with_reason`` not without, and one
    ``undone_when_superseded`` even after a later one on the subject.
    """

    name: str
    subject: tuple[str, ...]
    choices: tuple[str, ...]
    detail: tuple[str, ...]
    trail: str
    rows: tuple[tuple[str, str], ...] = ()
    masked: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    conditions: Mapping[str, str] | None = None
    replacing: bool = True
    reasoned: bool = True
    mirrored: bool = False
    mirrored_in_force: bool = False
    explained: bool = False
    undone_with_reason: bool = False
    undone_when_superseded: bool = False

    def write_condition(self) -> str:
        """Return the SQL condition on the rows of the kind that decide."""
        keys = ", ".join(map(repr, self.subject))
        reason = " AND trim(coalesce(reason, '')) <> ''" if self.reasoned else ""
        return f"{write_code_condition('decision', self.choices)} AND subject ?& ARRAY[{keys}]{reason}"


JUDGEMENT = DecisionKind(
    name="judgement",
    subject=("a_source", "a_key", "b_source", "b_key"),
    choices=tuple(verdict for verdict in VERDICTS if verdict != WITHDRAWN),
    detail=("relation",),
    trail="decided.id::text",
    rows=(("a_source", "a_key"), ("b_source", "b_key")),
    conditions={
        "of_two": "subject ->> 'a_source' <> subject ->> 'b_source' OR subject ->> 'a_key' <> subject ->> 'b_key'",
        "relation": write_code_condition("detail ->> 'relation'", LINK_RELATIONS),
        "linked": "(detail ->> 'relation' IS NOT NULL) = (decision = 'linked')",
    },
    replacing=False,
    reasoned=False,
    mirrored=True,
    explained=True,
)
# the name may be that of a person, so that no trail has it
HOLDER = DecisionKind(
    name="holder_decision",
    subject=("key",),
    choices=("organisation", "natural-person"),
    detail=("name",),
    trail="decided.number::text",
    masked=("key", "name", "reason"),
)
ORGANISATION = DecisionKind(
    name="organisation_decision",
    subject=("comparable", "country"),
    choices=("means",),
    detail=("organisation_id",),
    trail="decided.subject ->> 'comparable'",
    reasoned=False,
)
LIST_ENTRY = DecisionKind(
    name="list_entry_project",
    subject=("entry_id",),
    choices=("covers", "none-here"),
    detail=("project_id",),
    trail="decided.subject ->> 'entry_id'",
    mirrored=True,
    undone_with_reason=True,
)
# a record may have several values that people accepted for a field; the last one that was not undone applies
VALUE = DecisionKind(
    name="value",
    subject=("record_id", "field"),
    choices=("is",),
    detail=("value", "unit", "cited", "note", "collection", "source", "key", "proposal"),
    trail="decided.detail ->> 'proposal'",
    rows=(("source", "key"),),
    internal=("note",),
    conditions={
        "value": f"subject ->> 'field' <> '{POSITION}' "
        "AND coalesce(jsonb_typeof(detail -> 'value') IN ('string', 'number'), false)",
        "value_detail": f"detail ?& {_REQUIRED_DETAIL}",
    },
    replacing=False,
    mirrored=True,
    mirrored_in_force=True,
    explained=True,
    undone_with_reason=True,
    undone_when_superseded=True,
)
RECORD_POSITION = replace(
    VALUE,
    name="position",
    choices=("lies-at",),
    detail=tuple("crs" if member == "unit" else member for member in VALUE.detail),
    conditions={
        "position": f"subject ->> 'field' = '{POSITION}' AND coalesce(detail ->> 'crs' = '{POSITION_CRS}', false) "
        "AND coalesce(jsonb_path_match(detail, '$.value.size() == 2 && $.value[0] >= -180 && $.value[0] <= 180 "
        "&& $.value[1] >= -90 && $.value[1] <= 90', '{}', true), false)",
        "position_detail": f"detail ?& {_REQUIRED_DETAIL}",
    },
)
DECISION_KINDS: Mapping[str, DecisionKind] = {
    kind.name: kind for kind in (JUDGEMENT, HOLDER, ORGANISATION, LIST_ENTRY, VALUE, RECORD_POSITION)
}


def write_decision_condition() -> str:
    """Return the SQL condition that a row is of a kind and, unless it undoes another, has a subject and a value of it."""
    each = [f"WHEN {kind.name!r} THEN undoes IS NOT NULL OR ({kind.write_condition()})" for kind in DECISION_KINDS.values()]
    return f"CASE kind {' '.join(each)} ELSE false END"


def write_kind_conditions() -> dict[str, str]:
    """Return the further conditions of the kinds on their rows, by the name of the constraint."""
    return {
        name: f"kind <> {kind.name!r} OR undoes IS NOT NULL OR {condition}"
        for kind in DECISION_KINDS.values()
        for name, condition in (kind.conditions or {}).items()
    }
