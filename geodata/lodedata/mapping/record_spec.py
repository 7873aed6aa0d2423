"""The mapping of the parts of a record: its position, commodities, estimates, phases, owners and zone."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from lodedata.mapping.cell_spec import (
    AmountSpec,
    Cell,
    CellSpec,
    Model,
    build_map_validator,
    build_unit_validator,
    expand_short_form,
)
from lodedata.messages import msg
from lodedata.records import CommodityRank
from lodedata.validation import InvalidValue


class Accuracy(Model):
    """The radius in metres within which the true position lies, for all rows or by the values of a column."""

    column: str | None = None
    map: dict[str, float] = {}
    default: float | None = None


class PositionSpec(Model):
    """The position of a row: two columns, the geometry of the file or a column of it, in a coordinate reference system."""

    lon: CellSpec | None = None
    lat: CellSpec | None = None
    geometry: bool = False
    wkt: CellSpec | None = Field(None, description="a geometry as well-known text (WKT) in one cell")
    ring: CellSpec | None = Field(None, description="a list of corner points in one cell, for records with a polygon")
    angles: Literal["decimal", "D.MMSS", "DDMMSS"] = Field(
        "decimal",
        description="how degrees are written: D.MMSS is minutes and seconds after the point of corner points, "
        "DDMMSS degrees, minutes and seconds of `lon` and `lat` without anything between them",
    )
    crs: str | None = Field(None, description="a code such as EPSG:4490; without it the file's own, else WGS 84")
    decimal: Literal[".", ","] = "."
    accuracy_m: float | Accuracy | None = None
    method: CellSpec | None = None

    @model_validator(mode="after")
    def _require_one_origin(self) -> "PositionSpec":
        if sum((self.geometry, self.wkt is not None, self.ring is not None, self.lon is not None or self.lat is not None)) != 1:
            raise InvalidValue(msg("say one of `geometry: true`, `wkt`, `ring`, and `lon` with `lat`"))
        if (self.lon is None) != (self.lat is None):
            raise InvalidValue(msg("say both `lon` and `lat`"))
        if self.angles == "DDMMSS" and self.lon is None:
            raise InvalidValue(msg("`angles: DDMMSS` is for `lon` and `lat`; corner points are decimal or D.MMSS"))
        return self


class CommoditySpec(Cell):
    """One column of commodities; a single value of rank ``main`` is the main commodity, several are co-products."""

    rank: CommodityRank = "main"


class StatusSpec(Cell):
    """A status and its date; values in ``inferred`` mark a status that nobody reported."""

    date: CellSpec | None = None
    inferred: tuple[str, ...] = ()


class MeasureSpec(Model):
    """Grade and contained amount of one commodity."""

    commodity: Annotated[CellSpec, build_map_validator("commodity")]
    grade: Annotated[AmountSpec | None, build_unit_validator("grade")] = None
    contained: Annotated[AmountSpec | None, build_unit_validator("mass")] = None


class EstimateSpec(Model):
    """One resource or reserve figure of a row."""

    category: Annotated[CellSpec, build_map_validator("resource-category", "reserve-category")]
    code: Annotated[CellSpec | None, build_map_validator("classification-code")] = None
    date: CellSpec | None = None
    ore: Annotated[AmountSpec | None, build_unit_validator("mass")] = None
    cut_off: CellSpec | None = None
    includes_reserves: bool | None = None
    competent_person: CellSpec | None = None
    zone: CellSpec | None = None
    covers: CellSpec | None = None
    measures: tuple[MeasureSpec, ...] = ()


class PhaseSpec(Model):
    """One unit of a project."""

    name: CellSpec | None = None
    phase_type: Annotated[CellSpec | None, build_map_validator("phase-type")] = None
    product: Annotated[CellSpec | None, build_map_validator("product")] = None
    capacity: Annotated[AmountSpec | None, build_unit_validator("rate")] = None
    status: Annotated[Annotated[StatusSpec, BeforeValidator(expand_short_form)] | None, build_map_validator("status")] = None
    start: CellSpec | None = None
    end: CellSpec | None = None
    technology: CellSpec | None = None
    note: CellSpec | None = None


class OwnerSpec(Model):
    """One owner or operator; a ``pattern`` on the name has the groups ``name`` and ``share``."""

    name: CellSpec
    share: AmountSpec | None = None
    uscc: CellSpec | None = None
    role: Literal["owner", "operator"] = "owner"

    @model_validator(mode="after")
    def _groups(self) -> "OwnerSpec":
        if self.name.pattern is not None and {"name", "share"} - re.compile(self.name.pattern).groupindex.keys():
            raise InvalidValue(msg("the `pattern` of an owner needs the groups (?P<name>...) and (?P<share>...)"))
        return self


class ZoneSpec(Model):
    """The mapping of polygons of a table to zones; names come from the table's own keys."""

    kind: CellSpec
    code: CellSpec
    accuracy_m: float | None = Field(None, ge=0)
    valid_from: CellSpec | None = None
    valid_to: CellSpec | None = None
