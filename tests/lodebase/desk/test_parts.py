"""Files that arrive at the desk: their names are those that a file system takes."""

from lodebase.desk import parts


def test_a_long_chinese_name_has_few_enough_bytes_and_its_ending() -> None:
    name = parts.clean_file_name("铜矿产地" * 60 + ".csv")
    assert len(name.encode()) <= 255
    assert name.endswith("矿产地.csv")
