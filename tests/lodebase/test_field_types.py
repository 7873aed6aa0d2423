"""Types of parameters: what each reads, and the one sentence that refuses anything else, in both languages."""

from datetime import date
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import create_model

from lodebase import field_types
from lodebase.errors import BadQuery, NotFound
from lodebase.field_types import (
    MAX_LIMIT,
    Choice,
    Code,
    Day,
    Description,
    ExactText,
    FieldType,
    Limit,
    PageLength,
    PartialDay,
    Percent,
    Place,
    RecordId,
    Tonnes,
    Truth,
    Version,
    WholeNumber,
)
from lodebase.operations.parameters import Parameters
from lodebase.operations.row_parameters import CollectionRowParameters
from lodebase.query import Bbox
from lodebase.query.filters.spatial.box import BOX
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodedata.messages import msg
from lodedata.records import PartialDate

BoundingBox = Annotated[Bbox, BOX]
Division = Annotated[str, Code("division")]
Province = Annotated[str, Code("division", "CHN")]
Short = Annotated[str, ExactText(4, msg("A name."))]
Step = Annotated[int, WholeNumber(0, 5, msg("A step."))]
Length = Annotated[int, PageLength(50, 10, msg("The number of rows."))]
Side = Annotated[str, Choice(("left", "right"), msg("The side."))]
READ = [
    (Day, "2026-03-31", date(2026, 3, 31)),
    (Day, "２０２６-０３-３１", date(2026, 3, 31)),
    (Day, "2026年3月31日", date(2026, 3, 31)),
    (Day, "20260331", date(2026, 3, 31)),
    (PartialDay, "2026-03", PartialDate(date(2026, 3, 1), "month")),
    (Division, "CN-JX", "CN-JX"),
    (Province, "江西", "CN-JX"),
    (Province, "cn-jx", "CN-JX"),
    (Short, " （甲） ", "（甲）"),
    (Version, "12", 12),
    (Step, "５", 5),
    (Version, "１２", 12),
    (Percent, "１２.5", 12.5),
    (Tonnes, "1,000,000", 1e6),
    (Place, "117.7,29.0", (117.7, 29.0)),
    (Place, "29°0′N 117°42′E", (117.7, 29.0)),
    (BoundingBox, "-75,-30,-65,-20", Bbox(-75, -30, -65, -20)),
    (Limit, "99999999", MAX_LIMIT),
    (Length, "000012", 12),
    (Length, "9" * 5_000, 50),
    (Truth, "NO", False),
    (RecordId, "deposit-1", "deposit-1"),
    (Side, "left", "left"),
]
REFUSED = [
    (Day, "2026-03"),
    (Day, "2026-02-30"),
    (Day, "20260230"),
    (Short, "甲乙丙丁戊"),
    (Version, "0"),
    (Step, "1.5"),
    (Step, "6"),
    (Version, "1234567890"),
    (Version, "True"),
    (PartialDay, "soon"),
    (Division, "Atlantis"),
    (Percent, "101"),
    (Percent, "nan"),
    (Tonnes, "-1"),
    (Tonnes, "3万吨"),
    (Place, "far away"),
    (BoundingBox, "1,2,3"),
    (Limit, "0"),
    (Length, "0"),
    (Length, ""),
    (Length, "1e3"),
    (Truth, "perhaps"),
    (RecordId, "two words"),
    (Side, "up"),
]


def model_of(annotation: Any) -> type[Parameters]:
    return create_model("Given", __base__=Parameters, value=(annotation, ...))


@pytest.mark.parametrize(("annotation", "text", "value"), READ)
def test_a_text_of_the_type_is_read(annotation: Any, text: str, value: object) -> None:
    found = getattr(model_of(annotation).parse({"value": text}), "value")  # noqa: B009 - the model is made here
    assert found == (pytest.approx(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize(("annotation", "text"), REFUSED)
def test_any_other_text_is_refused_with_a_sentence_in_each_language(annotation: Any, text: str) -> None:
    with pytest.raises(BadQuery) as refused:
        model_of(annotation).parse({"value": text})
    english, chinese = (refused.value.in_language(lang) for lang in ("en", "zh"))
    assert "%(" not in english + chinese and english != chinese
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese) and "Enter" not in chinese


@pytest.mark.parametrize(
    "annotation", [Day, PartialDay, Division, Percent, Tonnes, Place, BoundingBox, Limit, Truth, RecordId, Side]
)
def test_a_required_value_that_is_missing_or_empty_gets_its_advice(annotation: Any) -> None:
    for given in ({}, {"value": " "}):
        with pytest.raises(BadQuery) as refused:
            model_of(annotation).parse(given)
        assert refused.value.parameter == "value"
        assert refused.value.in_language("en").startswith("value is missing. ")
        assert refused.value.in_language("zh").startswith("缺少 value")


def test_a_description_replaces_that_of_the_type_also_of_an_optional_value() -> None:
    described = Annotated[Day | None, Description(msg("The day of the import."))]
    (found,) = create_model("Optional", __base__=Parameters, date=(described, None)).described()
    assert (str(found.text), found.required, found.field_type) == ("The day of the import.", False, field_types.DAY)
    assert found.schema["format"] == "date"


def test_each_type_has_a_schema_and_its_texts() -> None:
    types = [var for var in vars(field_types).values() if isinstance(var, FieldType)]
    assert len(types) >= 8
    for type_ in types:
        assert type_.schema["type"] in ("string", "number", "integer")
        assert all(str(text).strip() for text in (type_.text, type_.advice))


class ChartedParameters(CollectionRowParameters):
    """The filters of the collection that the path names, and a length."""

    needs_radius: ClassVar[bool] = True
    length: Length = 10


def test_the_path_names_the_collection_whose_filters_are_read() -> None:
    deposits, rights = ({"name": name} for name in ("deposits", "mining-rights"))
    assert "size_class" in ChartedParameters.names(deposits) and "size_class" not in ChartedParameters.names(rights)
    read = ChartedParameters.parse({**deposits, "country": "CHL", "length": "20"})
    assert (read.query.collection, read.query.selections, read.length) == ("deposits", {"country": ("CHL",)}, 20)
    with pytest.raises(BadQuery, match="size_class is not a parameter here"):
        ChartedParameters.parse({**rights, "size_class": "large"})
    with pytest.raises(NotFound):
        ChartedParameters.names({"name": "nothing"})


def test_a_search_around_a_place_needs_a_radius_where_the_order_does_not_matter() -> None:
    with pytest.raises(BadQuery, match="nearest excludes no record"):
        ChartedParameters.parse({"name": "deposits", "nearest": "1,2"})
    read = ChartedParameters.parse({"name": "deposits", "near": "1,2", "radius_km": "5"})
    assert read.query.conditions == (DistanceCondition(1, 2, 5),)
