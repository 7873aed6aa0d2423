"""Pages of mining rights, in a store with a right over a deposit; the name of the person is made up."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.topics.pictures.polygons import find_right_state
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

PERSON = "QUIROGA ELVIRA"
ABOUT = """
title_en: Own table
title_zh: 自有表
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
"""
RIGHTS = f"""
name: own-rights
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: mining_right}}
    name_en: name
    position: {{ring: corners}}
    right_no: id
    right_kind: {{const: exploration}}
    status: {{const: granted}}
    valid_from: {{const: "2020-01-01"}}
    valid_to: to
    holder: holder
    commodities: [{{const: copper}}]
    country: {{const: CHN}}
    division: {{const: CN-GS}}
    information_date: {{const: "2026-01"}}
"""
DEPOSITS = f"""
name: own-deposits
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: deposit}}
    name_en: name
    position: {{lon: lon, lat: lat, accuracy_m: 50}}
    country: {{const: CHN}}
    division: {{const: CN-GS}}
    commodities: [{{const: copper}}]
"""
PROJECTS = f"""
name: own-projects
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: project}}
    name_en: name
    position: {{lon: {{const: "103.15"}}, lat: {{const: "36.15"}}, accuracy_m: 50}}
    country: {{const: CHN}}
    commodities: [{{const: copper}}]
    owners: [{{name: owner}}]
"""
CORNERS = "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2 4,103.1,36.2"
OwnStore = Callable[[str], AbstractContextManager[Store]]


def load(store: Store, mapping: str, path: Path) -> None:
    source = Source.model_validate(yaml.safe_load(mapping))
    run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


@pytest.fixture(scope="module")
def site(own_store: OwnStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with two rights, one of a person, and three deposits."""
    folder = tmp_path_factory.mktemp("rights")
    rights, deposits = folder / "rights.csv", folder / "deposits.csv"
    rows = [f'T1,North block,"{CORNERS}",2999-12-31,ALFA S.A.', f'T2,Same ground,"{CORNERS}",2021-12-31,"{PERSON}"']
    rights.write_text("\n".join(["id,name,corners,to,holder", *rows]), "utf-8")
    deposits.write_text("id,name,lon,lat\n1,First Hill,103.15,36.15\n2,Second Hill,105,36\n", "utf-8")
    with own_store("right_pages") as store:
        load(store, RIGHTS, rights)
        load(store, DEPOSITS, deposits)
        projects = folder / "projects.csv"
        projects.write_text("id,name,owner\n1,First Mill,Alfa S.A.\n2,Other Mill,Beta S.A.\n", "utf-8")
        load(store, PROJECTS, projects)
        app = create_app(settings_of(store.addresses))
        yield app
        closed(app)


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


def text(visitor: FlaskClient, path: str) -> str:
    response = visitor.get(path)
    page = response.get_data(as_text=True)
    assert response.status_code == 200, page
    assert PERSON not in page
    return page


def identity(visitor: FlaskClient, collection: str, name: str) -> str:
    features = visitor.get(f"/api/collections/{collection}/items?name_en={name}").get_json(force=True)["features"]
    return str(features[0]["id"])


@pytest.mark.parametrize(("lang", "holder", "surely"), [("en", "natural person", "surely"), ("zh", "自然人", "确定")])
def test_a_geologist_sees_who_holds_the_ground_over_a_deposit_and_until_when(
    visitor: FlaskClient, lang: str, holder: str, surely: str
) -> None:
    page = text(visitor, f"/records/{identity(visitor, 'deposits', 'First Hill')}?lang={lang}")
    section = page[page.index('id="rights-title"') :]
    assert "ALFA S.A." in section
    assert "2999-12-31" in section
    assert holder in section.lower()
    assert surely in section


def test_the_page_of_a_right_has_its_corners_its_deposits_and_its_overlap(visitor: FlaskClient) -> None:
    page = text(visitor, f"/records/{identity(visitor, 'mining-rights', 'North block')}")
    assert "CGCS2000 / 3-degree Gauss-Kruger zone 34" in page
    assert "103°06′00.00″E, 36°06′00.00″N" in page
    assert "103.1, 36.1" in page
    assert "First Hill" in page
    assert "Second Hill" not in page
    assert "plan overlap, depth not known" in page


@pytest.mark.parametrize(("lang", "mineral"), [("en", "Copper"), ("zh", "铜")])
def test_the_example_of_a_mineral_is_in_the_language_of_the_page_and_found(
    visitor: FlaskClient, lang: str, mineral: str
) -> None:
    assert f'placeholder="{mineral}"' in text(visitor, f"/rights?lang={lang}")
    assert "North block" in text(visitor, f"/rights?lang={lang}&commodity={mineral}")


def test_the_register_lists_rights_by_holder_term_and_day(visitor: FlaskClient) -> None:
    assert "North block" in text(visitor, "/rights")
    assert "Same ground" in text(visitor, "/rights?lang=zh")
    assert "Same ground" not in text(visitor, "/rights?on=2026-01-31")
    assert "Same ground" in text(visitor, "/rights?on=")
    assert "North block" not in text(visitor, "/rights?expires_before=2030-01-01")
    assert "No notice is open" in text(visitor, "/rights?on=9999-12-31&lang=en")
    assert "North block" in text(visitor, "/rights?holder=alfa&right_kind=exploration&commodity=copper")
    assert visitor.get("/rights?on=never").status_code == 400
    for path in ("/rights", "/rights/candidates"):
        assert 'href="?skip=0"' in text(visitor, f"{path}?skip=1")


def test_candidates_are_findings_with_the_state_of_the_register(visitor: FlaskClient) -> None:
    page = text(visitor, "/rights/candidates?on=2026-01-31")
    assert "covered, surely" in page
    assert re.search(r"no right known here \(register as of 2026-01\)", page)
    assert "not recommendations" in page
    assert "First Hill" not in text(visitor, "/rights/candidates?covered=none-known")
    assert visitor.get("/rights/candidates?covered=perhaps").status_code == 400
    file = "/api/rights/candidates?on=9999-12-31&amp;limit=10000&amp;f=csv"
    assert f'href="{file}"' in text(visitor, "/rights/candidates?skip=1&on=9999-12-31")
    # the address of earlier versions leads to all rows, whatever page it came from
    rows = visitor.get("/rights/candidates.csv?skip=1", follow_redirects=True).get_data(as_text=True).splitlines()
    assert len(rows) == 3
    assert [row.split(",")[2] for row in rows[1:]] == ["First Hill", "Second Hill"]
    assert "登记" in text(visitor, "/rights/candidates?lang=zh")


def test_no_search_export_or_source_row_names_the_person(visitor: FlaskClient) -> None:
    for path in (
        "/api/collections/mining-rights/items?f=json",
        "/api/collections/mining-rights/download/csv",
        "/api/sources/own-rights/records/T2?f=html",
        "/api/collections/mining-rights/facets",
        "/api/changes",
    ):
        text(visitor, path)
    for query in ("quiroga", "T2"):
        assert PERSON not in str(visitor.get(f"/api/search?q={query}").get_json(force=True))


def test_search_finds_a_right_by_its_number(visitor: FlaskClient) -> None:
    for typed in ("T1", "t1"):
        first = visitor.get(f"/api/search?q={typed}").get_json(force=True)["suggestions"][0]
        assert (first["kind"], first["name_en"], first["matched"], first["match"]) == (
            "mining_right",
            "North block",
            "T1",
            "number",
        )
    assert "North block" in text(visitor, first["href"].removeprefix("http://localhost"))
    assert visitor.get("/api/search?q=T1&kind=deposit").get_json(force=True)["suggestions"] == []


def test_a_project_of_the_holder_is_apart_from_others_inside_a_right(visitor: FlaskClient) -> None:
    right = identity(visitor, "mining-rights", "North block")
    page = text(visitor, f"/records/{right}?lang=en")
    inside = page[page.index('id="inside-title"') :]
    line = {name: next(part for part in inside.split("</li>") if name in part) for name in ("First Mill", "Other Mill")}
    assert ["of the same holder" in line[name] for name in line] == [True, False]
    project = identity(visitor, "projects", "First Mill")
    page = text(visitor, f"/records/{project}?lang=en")
    assert page.count("also of this record") == 1
    for address in (f"/items/{right}?f=json", f"/items?holder_projects={project}"):
        found = visitor.get(f"/api/collections/mining-rights{address}").get_json(force=True)
        (feature,) = found.get("features", [found])
        assert feature["properties"]["holder_projects"] == [project]


def test_rights_are_served_in_terms_of_mineral_tenement_ml(visitor: FlaskClient) -> None:
    response = visitor.get("/api/mining-rights/mineral-tenements?lang=en")
    assert response.mimetype == "application/geo+json"
    features = {feature["properties"]["fileID"]: feature for feature in response.get_json(force=True)["features"]}
    first = features["T1"]
    assert first["geometry"]["type"] == "MultiPolygon"
    assert first["properties"] == {
        "identifier": f"http://localhost/records/{first['id']}",
        "name": "North block",
        "fileID": "T1",
        "tenementType": "Exploration right",
        "tenementType_uri": "http://resource.geoscience.gov.au/classifier/ggic/tenementtype/exploration",
        "commodity": "Copper",
        "commodity_uri": "http://resource.geosciml.org/classifier/cgi/commodity-code/copper",
        "owner": "ALFA S.A.",
        "status": "Granted",
        "area": pytest.approx(100, rel=0.01),
        "grantDate": "2020-01-01",
        "expireDate": "2999-12-31",
    }
    assert features["T2"]["properties"]["owner"] == "Natural person"
    assert PERSON not in response.get_data(as_text=True)
    page = visitor.get("/api/mining-rights/mineral-tenements?limit=1&on=2021-01-01").get_json(force=True)
    (after,) = (link["href"] for link in page["links"] if link["rel"] == "next")
    assert (page["numberMatched"], "on=2021-01-01" in after) == (2, True)
    assert visitor.get("/api/mining-rights/mineral-tenements?near=1,2").status_code == 400


@pytest.fixture(scope="module")
def damaged(own_store: OwnStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site with rights and protected areas of which one each has an unreadable polygon, and one right has none."""
    folder = tmp_path_factory.mktemp("damaged")
    good = "POLYGON ((103.1 36.1, 103.2 36.1, 103.2 36.2, 103.1 36.1))"
    shapes = [f'1,Sound,"{good}"', '2,Broken,"POLYGON ((103.1 36.1, 103.2"', "3,Bare,"]
    with own_store("damaged_polygons") as store:
        for kind, named in (("mining_right", "right_no: id"), ("zone", "zone_kind: {const: protected-area}\n    code: id")):
            path = folder / f"{kind}.csv"
            path.write_text("\n".join(["id,name,shape", *shapes[: 3 if kind == "mining_right" else 2]]), "utf-8")
            load(
                store,
                f"name: own-{kind.replace('_', '-')}\n{ABOUT}tables:\n  - key: '{{id}}'\n    kind: {{const: {kind}}}\n"
                f"    name_en: name\n    {named}\n    position: {{wkt: shape}}\n",
                path,
            )
        app = create_app(settings_of(store.addresses))
        yield app.test_client()
        closed(app)


@pytest.mark.parametrize(
    ("collection", "name", "reported"),
    [("mining-rights", "Broken", True), ("mining-rights", "Bare", False), ("zones", "Broken", False)],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_record_without_a_readable_polygon_has_a_page(
    damaged: FlaskClient, collection: str, name: str, reported: bool, lang: str
) -> None:
    page = text(damaged, f"/records/{identity(damaged, collection, name)}?lang={lang}")
    unread = {"en": "can&#39;t be read", "zh": "无法读取"}[lang]
    assert (unread in page) == (name == "Broken")
    assert ("As reported" in page or "原文" in page) or not reported
    if collection == "mining-rights":
        assert 'id="layout-map"' not in page


def test_an_unreadable_polygon_is_named_with_its_reason(damaged: FlaskClient) -> None:
    """The page of updates, and the row with its reason there."""
    page = text(damaged, "/updates?lang=en")
    assert "the polygon can&#39;t be read" in page
    assert "mining_right.csv, row 3" in page


@pytest.mark.parametrize("collection", ["mining-rights", "zones"])
@pytest.mark.parametrize("form", ["json", "csv", "gpkg", "geojson", "xlsx"])
def test_every_download_has_the_records_without_polygon(damaged: FlaskClient, collection: str, form: str) -> None:
    address = f"/api/collections/{collection}/{'items?f=json' if form == 'json' else f'download/{form}'}"
    with damaged.get(address) as response:
        content = response.get_data()
    assert response.status_code == 200
    assert form == "xlsx" or b"Broken" in content


SALES = f"""
name: own-sales
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: right_sale}}
    name_en: name
    notice_type: {{const: listing-notice}}
    bidding_to: {{column: until}}
    commodities: [{{column: metal}}]
    country: country
    right_kind: kind
    seller: seller
"""


@pytest.fixture(scope="module")
def offers(own_store: OwnStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site with a right, notices of sales that are open, past and undated, and one deposit in two rows."""
    folder = tmp_path_factory.mktemp("offers")
    sales, deposits, rights = folder / "sales.csv", folder / "deposits.csv", folder / "rights.csv"
    rows = (
        "1,Open ground,2026-11-30,copper,CHN,exploration,Department of Resources",
        "2,Closed ground,2026-10-01,copper,CHN,mining,Department of Resources",
        "3,Undated ground,,copper,CHN,,",
        "4,Coal ground,2026-11-01,coal,CHN,mining,Beta Mining Ltd",
    )
    sales.write_text("\n".join(["id,name,until,metal,country,kind,seller", *rows]), "utf-8")
    deposits.write_text("id,name,lon,lat\n1,First Hill,103.15,36.15\n2,first hill,103.151,36.151\n3,Far Hill,105,36\n", "utf-8")
    rights.write_text(f'id,name,corners,to,holder\nT1,North block,"{CORNERS}",2999-12-31,ALFA S.A.', "utf-8")
    with own_store("right_offers") as store:
        for mapping, path in ((SALES, sales), (DEPOSITS, deposits), (RIGHTS, rights)):
            load(store, mapping, path)
        app = create_app(settings_of(store.addresses))
        yield app.test_client()
        closed(app)


def test_what_is_on_offer_comes_first_and_a_notice_past_its_closing_day_is_past(offers: FlaskClient) -> None:
    page = text(offers, "/rights?on=2026-10-15&lang=en")
    order = [page.index(name) for name in ("Open ground", "Undated ground", "Closed ground", "Coal ground", "North block")]
    assert order == sorted(order)
    # what is no mineral of this site is apart from what is on offer
    assert page.index("Notices of other minerals (1)") < page.index("Coal ground")
    assert page.index("Past notices (1)") < page.index("Closed ground")
    late = text(offers, "/rights?on=2026-12-01&lang=en")
    assert "No notice is open on this day." in late and "The closing day of 2 notices has passed." in late


def test_a_candidate_in_two_rows_is_one_and_names_its_holder(offers: FlaskClient) -> None:
    rows = text(offers, "/api/rights/candidates?f=csv&on=2026-01-31").splitlines()
    header, *found = (row.split(",") for row in rows)
    named = {row[2].lower(): row[header.index("holders")] for row in found}
    assert len(found) == 2 and named == {"first hill": "ALFA S.A.", "far hill": ""}
    page = text(offers, "/rights/candidates?lang=zh")
    assert '<select name="country">' in page and '<option value="CHN">中国</option>' in page and "ALFA S.A." in page


def test_notices_are_a_table_with_their_state_and_follow_the_filter(offers: FlaskClient) -> None:
    sales = offers.get("/api/rights/sales?on=2026-10-15").get_json(force=True)["sales"]
    states = {sale["name_en"]: (sale["state"], sale["days_left"]) for sale in sales}
    assert states["Closed ground"] == ("past", None) and states["Undated ground"] == ("undated", None)
    assert states["Open ground"][0] == "open" and states["Open ground"][1] >= 0
    rows = text(offers, "/api/rights/sales?on=2026-10-15&state=open&f=csv").splitlines()
    assert len(rows) == 1 + sum(state == "open" for state, _days in states.values())
    assert "Coal ground" in text(offers, "/rights?on=2026-10-15")
    assert "Coal ground" not in text(offers, "/rights?on=2026-10-15&commodity=copper")
    assert "Open ground" in text(offers, "/api/rights/sales?on=2026-10-15&f=html&lang=zh")
    assert offers.get("/api/rights/sales?state=maybe").status_code == 400


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("right_kind=mining", {"Closed ground", "Coal ground"}),
        ("right_kind=exploration,mining&commodity=copper", {"Open ground", "Closed ground"}),
        ("holder=beta", {"Coal ground"}),
        ("holder=100%25", set()),
    ],
)
def test_notices_follow_the_filters_of_kind_and_holder(offers: FlaskClient, query: str, names: set[str]) -> None:
    for address in ("/api/rights", "/api/rights/sales"):
        sales = offers.get(f"{address}?on=2026-10-15&{query}").get_json(force=True)["sales"]
        assert {sale["name_en"] for sale in sales} == names, address
    page = text(offers, f"/rights?on=2026-10-15&{query}&lang=en")
    assert all(name in page for name in names) and ("Undated ground" in page) is False
    assert f"/api/rights/sales?on=2026-10-15&{query.replace(',', '%2C')}".replace("&", "&amp;") in page


def test_the_register_is_data_with_the_rights_of_a_holder(visitor: FlaskClient) -> None:
    found = visitor.get("/api/rights?holder=alfa&on=2026-01-31").get_json(force=True)
    assert found["numberMatched"] == 1 and found["date"] == "2026-01-31"
    assert [(right["right_no"], right["holder"], right["status_on"]) for right in found["rights"]] == [
        ("T1", "ALFA S.A.", "granted")
    ]
    assert PERSON not in str(visitor.get("/api/rights").get_json(force=True))


def test_the_picture_of_rights_has_outlines_as_the_layer_of_the_map_has(visitor: FlaskClient) -> None:
    near = text(visitor, "/api/map/image?collection=mining-rights&f=svg")
    colour = "#1d5fa8"
    (valid, _sample) = re.findall(
        rf'<path d="M([^"]+)Z" stroke="{colour}" [^>]* fill="{colour}" fill-opacity="0.18"', near, re.I
    )
    (ended,) = re.findall(rf'<path d="M([^"]+)Z" stroke="{colour}" [^>]* fill="none" [^>]*stroke-dasharray="1.5 3"', near)
    assert valid == ended
    corners = [tuple(map(float, corner.split())) for corner in valid.split("L")]
    width, height = (max(values) - min(values) for values in zip(*corners, strict=True))
    # a tenth of a degree of longitude and of latitude at 36.15 degrees north
    assert width > 500 and height / width == pytest.approx(1 / math.cos(math.radians(36.15)), rel=0.005)
    assert "Exploration right 2<" in near and "not in force<" in near and "too small" not in near
    assert "探矿权 2<" in text(visitor, "/api/map/image?collection=mining-rights&f=svg&lang=zh")


def test_a_right_on_a_picture_is_hatched_if_it_ends_within_a_year(own_store: OwnStore, tmp_path: Path) -> None:
    day = date.today()
    ends = {"Soon": day + timedelta(100), "Later": day + timedelta(500), "Ended": day - timedelta(100)}
    rows = [f'{number},{name},"{CORNERS}",{end},ALFA S.A.' for number, (name, end) in enumerate(ends.items())]
    path = tmp_path / "rights.csv"
    path.write_text("\n".join(["id,name,corners,to,holder", *rows]), "utf-8")
    with own_store("right_pictures") as store:
        load(store, RIGHTS, path)
        app = create_app(settings_of(store.addresses))
        svg = text(app.test_client(), "/api/map/image?collection=mining-rights&f=svg")
        picture = app.test_client().get("/api/map/image?collection=mining-rights&f=png")
        assert picture.status_code == 200 and picture.mimetype == "image/png"
        closed(app)
    assert svg.count('<pattern id="hatching-exploration"') == svg.count('fill="url(#hatching-exploration)"') == 1
    # the legend has a sample of its own
    assert svg.count('<pattern id="hatching-other"') == svg.count('fill="url(#hatching-other)"') == 1
    assert "ends within a year<" in svg and "Exploration right 3<" in svg and "not in force<" in svg


@pytest.mark.parametrize(
    ("status", "valid_to", "state"),
    [
        ("valid", None, "valid"),
        ("valid", "2027-06-30", "soon"),
        ("valid", "2027", "soon"),
        ("valid", "2026", "soon"),
        ("valid", "2027-12-03", "valid"),
        ("in-extension", "2025-01-31", "valid"),
        ("expired", "2025-01-31", "ended"),
        (None, "2027-06-30", "ended"),
    ],
)
def test_the_state_of_a_right_on_a_picture_is_that_of_the_layer(status: str | None, valid_to: str | None, state: str) -> None:
    assert find_right_state(status, valid_to, date(2026, 12, 3)) == state


def test_rights_that_are_small_on_a_picture_are_counted_by_mineral(visitor: FlaskClient) -> None:
    far = text(visitor, "/api/map/image?collection=mining-rights&f=svg&bbox=60,10,150,60")
    assert "too small for an outline 2<" in far and "Copper 2<" in far and "Exploration right" not in far
