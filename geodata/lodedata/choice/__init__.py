"""Which source's value is served where several sources tell of one thing, and why."""

from lodedata.choice.criteria import REASONS
from lodedata.choice.ranks import RANKS
from lodedata.choice.rules import RULES, TOGETHER
from lodedata.choice.served import Choice, Served, choose
from lodedata.choice.testimony import Testimony, leader

__all__ = ["RANKS", "REASONS", "RULES", "TOGETHER", "Choice", "Served", "Testimony", "choose", "leader"]
