"""Problems of rows, files and positions, each with its rule and its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from lodedata.messages import Message
from lodedata.problem_rules.drilling import DRILLING_RULES
from lodedata.problem_rules.figures import FIGURE_RULES
from lodedata.problem_rules.positions import POSITION_RULES
from lodedata.problem_rules.registers import REGISTER_RULES
from lodedata.problem_rules.report_estimates import REPORT_ESTIMATE_RULES
from lodedata.problem_rules.rows import ROW_RULES
from lodedata.problem_rules.rule import ProblemRule
from lodedata.problem_rules.statistics import STATISTICS_RULES
from lodedata.vocab import read_vocabulary_title

MAX_SHOWN_CHARACTERS = 80
"""Characters of a value that a sentence shows."""

RULES: Mapping[str, ProblemRule] = {
    **ROW_RULES,
    **STATISTICS_RULES,
    **REGISTER_RULES,
    **REPORT_ESTIMATE_RULES,
    **DRILLING_RULES,
    **FIGURE_RULES,
    **POSITION_RULES,
}
"""Every rule by its name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that breaks a rule; ``column`` is the column of the file, ``suggestion`` the likely correct (lon, lat).

    The details are further arguments of the rule's sentence, such as a label or a message; ``value`` may be one of them.
    """

    rule: str
    value: str
    column: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    suggestion: tuple[float, float] | None = None

    @property
    def refuses(self) -> bool:
        """Whether the rule puts a row in quarantine."""
        return RULES[self.rule].weight == "refuse"

    @property
    def excludes(self) -> bool:
        """Whether the rule says why a row is out of scope."""
        return RULES[self.rule].weight == "scope"

    @property
    def left_out(self) -> bool:
        """Whether a part of the row is left out of its record."""
        return RULES[self.rule].left_out

    def sentence(self, language: str = "en") -> str:
        """Return the sentence with its values, in a language."""
        if self.detail:
            return _build_message(self.rule, self.value, self.detail).in_language(language)
        return _write_sentence(self.rule, self.value, language)


@cache
def list_flag_titles() -> Mapping[str, Message]:
    """Return the title of each rule that flags."""
    return {name: rule.title for name, rule in RULES.items() if rule.title is not None}


def _build_message(rule: str, value: str, detail: Mapping[str, object]) -> Message:
    shown = value if len(value) <= MAX_SHOWN_CHARACTERS else value[: MAX_SHOWN_CHARACTERS - 3] + "..."
    named = {"vocabulary": read_vocabulary_title(str(detail["vocabulary"]))} if "vocabulary" in detail else {}
    return Message(RULES[rule].sentence.template, {"hint": "", "value": shown, **detail, **named})


# rows of a source often have the same problems: no position, a position rounded to a tenth of a degree
@lru_cache(maxsize=4096)
def _write_sentence(rule: str, value: str, language: str) -> str:
    return _build_message(rule, value, {}).in_language(language)
