"""Each declared kind of decision has its title at the desk and its sentences in the audit trail."""

import pytest

from lodebase.db.schema.decision_kinds import DECISION_KINDS
from lodeweb.desk.audit_sentences import ACTIONS
from lodeweb.desk.decisions import TITLES


def test_the_page_has_a_title_for_each_kind() -> None:
    assert TITLES.keys() == DECISION_KINDS.keys()


@pytest.mark.parametrize("kind", DECISION_KINDS)
def test_the_trail_has_a_sentence_for_deciding_and_for_undoing(kind: str) -> None:
    assert {f"{kind} insert", f"{kind} undo"} <= ACTIONS.keys()
