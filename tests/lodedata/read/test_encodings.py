"""Encodings of texts: decided by the bytes, or left open with the readings side by side; never silently wrong."""

from pathlib import Path

import pytest

from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.read import FileRefused, Hints, open_tables
from lodedata.read.overview import preview_tables
from lodedata.read.sniff import detect_format

TEXTS = {
    "simplified": "编号,名称,省\n1,德兴铜矿,江西省\n2,金川镍矿,甘肃省\n3,宜春锂矿,江西省\n",
    "traditional": "編號,名稱,縣\n1,金瓜石銅礦,新北市\n2,瑞芳鎳礦,新北市\n",
    "russian": "номер,название,регион\n1,Удоканское месторождение меди,Забайкальский край\n2,Норильск-1,Красноярский край\n",
    "capitals": "N,НАЗВАНИЕ\n1,УДОКАНСКОЕ\n2,НОРИЛЬСК\n",
    "japanese": "番号,名称,県\n1,足尾銅山,栃木県\n2,別子鉱山,愛媛県\n3,ひしかり金山,鹿児島県\n",
    "korean": "번호,이름,지역\n1,상동광산,강원도 영월군\n2,울진 금광,경상북도\n",
    "spanish": "id,nombre,comuna\n1,Mina Peñón,Región de Antofagasta\n2,El Teniente,Chañaral\n3,Cerro Colorado,Tarapacá\n",
    "portuguese": "id,nome\n1,Mineração São João,Goiás\n2,Conceição do Pará,Pará\n",
    "french": "id,nom\n1,Mine de l'Échéance à côté,Québec\n2,Forêt,Évain\n",
    "polish": "id,nazwa\n1,Kopalnia Rudna,Dolnośląskie\n2,Zakład Górniczy Lubin,Łódź\n",
    "czech": "id,name\n1,Důl Příbram,Středočeský kraj\n2,Cínovec,Ústecký\n",
    "hungarian": "id,name\n1,Recsk bánya,Mátraderecske\n2,Gyöngyösoroszi,Hűtő\n",
    "german": "id,name\n1,Grube Zinnwald,Österreich\n2,Altenberg,Büro für Größe\n",
    "one word": "id,nombre\n1,Peña\n",
    "one capital": "id,name\n1,QUÉBEC\n",
    "degrees": "id,lat\n1,23°30'\n2,24°15'\n",
}
LATIN = ("cp1252", "mac_roman", "cp850")
CYRILLIC = ("cp1251", "koi8_r", "iso8859_5", "cp866")
CASES = [
    *(("simplified", encoding) for encoding in ("gb18030", "hz")),
    ("traditional", "big5"),
    *((text, encoding) for text in ("russian", "capitals") for encoding in CYRILLIC),
    *(("japanese", encoding) for encoding in ("shift_jis", "euc_jp", "iso2022_jp")),
    ("korean", "euc_kr"),
    *((text, "cp1252") for text in ("spanish", "portuguese", "french", "german", "degrees", "one word")),
    *((text, encoding) for text in ("portuguese", "french", "german") for encoding in ("mac_roman", "cp850")),
    *((text, "cp437") for text in ("spanish", "french", "german")),
    *((text, encoding) for text in ("polish", "czech") for encoding in ("cp1250", "iso8859_2")),
]


@pytest.mark.parametrize(("text", "encoding"), CASES)
def test_a_text_is_read_in_its_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXTS[text].encode(encoding))
    (table,) = open_tables(path)
    lines = [",".join(table.columns), *(",".join(row.cells) for row in table.rows)]
    assert "\n".join(lines) + "\n" == TEXTS[text]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("one word", "mac_roman"),
        ("one capital", "mac_roman"),
        ("spanish", "mac_roman"),
        ("hungarian", "cp1250"),
        ("japanese", "utf-7"),
    ],
)
def test_an_open_encoding_is_refused_with_its_readings(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXTS[text].encode(encoding))
    found = detect_format(path)
    assert found.choice is not None and encoding in [one.encoding for one in found.choice.open]
    with pytest.raises(FileRefused, match=f"do not decide the encoding.*{encoding}: '") as refused:
        open_tables(path)
    assert len(found.choice.open) <= 3 and str(refused.value).count(": '") <= 3
    suggested = write_mapping_suggestion(path)
    assert 'encoding: "?"' in suggested and f"#   {encoding}: " in suggested
    assert preview_tables(path)[0]["rows"], "the tables are shown meanwhile"
    (table,) = open_tables(path, Hints(encoding=encoding))
    assert ",".join(table.columns) == TEXTS[text].splitlines()[0]


def test_a_telephone_number_is_no_utf_7(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,phone\n1,+56912345\n2,+86-10-12345678\n", "ascii")
    assert detect_format(path).choice is None


def test_a_letter_far_down_is_compared_too(tmp_path: Path) -> None:
    """The first lines are alike in Windows-1252 and Windows-1250."""
    path = tmp_path / "t.csv"
    rows = [f"{at},Mina á{at}" for at in range(20_000)]
    path.write_bytes("\n".join(["id,name", *rows, "z,Příbram Důl lom na pod"]).encode("cp1250"))
    found = detect_format(path)
    assert found.encoding in ("cp1250", "iso8859_2") or found.choice is not None
