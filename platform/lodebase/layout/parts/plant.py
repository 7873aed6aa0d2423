"""The plant of a layout report: what was entered, and a summary.

A text has a field for each language, ``text_en`` and ``text_zh``. Names end with the unit: km, m, t, or tpa for tonnes a year.
A field with a default may be missing in reports that earlier versions saved. The other modules of this folder do the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lodebase.layout.planned.candidate import CandidateUnit, Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantInputs:
    """What was entered about the planned plant, as it was parsed."""

    wkt: str
    lon: float
    lat: float
    reach_m: float
    product: str
    capacity_tpa: float
    on: str
    project_type: str
    radii_km: tuple[float, ...]
    phases: tuple[CandidateUnit, ...] = ()
    feedstock: tuple[Feed, ...]
    declared: Mapping[str, float]
    technology: str | None = None
    owner: str | None = None
    name: str | None = None
    division: str | None = None
    accuracy_m: float
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """The product and place of the plant, and the number of rules that count by result."""

    product: str
    label_en: str
    label_zh: str
    capacity_tpa: float
    place: Mapping[str, str | None]
    counted_rules: Mapping[str, int]
    nearest_km: float | None
    disclaimer_en: str
    disclaimer_zh: str
