"""OGC API Processes, Part 1 (18-062r2), annex A: the abstract tests of the declared classes, with the task that runs jobs."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.conformance.test_features_core import document, links
from werkzeug.test import TestResponse

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import NewKey
from lodebase.desk.writing import open_write_transaction
from lodebase.jobs import job_store, job_worker
from lodebase.jobs.processes import ProcessServices
from lodebase.settings import Settings
from lodebase.statistics.figures import Known

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

Part = dict[str, Any]
CONF = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
EXCEPTION = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
PLANT = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [117.1, 29.1]},
    "properties": {"product": "copper", "capacity_tpa": 100_000},
}
FIRM = {"name": "江西铜业股份有限公司"}
ASYNC = {"Prefer": "respond-async"}
KEY = "HTTP_X_API_KEY"


@pytest.fixture
def post(api: "Api") -> Callable[..., TestResponse]:
    """Executes a process."""

    def send(process: str, inputs: Part, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        return api.client.post(f"/api/processes/{process}/execution", json={"inputs": inputs, **more}, headers=headers)

    return send


@pytest.fixture(scope="module")
def worker(conformance_store: Store) -> Iterator[Callable[[], bool]]:
    """Runs the job that was ordered first, as the background task does."""
    settings = Settings()
    engine = engines.create_checked_engine(conformance_store.addresses.site, "lode jobs", 60, 2, alone=True)
    services = ProcessServices(engine, Known(), settings)
    yield lambda: job_worker.run_next(conformance_store.importer, services)
    engine.dispose()


@pytest.fixture(scope="module")
def key(conformance_store: Store) -> Iterator[str]:
    """An API key."""
    desk = engines.create_checked_engine(conformance_store.addresses.desk, "tests", pool_size=1)
    with open_write_transaction(desk) as connection:
        number, token = api_keys.add(connection, NewKey("workflow", "The tests"))
    yield token
    with open_write_transaction(desk) as connection:
        api_keys.revoke(connection, number)
    desk.dispose()


@pytest.fixture(autouse=True)
def no_jobs(api: "Api", key: str) -> Iterator[None]:
    """Orders the jobs of a test with a key, and dismisses them."""
    api.client.environ_base[KEY] = key
    yield
    for job in api.get("/jobs?limit=1000")["jobs"]:
        assert api.client.delete(f"/api/jobs/{job['jobID']}").status_code == 200
    del api.client.environ_base[KEY]


def checked_status(status: Part) -> Part:
    """Check a state by the schema statusInfo, and return it."""
    assert status["status"] in job_store.STATES and status["type"] == "process" and status["jobID"]
    for name in ("created", "started", "finished", "updated"):
        assert name not in status or datetime.fromisoformat(status[name]).tzinfo is not None
    return status


def test_the_landing_page_links_to_processes_and_jobs(api: "Api") -> None:
    """/conf/core/landingpage-success, /conf/core/conformance-success."""
    landing = api.get("/")
    assert "processes" in api.get(links(landing, f"{REL}processes")[0]["href"])
    assert "jobs" in api.get(links(landing, f"{REL}job-list")[0]["href"])
    declared = {one.removeprefix(CONF) for one in api.get("/conformance")["conformsTo"] if one.startswith(CONF)}
    assert declared == {"core", "ogc-process-description", "json", "oas30", "job-list", "dismiss"}


def test_processes_are_listed_and_described(api: "Api") -> None:
    """/conf/core/process-list-success, pl-limit-*, process-description-success; /conf/ogc-process-description/*."""
    body = api.get("/processes")
    assert [process["id"] for process in body["processes"]] == [
        "discoveries-curve",
        "drilling-log",
        "drilling-section",
        "layout-check",
        "layout-checks",
        "layout-sites",
        "list-check",
        "list-checks",
        "list-checks-workbook",
        "list-checks-evidence",
        "list-checks-pdf",
        "models-model",
        "prospectivity-map",
        "recovery-check",
        "recycling-reach",
        "recycling-import-check",
        "surroundings-distances",
        "tract-estimate",
        "download",
    ]
    assert len(api.get("/processes?limit=1")["processes"]) == 1
    for summary in body["processes"]:
        (own,) = links(summary, "self")
        described = api.get(own["href"])
        assert {name: described[name] for name in summary if name != "links"} == {
            name: value for name, value in summary.items() if name != "links"
        }
        assert summary["version"] and set(summary["jobControlOptions"]) <= {"sync-execute", "async-execute"}
        for value in (*described["inputs"].values(), *described["outputs"].values()):
            assert value["title"] and value["schema"]["type"] in ("string", "integer", "number", "object")
        assert all(value["maxOccurs"] in (1, "unbounded") for value in described["inputs"].values())
        (execute,) = links(described, f"{REL}execute")
        assert execute["href"].endswith(f"/api/processes/{summary['id']}/execution")
    chinese = api.get("/processes/list-check?lang=zh")
    assert chinese["title"] == "名单查询"


def test_missing_job_or_process_has_the_exception_type_of_the_standard(api: "Api", post: Callable[..., TestResponse]) -> None:
    """/conf/core/process-exception-no-such-process, job-exception-no-such-job."""
    for response in (api.request("/processes/nosuch"), post("nosuch", {})):
        assert (response.status_code, response.get_json(force=True)["type"]) == (404, f"{EXCEPTION}no-such-process")
    for path in ("/jobs/nosuch", "/jobs/nosuch/results"):
        response = api.request(path)
        assert (response.status_code, response.get_json(force=True)["type"]) == (404, f"{EXCEPTION}no-such-job")
    response = api.client.delete("/api/jobs/nosuch")
    assert (response.status_code, response.get_json(force=True)["type"]) == (404, f"{EXCEPTION}no-such-job")


def test_a_check_at_once_is_that_of_the_api(api: "Api", post: Callable[..., TestResponse]) -> None:
    """/conf/core/job-creation-default-execution-mode, -success-sync-raw-value-one, -success-sync-document."""
    raw = post("layout-check", {"candidate": {"value": PLANT}})
    assert (raw.status_code, raw.mimetype) == (200, "application/json")
    report = raw.get_json()
    same = api.client.post("/api/layout/check", json=PLANT).get_json()
    assert report["checksum"] == same["checksum"] and report["summary"] == same["summary"]
    whole = post("layout-check", {"candidate": PLANT}, response="document", outputs={"report": {"transmissionMode": "value"}})
    assert whole.get_json()["report"]["value"]["checksum"] == report["checksum"]
    lists = post("list-check", FIRM).get_json()
    assert lists["checksum"] == api.get("/lists/check", FIRM)["checksum"]


def test_inputs_are_inline_qualified_in_arrays_or_links_to_data(api: "Api", post: Callable[..., TestResponse]) -> None:
    """/conf/core/job-creation-input-inline, -inline-object, -inline-mixed, -input-array, -input-ref."""
    text = json.dumps(PLANT)
    encoded = base64.b64encode(text.encode()).decode()
    made = [
        post("layout-check", {"candidate": candidate}).get_json()["checksum"]
        for candidate in (
            PLANT,
            {"value": PLANT, "mediaType": "application/geo+json"},
            {"href": f"data:application/geo+json;base64,{encoded}"},
        )
    ]
    assert len(set(made)) == 1
    other = post("layout-check", {"candidate": {"href": "http://127.0.0.1/plant.json"}})
    assert other.status_code == 400 and "data:" in other.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("process", "body"),
    [
        ("layout-check", {}),
        ("layout-check", {"inputs": {"candidate": 1}}),
        ("layout-check", {"inputs": {"candidate": [PLANT]}}),
        ("layout-check", {"inputs": {"candidate": {"type": "Feature"}}}),
        ("layout-check", {"inputs": {"candidate": PLANT, "version": True}}),
        ("layout-check", {"inputs": {"candidate": PLANT, "nosuch": 1}}),
        ("layout-check", {"inputs": {"candidate": PLANT}, "outputs": {"nosuch": {}}}),
        ("layout-check", {"inputs": {"candidate": PLANT}, "outputs": {"report": {"transmissionMode": "reference"}}}),
        ("layout-check", {"inputs": {"candidate": PLANT}, "response": "x"}),
        ("layout-check", []),
        ("list-check", {"inputs": {}}),
        ("list-check", {"inputs": {"name": "x" * 501}}),
        ("list-check", {"inputs": {"name": {"href": "data:;base64,%%"}}}),
        ("list-check", {"inputs": []}),
        ("download", {"inputs": {"collection": "deposits", "format": "nosuch"}}),
        ("download", {"inputs": {"collection": "deposits", "format": "csv", "parameters": {"country": 1}}}),
        ("download", {"inputs": {"collection": "deposits", "format": "csv", "parameters": {"nosuch": "1"}}}),
    ],
)
@pytest.mark.parametrize("headers", [{}, ASYNC], ids=["sync", "async"])
def test_invalid_inputs_are_refused_before_anything_runs(api: "Api", process: str, body: Any, headers: dict[str, str]) -> None:
    """/conf/core/job-creation-input-validation."""
    response = api.client.post(f"/api/processes/{process}/execution", json=body, headers=headers)
    assert response.status_code == 400, response.get_data(as_text=True)
    assert api.get("/jobs")["jobs"] == []


def test_a_job_is_accepted_run_and_dismissed(api: "Api", post: Callable[..., TestResponse], worker: Callable[[], bool]) -> None:
    """/conf/core/job-creation-success-async, job-success, job-results-*; /conf/dismiss/job-dismiss-success."""
    response = post("layout-check", {"candidate": PLANT}, ASYNC, response="document")
    assert (response.status_code, response.headers["Preference-Applied"]) == (201, "respond-async")
    accepted = checked_status(response.get_json())
    assert accepted["status"] == "accepted" and response.headers["Location"].endswith(f"/api/jobs/{accepted['jobID']}")
    early = api.request(f"{response.headers['Location']}/results")
    assert (early.status_code, early.get_json(force=True)["type"]) == (404, f"{EXCEPTION}result-not-ready")
    assert worker() and not worker()
    done = checked_status(api.get(response.headers["Location"]))
    assert (done["status"], done["processID"]) == ("successful", "layout-check") and done["started"] <= done["finished"]
    (found,) = links(done, f"{REL}results")
    assert (
        api.get(found["href"])["report"]["value"]["checksum"]
        == post("layout-check", {"candidate": PLANT}).get_json()["checksum"]
    )
    assert "Done" in api.request(f"{response.headers['Location']}?f=html").get_data(as_text=True)
    dismissed = api.client.delete(response.headers["Location"])
    assert (dismissed.status_code, checked_status(dismissed.get_json())["status"]) == (200, "dismissed")
    assert api.request(response.headers["Location"]).status_code == 404


def test_a_job_that_fails_says_why(api: "Api", post: Callable[..., TestResponse], worker: Callable[[], bool]) -> None:
    """/conf/core/job-results-failed."""
    job = post("list-check", {**FIRM, "version": 999_999}, ASYNC).get_json()
    assert worker()
    failed = checked_status(api.get(f"/jobs/{job['jobID']}"))
    assert failed["status"] == "failed" and "999999" in failed["message"].replace(",", "")
    response = api.request(f"/jobs/{job['jobID']}/results")
    assert response.status_code == 400 and response.get_json(force=True)["detail"] == failed["message"]


def test_a_dismissed_job_is_not_run(api: "Api", post: Callable[..., TestResponse], worker: Callable[[], bool]) -> None:
    job = post("list-check", FIRM, ASYNC).get_json()
    assert api.client.delete(f"/api/jobs/{job['jobID']}").status_code == 200
    assert not worker()


def test_jobs_are_listed_by_their_filters(api: "Api", post: Callable[..., TestResponse], worker: Callable[[], bool]) -> None:
    """/conf/job-list/*: by type, process, status, time, duration and limit."""
    first = post("list-check", FIRM, ASYNC).get_json()
    second = post("layout-check", {"candidate": PLANT}, ASYNC).get_json()
    assert worker()

    def listed(query: str) -> list[str]:
        return [checked_status(job)["jobID"] for job in api.get(f"/jobs?{query}")["jobs"]]

    both = [second["jobID"], first["jobID"]]
    assert listed("") == listed("type=process") == both and listed("type=other") == []
    assert listed("processID=list-check") == [first["jobID"]] and listed("processID=list-check,layout-check") == both
    assert listed("status=accepted") == [second["jobID"]] and listed("status=successful") == [first["jobID"]]
    assert listed("limit=1") == both[:1]
    assert listed(f"datetime=../{first['created'][:10]}") == both or listed(f"datetime={first['created'][:10]}/..") == both
    assert listed("datetime=2020-01-01") == [] and listed(f"datetime={first['created']}/..") == both
    assert listed("maxDuration=3600") == [first["jobID"]] and listed("minDuration=3600") == []
    for wrong in ("status=nosuch", "datetime=x", "minDuration=-1", "limit=0", "nosuch=1"):
        assert api.request(f"/jobs?{wrong}").status_code == 400
    assert len(api.client.get("/api/jobs", environ_base={"REMOTE_ADDR": "192.0.2.7"}).get_json()["jobs"]) == 2
    keyless = api.client.application.test_client().get("/api/jobs").get_json()
    assert (keyless["jobs"], keyless["numberMatched"]) == ([], 0), "of others at the same address"


def test_one_client_has_a_limited_number_of_jobs(api: "Api", post: Callable[..., TestResponse]) -> None:
    responses = [post("list-check", FIRM, ASYNC).status_code for _ in range(job_store.MAX_OPEN_OF_CLIENT + 1)]
    assert responses == [201] * job_store.MAX_OPEN_OF_CLIENT + [429]


def test_a_download_is_a_link_to_its_file(api: "Api", post: Callable[..., TestResponse]) -> None:
    """/conf/core/job-creation-success-sync-raw-ref, /conf/core/job-creation-auto-execution-mode."""
    inputs = {"collection": "deposits", "format": "csv", "parameters": {"country": "CHL"}}
    for headers in ({}, ASYNC):
        link = post("download", inputs, headers, response="document").get_json()["file"]
        assert link["type"] == "text/csv" and "country=CHL" in link["href"]
    with api.client.get(link["href"]) as file:
        assert file.status_code == 200 and file.get_data(as_text=True).count("\n") > 1
    raw = post("download", inputs)
    assert (raw.status_code, raw.get_data()) == (204, b"") and f'<{link["href"]}>; rel="file"' in raw.headers["Link"]


def test_the_description_of_the_api_has_the_operations(api: "Api") -> None:
    """/conf/oas30/oas-definition-*, oas-impl."""
    paths = document(api)["paths"]
    assert {"200", "201", "204", "400", "404", "429"} <= set(paths["/processes/{process_id}/execution"]["post"]["responses"])
    assert set(paths["/jobs/{job_id}"]) == {"get", "delete"} and "get" in paths["/jobs/{job_id}/results"]
    named = {
        parameter.get("name", parameter.get("$ref", "").rsplit("/", 1)[-1]) for parameter in paths["/jobs"]["get"]["parameters"]
    }
    assert {"type", "processID", "status", "datetime", "minDuration", "maxDuration", "limit"} <= named
