"""Made-up reports in the published form of machine-read mineral inventories."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def term(name: str) -> dict[str, Any]:
    """Return a term as the reading writes it."""
    return {"source": "Inferlink Extraction v3", "confidence": 0.9, "observed_name": name}


def entry(
    *,
    commodity: str = "nickel",
    category: str = "indicated",
    ore: float | None = 12.5,
    unit: str | None = "million tonnes",
    grade: float | None = 0.8,
    grade_unit: str | None = "percent",
    cut_off: float | None = 0.4,
    zone: str | None = None,
    page: int = 20,
    form: str | None = None,
    document: str = "https://example.org/a.pdf",
    title: str = "NI 43-101 Technical Report for the Alpha Project in Canada dated June 2010.pdf",
) -> dict[str, Any]:
    """Return one entry of an inventory."""
    found: dict[str, Any] = {
        "reference": {"document": {"uri": document, "title": title}, "page_info": [{"page": page}]},
        "commodity": term(commodity),
        "ore": _measured(ore, unit),
        "grade": _measured(grade, grade_unit),
        "cutoff_grade": _measured(cut_off, "percent") if cut_off is not None else {},
        "date": "2010-05",
    }
    if category:
        found["category"] = [term(category)] * (1 + category.count("+"))
    return found | ({"zone": zone} if zone else {}) | ({"material_form": term(form)} if form else {})


def report(key: str, name: str, inventory: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a report."""
    info = {"country": [term("Canada")], "location": "MULTIPOINT(-80.5 48.5, -80.7 48.7)"}
    return {"record_id": key, "name": name, "location_info": info, "mineral_inventory": list(inventory)} | more


def write(path: Path, reports: Sequence[dict[str, Any]]) -> Path:
    """Write a file of reports, packed if its name says so."""
    text = "".join(json.dumps(one) + "\n" for one in reports)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def _measured(value: float | None, unit: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {} if value is None else {"value": value}
    return found | ({"unit": term(unit)} if unit else {})
