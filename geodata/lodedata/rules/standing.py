"""The legal standing of a rule on a day: in force, guidance, draft, superseded, not yet in force, or not verified."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from lodedata.rules.model import Instrument, InstrumentRule

Standing = Literal["in_force", "guidance", "draft", "superseded", "not_yet", "unverified"]
COUNTS: tuple[Standing, ...] = ("in_force", "guidance")
"""Standings whose results count."""
LABELS: Mapping[Standing, tuple[str, str]] = {
    "in_force": ("in force", "现行有效"),
    "guidance": ("guidance, not a condition of approval", "指导性文件，不作为审批前置条件"),
    "draft": ("draft, never issued in this form", "征求意见稿，未以此形式发布"),
    "superseded": ("superseded", "已被替代或到期"),
    "not_yet": ("not yet in force", "尚未生效"),
    "unverified": ("not verified, does not count", "尚未核实，不计入"),
}


def standing(instrument: Instrument, rule: InstrumentRule, on: date) -> Standing:
    """Return the standing of a rule on a day; ``unverified`` too if the first day of its instrument is unknown."""
    if rule.mark != "verified":
        return "unverified"
    if instrument.standing == "draft":
        return "draft"
    if instrument.valid_from is None:
        return "unverified"
    if on < instrument.valid_from:
        return "not_yet"
    if instrument.valid_to is not None and on > instrument.valid_to:
        return "superseded"
    return "guidance" if instrument.standing == "guidance" else "in_force"
