"""A finished GeoJSON feature as it is kept: each of the texts that features share is one character there.

JSON has no control characters, so these stand for nothing else; a text without them is its own short form.
"""

from functools import lru_cache

COMMON = (
    (
        ',"age":null,"exploration_stage":null,"discovery_year":null,"mine_status":null,"mine_status_date":null'
        ',"size_class":null,"size_commodity":null,"size_basis":null,"size_basis_value_t":null,"position_accuracy_m":'
    ),
    '","geometry":{"type":"Point","coordinates":[',
    (
        '","division":null,"occurrence_type":null,"deposit_model":null,"deposit_model_reported":null'
        ',"deposit_form":null,"host_unit":null'
    ),
    '"],"flags":[],"note_en":null,"note_zh":null',
    ']},"properties":{"name_en":"',
    '{"type":"Feature","id":"',
    '","major_commodities":["',
    '"],"commodity_group":"',
    '","information_date":"',
    ',"position_method":"',
    '"],"commodities":["',
    '","aliases":[],"main_commodity":"',
    ',"discovery_year":null,"mine_status":null,"mine_status_date":null,"size_class":"',
    '","deposit_model_reported":"',
    '","sources":["',
    '","name_zh":null,"aliases":[],"main_commodity":"',
    '","country":"',
    '","deposit_form":null,"host_unit":null',
    ',"position_accuracy_m":',
    '"],"flags":[],"note_en":"',
    (
        '","discovery_date":null,"announced_by":null,"activity_type":null,"result":null,"exploration_stage":null'
        ',"stage_reported":null,"deposit_model":"'
    ),
    '","division":"',
    '"],"main_commodity":"',
    '","name_zh":"',
)
"""The texts, in the order in which the store looks for them; it has its own copy, so a change of them is a migration too."""
CHARACTERS = "\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1f"
"""What stands for each: those that COPY writes as they are, without the separator of a GeoJSON sequence."""


def in_full(features: bytes) -> bytes:
    """Any number of features, written out."""
    for character, text in _shortest_first():
        features = features.replace(character, text)
    return features


@lru_cache(maxsize=1)
def _shortest_first() -> tuple[tuple[bytes, bytes], ...]:
    # the longest are put in last, so that as little as can be is copied again
    made = ((character.encode(), text.encode()) for character, text in zip(CHARACTERS, COMMON, strict=True))
    return tuple(sorted(made, key=lambda pair: len(pair[1])))
