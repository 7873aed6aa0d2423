"""Calls the operation of docs/develop/add-an-operation.md in a copy of the checkout, and prints what it returned as JSON.

Run with the packages of the copy on the path and LODE_HOME set to a store.
"""

import json
import sys
from typing import Any

from lodebase import settings as settings_module
from lodebase.db.store import open_upgraded_store
from lodeweb.app import create_app

ADDRESS = "/api/counts/by-country"


def call_everything() -> dict[str, Any]:
    """Return the responses of the operation: formats, errors, caching, description and process."""
    settings = settings_module.load()
    with open_upgraded_store(settings):
        client = create_app(settings).test_client(use_cookies=False)
        data = client.get(f"{ADDRESS}?commodity=copper")
        page = client.get(f"{ADDRESS}?commodity=铜&lang=zh", headers={"Accept": "text/html"})
        table = client.get(f"{ADDRESS}?commodity=copper&f=csv")
        tag = data.headers["ETag"]
        described = client.get("/api/openapi.json").get_json(force=True)["paths"]["/counts/by-country"]["get"]
        process = client.get("/api/processes/counts-by-country").get_json(force=True)
        run = client.post("/api/processes/counts-by-country/execution", json={"inputs": {"commodity": "copper"}})
        refused = client.post("/api/processes/counts-by-country/execution", json={"inputs": {"commodity": "moon dust"}})
        queries = ("", "?commodity=moon", "?commodity=copper&f=pdf", "?commodity=copper&metal=tin")
        return {
            "json": data.get_json(force=True),
            "version": data.headers["Lode-Dataset-Version"],
            "page": [page.status_code, page.content_type, page.get_data(as_text=True)],
            "csv": [table.content_type, table.headers["Content-Disposition"], table.get_data(as_text=True)],
            "cached": [
                client.get(f"{ADDRESS}?commodity=copper", headers={"If-None-Match": tag}).status_code,
                client.get(f"{ADDRESS}?commodity=tin", headers={"If-None-Match": tag}).status_code,
            ],
            "errors": {
                lang: [
                    client.get(f"{ADDRESS}{query}", headers={"Accept-Language": lang}).get_json(force=True) for query in queries
                ]
                for lang in ("en", "zh")
            },
            "limit": data.headers["RateLimit-Policy"],
            "openapi": described,
            "process": process,
            "execution": [run.status_code, run.get_json(force=True), refused.status_code],
        }


if __name__ == "__main__":
    json.dump(call_everything(), sys.stdout)
