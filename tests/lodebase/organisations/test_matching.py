"""Which organisation a code or a name means: candidates are chosen by method, never by a name alone across provinces."""

from lodebase.organisations.matching import MatchCandidate, choose_best_match


def candidate(identity: str, method: str, score: float, elsewhere: bool = False) -> MatchCandidate:
    return MatchCandidate(identity, method, score, identity, elsewhere=elsewhere)  # type: ignore[arg-type]


def test_the_best_method_wins() -> None:
    match = choose_best_match([candidate("a", "short", 0.75), candidate("b", "exact", 0.95), candidate("b", "former", 0.9)])
    assert (match.organisation_id, match.method, match.score) == ("b", "exact", 0.95)
    assert [one.organisation_id for one in match.candidates] == ["b", "a"]


def test_two_equal_candidates_are_left_to_an_expert() -> None:
    match = choose_best_match([candidate("a", "short", 0.75), candidate("b", "short", 0.75)])
    assert match.organisation_id is None
    assert len(match.candidates) == 2


def test_an_organisation_elsewhere_and_a_head_office_are_candidates_only() -> None:
    match = choose_best_match([candidate("a", "exact", 0.475, elsewhere=True), candidate("b", "branch", 0.5)])
    assert (match.organisation_id, match.method, match.score) == (None, None, 0.0)
    assert {one.organisation_id for one in match.candidates} == {"a", "b"}


def test_no_candidates_give_no_match() -> None:
    assert choose_best_match([]).candidates == ()
