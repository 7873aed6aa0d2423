"""The form of an act takes fields of its declaration; a field that names an act says what the act does."""

from lodedata.acts import form
from lodedata.kinds import KINDS
from lodedata.vocab import load_vocabulary

ACT = {"act_type": "policy", "title_zh": "通知"}


def test_each_field_that_names_an_act_has_a_role() -> None:
    fields = [field for kind in KINDS.values() for field in kind.fields if field.name == "act" or field.name.endswith("_act")]
    assert len(fields) >= 6
    assert {field.act_role for field in fields} <= {term.code for term in load_vocabulary("act-role")}


def test_the_form_has_the_declared_fields_in_its_own_order() -> None:
    assert tuple(field.name for field in form.FIELDS) == form.NAMES


def test_a_complete_act_has_no_problem_and_a_long_text_has() -> None:
    assert form.find_form_refusals(ACT) == []
    (problem,) = form.find_form_refusals({**ACT, "number": "x" * (form.MAX_LINE_CHARACTERS + 1)})
    assert str(problem) == "Number is longer than 1,000 characters. Shorten it."
