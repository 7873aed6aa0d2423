"""What a picture of the map shows, as read from the store and the ground."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lodebase.operations.formats import NOT_IN_DATA
from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.marks import Mark
from lodebase.topics.pictures.outlines import DrawnGround
from lodebase.topics.pictures.polygons import DrawnPolygon
from lodedata.messages import Message


@dataclass(frozen=True, slots=True)
class PictureSource:
    """A source of the records, with its title in both languages and its licence."""

    title_en: str
    title_zh: str
    licence: str


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A picture of the records that match: frame, marks, ground, and what the strip below the map states."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    committed_at: datetime | None
    collection: str
    filters: tuple[tuple[str, str], ...]
    """The filters as the request has them."""
    scale: int
    """Pixels of the file for one of the drawing."""
    frame: Frame
    polygons: tuple[DrawnPolygon, ...]
    marks: tuple[Mark, ...]
    matched: int
    without_position: int
    sources: tuple[PictureSource, ...]
    ground: DrawnGround
    ground_notes: tuple[Message | str, ...]
    """Whose the base map is, and its number of approval."""
    is_approved: bool
    """Whether the map has a number of approval, which one that is published in China needs."""

    @property
    def mix(self) -> Mapping[str, int]:
        """Return the number of records in the marks by commodity group."""
        mix: dict[str, int] = {}
        for mark in self.marks:
            for group, n in mark.mix.items():
                mix[group] = mix.get(group, 0) + n
        return mix
